// SPDX-License-Identifier: Apache-2.0
// std::from_chars throughout: no locale, no leading blanks, no octal, and it must use the whole text.
#include "host/cli/flag.hpp"

#include <charconv>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

namespace gumbelcuda {
namespace {

// Values are quoted in messages, and a list of a thousand classes is not a line to read.
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
  using limits = std::numeric_limits<Value>;
  if (!parse_whole(text, value))
    throw invalid_argument(flag, quoted(text) + " is not a whole number in " + std::to_string(limits::min()) + " … " +
                                     std::to_string(limits::max()));
}

template <class Value>
void parse_real(const std::string& flag, const std::string& text, Value& value) {
  if (!parse_whole(text, value)) throw invalid_argument(flag, quoted(text) + " is not a number that fits");
}

template <class Value>
void parse_list(const std::string& flag, const std::string& text, std::vector<Value>& values) {
  std::vector<Value> parsed;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string item = text.substr(begin, end - begin);
    Value value{};
    if (!parse_whole(item, value))
      throw invalid_argument(flag, quoted(item) + " is not a number that fits; give numbers with commas between them");
    parsed.push_back(value);
    begin = end + 1;
  }
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
void parse(const std::string& flag, const std::string& text, std::vector<double>& values) {
  parse_list(flag, text, values);
}
void parse(const std::string& flag, const std::string& text, std::vector<float>& values) {
  parse_list(flag, text, values);
}

CLI::Option* flag_set::add_conversion(const std::string& names, const std::string& placeholder,
                                      const std::string& description,
                                      std::function<void(const std::string&, const std::string&)> convert) {
  // The parser keeps a reference for as long as the command lives; the conversion keeps it alive.
  const auto text = std::make_shared<std::string>();
  CLI::Option* const option = app_.add_option(names, *text, description);
  option->group(group_)->option_text(placeholder);
  conversions_.push_back([option, text, convert = std::move(convert)] {
    if (option->count() > 0) convert(option->get_name(), *text);
  });
  return option;
}

void flag_set::add_switch(const std::string& name, bool& value, const std::string& description) {
  app_.add_flag(name, value, description)->group(group_);
}

void flag_set::convert() const {
  for (const auto& conversion : conversions_) conversion();
}

}  // namespace gumbelcuda
