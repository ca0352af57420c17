// SPDX-License-Identifier: Apache-2.0
// From values of a sweep's file to settings; every message names the file, the line, the key and what is allowed.
#include <algorithm>
#include <cmath>
#include <limits>

#include "gumbelcuda/detail/number_text.hpp"
#include "host/cli/suggestion.hpp"
#include "host/cli/sweep_settings.hpp"

namespace gumbelcuda {
namespace {

using type = sweep_setting::type;

const std::vector<std::string> shape_words{"linear", "exponential", "cosine"};

std::string enumerated(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "\"" : ", \"") + word + '"';
  return text;
}

}  // namespace

void sweep_source::refuse(unsigned line, const std::string& key, const std::string& problem) const {
  throw invalid_argument(file + ":" + std::to_string(line), key.empty() ? problem : key + ": " + problem);
}

void sweep_source::expect_keys(const document_value& table, const std::vector<std::string>& known) const {
  for (const document_entry& entry : table.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    const std::string near = nearest(entry.key, known);
    refuse(entry.line, entry.key, "there is no such key here" + (near.empty() ? "" : "; did you mean " + near + "?"));
  }
}

std::int64_t sweep_source::whole(const document_value& value, const std::string& key, std::int64_t least,
                                 std::int64_t most) const {
  if (!value.is(document_value::type::whole) || value.whole < least || value.whole > most)
    refuse(value.line, key,
           text_of(value) + " is not a whole number, " + number_text(least) +
               (most == std::numeric_limits<std::int64_t>::max() ? " or more" : " … " + number_text(most)));
  return value.whole;
}

double sweep_source::real(const document_value& value, const std::string& key, const std::string& allowed) const {
  if (!value.is_number() || !std::isfinite(value.real)) refuse(value.line, key, text_of(value) + " is not " + allowed);
  return value.real;
}

const std::string& sweep_source::word(const document_value& value, const std::string& key,
                                      const std::vector<std::string>& words) const {
  if (value.is(document_value::type::text))
    for (const std::string& word : words)
      if (word == value.text) return word;
  const std::string near = value.is(document_value::type::text) ? nearest(value.text, words) : "";
  refuse(value.line, key,
         text_of(value) + " is not one of " + enumerated(words) +
             (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

std::vector<double> sweep_source::numbers(const document_value& value, const sweep_setting& setting) const {
  const std::string key(setting.name);
  if (!value.is(document_value::type::list)) refuse(value.line, key, text_of(value) + " is not " + setting.allowed);
  std::vector<double> all;
  for (const document_value& item : value.items)
    all.push_back(setting.kind == type::widths ? static_cast<double>(whole(item, key, 1, max_hidden_width))
                                               : real(item, key, "a number"));
  if (setting.kind == type::widths && all.size() > max_hidden_layers)
    refuse(value.line, key, text_of(value) + " is not " + setting.allowed);
  for (std::size_t i = 0; setting.name == "initial_logits" && i < all.size(); ++i)
    if (!(std::abs(all[i]) <= double(std::numeric_limits<float>::max())))
      refuse(value.items[i].line, key, text_of(value.items[i]) + " is no number that fits");
  return all;
}

setting_value sweep_source::temperature(const document_value& value, const sweep_setting& setting) const {
  const std::string key(setting.name);
  if (!value.is(document_value::type::table)) return real(value, key, setting.allowed);
  expect_keys(value, {"shape", "steps", "temperatures"});
  const document_value *const shape = value.find("shape"), *const steps = value.find("steps"),
                              *const temperatures = value.find("temperatures");
  if (shape == nullptr || steps == nullptr || temperatures == nullptr)
    refuse(value.line, key, "a schedule needs shape, steps and temperatures");
  temperature_schedule schedule;
  const std::string& word = this->word(*shape, key + ".shape", shape_words);
  schedule.shape =
      static_cast<schedule_shape>(std::find(shape_words.begin(), shape_words.end(), word) - shape_words.begin());
  for (const document_value* list : {steps, temperatures})
    if (!list->is(document_value::type::list) || list->items.empty() || list->items.size() > max_temperature_knots)
      refuse(list->line, key + (list == steps ? ".steps" : ".temperatures"),
             text_of(*list) + " is not an array of 1 … " + number_text(max_temperature_knots) + " numbers");
  if (steps->items.size() != temperatures->items.size())
    refuse(
        temperatures->line, key,
        number_text(temperatures->items.size()) + " temperatures for " + number_text(steps->items.size()) + " steps");
  schedule.knot_count = static_cast<int>(steps->items.size());
  for (std::size_t knot = 0; knot < steps->items.size(); ++knot) {
    const std::int64_t step = whole(steps->items[knot], key + ".steps", 0, std::numeric_limits<std::int64_t>::max());
    schedule.knots[knot].step = static_cast<std::uint64_t>(step);
    schedule.knots[knot].temperature =
        static_cast<float>(real(temperatures->items[knot], key + ".temperatures", "a number, 0 or more"));
  }
  return std::make_shared<const temperature_schedule>(schedule);
}

setting_value sweep_source::setting(const document_value& value, const sweep_setting& setting) const {
  const std::string key(setting.name);
  switch (setting.kind) {
    case type::word: {
      const std::string& chosen = word(value, key, setting.words);
      return std::int64_t{std::find(setting.words.begin(), setting.words.end(), chosen) - setting.words.begin()};
    }
    case type::whole:
      if (!value.is(document_value::type::whole) || value.whole < 0 || value.whole > setting.most)
        refuse(value.line, key, text_of(value) + " is not " + setting.allowed);
      return value.whole;
    case type::numbers:
    case type::widths:
      return numbers(value, setting);
    case type::temperature:
      return temperature(value, setting);
    case type::real:
      break;
  }
  const double number = real(value, key, setting.allowed);
  if (std::abs(number) > double(std::numeric_limits<float>::max()))
    refuse(value.line, key, text_of(value) + " is not " + setting.allowed + " that fits");
  return number;
}

std::string choice_text(const sweep_setting& setting, const setting_value& value) {
  if (const auto* const number = std::get_if<std::int64_t>(&value))
    return setting.kind == type::word ? setting.words[static_cast<std::size_t>(*number)] : number_text(*number);
  if (const auto* const number = std::get_if<double>(&value)) return number_text(*number);
  if (const auto* const schedule = std::get_if<std::shared_ptr<const temperature_schedule>>(&value)) {
    const temperature_schedule& all = **schedule;
    return shape_words[static_cast<std::size_t>(all.shape)] + " " + number_text(all.knots[0].temperature) + " to " +
           number_text(all.knots[all.knot_count - 1].temperature) + " by " +
           number_text(all.knots[all.knot_count - 1].step);
  }
  constexpr std::size_t most_numbers = 12;
  const auto& numbers = std::get<std::vector<double>>(value);
  if (numbers.empty()) return "none";
  if (numbers.size() > most_numbers) return number_text(numbers.size()) + " classes";
  std::string text;
  for (const double number : numbers)
    text += (text.empty() ? "" : setting.kind == type::widths ? "x" : ",") + number_text(number);
  return text;
}

}  // namespace gumbelcuda
