// SPDX-License-Identifier: Apache-2.0
// Ranges and draws are computed with the library's own logarithm, exponential and noise, so that a file means the same
// GANs on every machine.
#include "host/cli/sweep_factors.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/math/elementary.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "host/byte_text.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {
namespace {

using doc = document_value;

// The nearest number of 15 significant digits: 0.3 where a sum gives 0.30000000000000004.
double in_15_digits(double value) {
  constexpr int digits = 15;
  char text[32];
  const char* const end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, digits).ptr;
  std::from_chars(text, end, value);
  return value;
}

// Positions in a range: 0 is `from`, 1 is `to`.
struct value_range {
  double from = 0, to = 0;
  bool logarithmic = false;

  double at(double position) const {
    if (position <= 0) return from;
    if (position >= 1) return to;
    const double value =
        logarithmic ? exp(std::fma(position, log(to) - log(from), log(from))) : std::fma(position, to - from, from);
    return std::clamp(in_15_digits(value), std::min(from, to), std::max(from, to));
  }
};

// Whether the values are spaced by equal ratios rather than by equal differences: on that scale their mean is nearer
// the middle.
bool looks_logarithmic(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  if (values.size() < 3 || !(*least > 0) || *least == *most) return false;
  double plain = 0, ratio = 0;
  for (const double value : values) {
    plain += (value - *least) / (*most - *least);
    ratio += log(value / *least) / log(*most / *least);
  }
  const double half = .5 * static_cast<double>(values.size());
  return std::abs(ratio - half) < std::abs(plain - half);
}

// Words for choices that are not all numbers. Equal choices have one word, and different ones different words.
void name_choices(sweep_column& column) {
  std::vector<std::size_t> first;  // of each word
  for (const setting_value& choice : column.choices) {
    const auto known =
        std::find_if(first.begin(), first.end(), [&](std::size_t other) { return column.choices[other] == choice; });
    column.axis.push_back(static_cast<double>(known - first.begin()));
    if (known != first.end()) continue;
    first.push_back(static_cast<std::size_t>(&choice - column.choices.data()));
    const std::string word = choice_text(*column.setting, choice);
    std::string unlike = word;
    for (int number = 2; std::find(column.words.begin(), column.words.end(), unlike) != column.words.end(); ++number)
      unlike = word + " (" + number_text(number) + ")";
    column.words.push_back(unlike);
  }
}

double number_of(const setting_value& value) {
  const auto* const whole = std::get_if<std::int64_t>(&value);
  return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
}

void describe_choices(sweep_column& column) {
  const bool numbers = column.setting->is_number() &&
                       std::none_of(column.choices.begin(), column.choices.end(), [](const setting_value& choice) {
                         return std::holds_alternative<std::shared_ptr<const temperature_schedule>>(choice);
                       });
  if (!numbers) return name_choices(column);
  for (const setting_value& choice : column.choices) column.axis.push_back(number_of(choice));
  column.logarithmic = column.logarithmic || looks_logarithmic(column.axis);
}

class factor_reader {
 public:
  factor_reader(const sweep_source& source, std::uint64_t available) : source_(source), left_(available) {}

  // [value, value, …] or {from, to, count, scale}.
  sweep_column column(const document_entry& entry) {
    sweep_column column = named(entry);
    if (entry.value.is(doc::type::table) && entry.value.find("from") != nullptr) {
      source_.expect_keys(entry.value, {"from", "to", "count", "scale"});
      const value_range range = read_range(entry.value, *column.setting);
      const doc* const count = entry.value.find("count");
      if (count == nullptr) source_.refuse(entry.value.line, entry.key, "a range needs count");
      const std::int64_t values = source_.whole(*count, entry.key + ".count", 1, most_choices);
      take_memory(column, std::uint64_t(values), 0);
      spread(column, range, values);
    } else {
      choices(column, entry.value, "an array of values, or a range {from = …, to = …, count = …}");
    }
    describe_choices(column);
    return column;
  }

  sweep_factor zip(const document_entry& entry, const doc& table) {
    if (table.entries.empty()) source_.refuse(entry.line, "zip", "has no settings");
    sweep_factor factor;
    for (const document_entry& each : table.entries) factor.columns.push_back(column(each));
    const sweep_column& first = factor.columns.front();
    factor.count = first.choices.size();
    for (const sweep_column& other : factor.columns)
      if (other.choices.size() != factor.count)
        source_.refuse(other.key_line, std::string(other.setting->name),
                       number_text(other.choices.size()) + " values, but " + std::string(first.setting->name) +
                           " beside it has " + number_text(factor.count) + ": those of a zip go in step");
    return factor;
  }

  sweep_factor random(const document_entry& entry) {
    const doc* const draws = entry.value.find("draws");
    if (draws == nullptr) source_.refuse(entry.line, "random", "needs draws, the number of draws");
    const doc* const given = entry.value.find("random_seed");
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const auto seed = std::uint64_t(given == nullptr ? 42 : source_.whole(*given, "random_seed", 0, most));
    sweep_factor factor;
    factor.count = std::uint64_t(source_.whole(*draws, "draws", 1, most_choices));
    for (const document_entry& each : entry.value.entries)
      if (each.key != "draws" && each.key != "random_seed")
        factor.columns.push_back(drawn(each, stream_row{seed, factor.columns.size()}, factor.count));
    if (factor.columns.empty()) source_.refuse(entry.line, "random", "has no settings");
    return factor;
  }

 private:
  sweep_column named(const document_entry& entry) const {
    sweep_column column;
    column.setting = find_setting(entry.key);
    column.key_line = entry.line;
    if (column.setting != nullptr) return column;
    std::vector<std::string> known;
    for (const sweep_setting& setting : sweep_settings()) known.emplace_back(setting.name);
    doc table;
    table.entries.push_back(entry);
    source_.expect_keys(table, known);
    return column;
  }

  // A short file can ask for many choices. Each is a value with what it has of its own, a line and a place on the axis.
  void take_memory(const sweep_column& column, std::uint64_t choices, std::uint64_t of_its_own) {
    const std::uint64_t needed =
        saturating_product(choices, sizeof(setting_value) + sizeof(unsigned) + sizeof(double) + of_its_own);
    if (needed > left_)
      source_.refuse(column.key_line, std::string(column.setting->name),
                     number_text(choices) + " values need " + byte_text(needed, left_) + ", and " +
                         byte_text(left_, needed) + " are free");
    left_ -= needed;
  }

  void choices(sweep_column& column, const doc& list, const std::string& allowed) const {
    const std::string key(column.setting->name);
    if (!list.is(doc::type::list)) source_.refuse(list.line, key, text_of(list) + " is not " + allowed);
    if (list.items.empty()) source_.refuse(list.line, key, "the array is empty");
    for (const doc& item : list.items) {
      column.choices.push_back(source_.setting(item, *column.setting));
      column.lines.push_back(item.line);
    }
  }

  value_range read_range(const doc& table, const sweep_setting& setting) const {
    const std::string key(setting.name);
    if (!setting.is_number()) source_.refuse(table.line, key, "has no range: it is " + setting.allowed);
    value_range range;
    for (const auto& [name, end] : {std::pair{"from", &range.from}, std::pair{"to", &range.to}}) {
      const doc* const value = table.find(name);
      if (value == nullptr) source_.refuse(table.line, key, "a range needs from and to");
      *end = number_of(source_.setting(end_of_range(*value, key), setting));
    }
    if (const doc* const scale = table.find("scale"))
      range.logarithmic = source_.word(*scale, key + ".scale", {"linear", "log"}) == "log";
    if (range.logarithmic && !(range.from > 0 && range.to > 0))
      source_.refuse(table.line, key, "a range on a logarithmic scale has both ends above 0");
    return range;
  }
  const doc& end_of_range(const doc& value, const std::string& key) const {
    if (!value.is_number()) source_.refuse(value.line, key, text_of(value) + " is not a number");
    return value;
  }

  static setting_value as_setting(const sweep_setting& setting, double value) {
    if (setting.kind != sweep_setting::type::whole) return value;
    // 2^63 is no int64; the range's ends are, so a value can only be rounded to it.
    constexpr double most = 0x1p63;
    return value >= most ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(value);
  }

  static void spread(sweep_column& column, const value_range& range, std::int64_t count) {
    const bool whole = column.setting->kind == sweep_setting::type::whole;
    for (std::int64_t i = 0; i < count; ++i) {
      const double value = range.at(count == 1 ? 0 : static_cast<double>(i) / static_cast<double>(count - 1));
      column.choices.push_back(as_setting(*column.setting, whole ? std::floor(value + .5) : value));
    }
    column.logarithmic = range.logarithmic;
  }

  // {from, to, scale} or {choices = [...]}. Draw i has the first two words of block i of the column's row of noise.
  sweep_column drawn(const document_entry& entry, const stream_row& noise, std::uint64_t draws) {
    sweep_column column = named(entry);
    const bool of_choices = entry.value.find("choices") != nullptr;
    if (!entry.value.is(doc::type::table) || (!of_choices && entry.value.find("from") == nullptr))
      source_.refuse(entry.value.line, entry.key,
                     text_of(entry.value) + " is not a table {from = …, to = …} or {choices = […]}");
    source_.expect_keys(entry.value, of_choices ? std::vector<std::string>{"choices"}
                                                : std::vector<std::string>{"from", "to", "scale"});
    const auto position = [&noise](std::uint64_t draw) {  // in [0, 1)
      const philox_block<std::uint32_t> block = noise(draw);
      return static_cast<double>((std::uint64_t{block.word[0]} << 32 | block.word[1]) >> 11) * 0x1p-53;
    };
    if (of_choices) {
      sweep_column all = column;
      choices(all, *entry.value.find("choices"), "an array of values");
      std::uint64_t longest = 0;
      for (const setting_value& choice : all.choices)
        if (const auto* const numbers = std::get_if<std::vector<double>>(&choice))
          longest = std::max<std::uint64_t>(longest, numbers->size());
      take_memory(column, draws, longest * sizeof(double));
      for (std::uint64_t draw = 0; draw < draws; ++draw) {
        const auto chosen = static_cast<std::size_t>(position(draw) * static_cast<double>(all.choices.size()));
        column.choices.push_back(all.choices[chosen]);
        column.lines.push_back(all.lines[chosen]);
      }
    } else {
      value_range range = read_range(entry.value, *column.setting);
      take_memory(column, draws, 0);
      const bool whole = column.setting->kind == sweep_setting::type::whole;
      if (range.from > range.to) std::swap(range.from, range.to);
      const double last = range.to;
      if (whole) range.to += 1;  // each whole number is the floor of an interval of its own
      for (std::uint64_t draw = 0; draw < draws; ++draw) {
        const double value = range.at(position(draw));
        column.choices.push_back(as_setting(*column.setting, whole ? std::min(std::floor(value), last) : value));
      }
      column.logarithmic = range.logarithmic;
    }
    describe_choices(column);
    return column;
  }

  const sweep_source& source_;
  std::uint64_t left_;  // bytes
};

}  // namespace

std::vector<sweep_factor> read_factors(const document_value& document, const sweep_source& source,
                                       std::uint64_t available) {
  factor_reader read(source, available);
  std::vector<std::pair<std::pair<unsigned, unsigned>, sweep_factor>> placed;
  for (const document_entry& part : document.entries) {
    const auto place = [](const auto& at) { return std::pair{at.line, at.column}; };
    if (part.key == "grid" || part.key == "random")
      if (!part.value.is(doc::type::table)) source.refuse(part.line, part.key, "is not a table, [" + part.key + "]");
    if (part.key == "grid")
      for (const document_entry& entry : part.value.entries) {
        sweep_factor factor;
        factor.columns.push_back(read.column(entry));
        factor.count = factor.columns[0].choices.size();
        placed.emplace_back(place(entry), std::move(factor));
      }
    if (part.key == "random") placed.emplace_back(place(part), read.random(part));
    if (part.key != "zip") continue;
    if (!part.value.is(doc::type::list)) source.refuse(part.line, "zip", "is not a list of tables, [[zip]]");
    for (const doc& table : part.value.items) {
      if (!table.is(doc::type::table)) source.refuse(table.line, "zip", "is not a list of tables, [[zip]]");
      placed.emplace_back(place(table), read.zip(part, table));
    }
  }
  std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<sweep_factor> factors;
  for (auto& each : placed) factors.push_back(std::move(each.second));
  return factors;
}

}  // namespace gumbelcuda
