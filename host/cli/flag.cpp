// SPDX-License-Identifier: Apache-2.0
// All values are parsed by std::from_chars: no locale, no leading blanks, no octal; and it must use the whole text.
#include "host/cli/flag.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

#include "host/cli/whole_file.hpp"

namespace gumbelcuda {
namespace {

// Messages quote values, and a list of a thousand classes is too long to read.
std::string quoted(const std::string& text) {
  constexpr std::size_t longest = 40;
  return "'" + (text.size() > longest ? text.substr(0, longest) + "…" : text) + "'";
}

template <class Value>
bool parse_whole(const std::string& text, Value& value) {
  const char* const end = text.data() + text.size();
  Value parsed{};
  const auto [last, error] = std::from_chars(text.data(), end, parsed);
  if (error != std::errc{} || last != end) return false;
  value = parsed;
  return true;
}

template <class Value>
void parse_integer(const std::string& flag, const std::string& text, Value& value) {
  if (!parse_whole(text, value)) throw invalid_argument(flag, quoted(text) + " is not a whole number that fits");
}

template <class Value>
void parse_real(const std::string& flag, const std::string& text, Value& value) {
  if (!parse_whole(text, value)) throw invalid_argument(flag, quoted(text) + " is not a number that fits");
}

template <class Value>
void append_list(const std::string& flag, const std::string& text, std::vector<Value>& values) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    if constexpr (std::is_integral_v<Value>)
      parse_integer(flag, part, values.emplace_back());
    else
      parse_real(flag, part, values.emplace_back());
    begin = end + 1;
  }
}

template <class Value>
void parse_list(const std::string& flag, const std::string& text, std::vector<Value>& values) {
  std::vector<Value> parsed;
  append_list(flag, text, parsed);
  values = std::move(parsed);
}

}  // namespace

void parse(const std::string& flag, const std::string& text, std::string& value) {
  if (text.empty()) throw invalid_argument(flag, "is empty");
  value = text;
}
void parse(const std::string& flag, const std::string& text, std::uint64_t& value) { parse_integer(flag, text, value); }
void parse(const std::string& flag, const std::string& text, std::int64_t& value) { parse_integer(flag, text, value); }
void parse(const std::string& flag, const std::string& text, int& value) { parse_integer(flag, text, value); }
void parse(const std::string& flag, const std::string& text, double& value) { parse_real(flag, text, value); }
void parse(const std::string& flag, const std::string& text, backend_kind& value) {
  if (text == "auto")
    value = backend_kind::automatic;
  else if (text == "cpu")
    value = backend_kind::cpu;
  else if (text == "cuda")
    value = backend_kind::cuda;
  else
    throw invalid_argument(flag, "there is no backend '" + text + "'");
}
void parse(const std::string& flag, const std::string& text, std::vector<double>& values) {
  parse_list(flag, text, values);
}
// Argument lists end at some thousands of values: hence the files.
void parse(const std::string& flag, const std::string& text, std::vector<float>& values) {
  if (!text.starts_with('@')) return parse_list(flag, text, values);
  constexpr std::uint64_t most_bytes = std::uint64_t{1} << 36;
  const std::string path = text.substr(1);
  std::string content;
  try {
    content = read_whole(path, most_bytes);
  } catch (const invalid_argument& problem) {
    throw invalid_argument(flag, problem.what());
  }
  std::vector<float> parsed;
  std::uint64_t line = 0;
  for (std::size_t begin = 0; begin < content.size();) {
    const std::size_t end = std::min(content.find('\n', begin), content.size());
    std::string text_of_line = content.substr(begin, end - begin);
    if (text_of_line.ends_with('\r')) text_of_line.pop_back();
    ++line;
    try {
      append_list(flag, text_of_line, parsed);
    } catch (const invalid_argument& problem) {
      throw invalid_argument(
          flag, path + ":" + std::to_string(line) + ": " + std::string(problem.what()).substr(flag.size() + 2));
    }
    begin = end + 1;
  }
  if (parsed.empty()) throw invalid_argument(flag, path + " is empty");
  values = std::move(parsed);
}
void parse(const std::string& flag, const std::string& text, std::vector<int>& values) {
  parse_list(flag, text, values);
}

void flag_set::about(const std::string& description, const std::string& footer) {
  app_.description(description);
  app_.footer(footer);
}

void flag_set::add_conversion(const std::string& names, const std::string& placeholder, const flag_text& text,
                              conversion convert) {
  std::string help = text.description;
  if (!text.allowed.empty()) help += (help.empty() ? "" : ", ") + text.allowed;
  if (!text.standard.empty()) help += " (default " + text.standard + ")";
  // The parser keeps a reference to this text for as long as the command lives; the conversion keeps the text alive.
  const auto given = std::make_shared<std::string>();
  CLI::Option* const option = app_.add_option(names, *given, help);
  option->group(group_)->option_text(placeholder);
  conversions_.push_back([option, given, allowed = text.allowed, convert = std::move(convert)] {
    if (option->count() == 0) return;
    try {
      convert(option->get_name(), *given);
    } catch (const invalid_argument& error) {
      if (allowed.empty()) throw;
      const std::string problem = std::string(error.what()).substr(error.argument().size() + 2);
      throw invalid_argument(error.argument(), problem + "; allowed: " + allowed);
    }
  });
}

void flag_set::add_switch(const std::string& name, bool& value, const std::string& description) {
  app_.add_flag(name, value, description)->group(group_);
}

void flag_set::add_argument(const std::string& placeholder, std::string& value, const std::string& description,
                            bool required) {
  app_.add_option(placeholder, value, description)->required(required)->option_text(" ");
}

void flag_set::add_arguments(const std::string& placeholder, std::vector<std::string>& values,
                             const std::string& description) {
  app_.add_option(placeholder, values, description)->required()->option_text(" ");
}

bool flag_set::given(const std::string& flag) const { return app_.count(flag) > 0; }

void flag_set::convert() const {
  for (const auto& convert_one : conversions_) convert_one();
}

}  // namespace gumbelcuda
