// SPDX-License-Identifier: Apache-2.0
// Options are parsed as text first and converted to values later. The argument parser's own conversions differ between
// its versions (octal, digit separators) and cannot state what is allowed. Ours name the flag, the value and the range.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/fleet.hpp"

namespace CLI {
class App;
}

namespace gumbelcuda {

// Each throws invalid_argument(flag, …) if the text is not such a value. None checks the range.
void parse(const std::string& flag, const std::string& text, std::string& value);
void parse(const std::string& flag, const std::string& text, std::uint64_t& value);
void parse(const std::string& flag, const std::string& text, std::int64_t& value);
void parse(const std::string& flag, const std::string& text, int& value);
void parse(const std::string& flag, const std::string& text, double& value);
void parse(const std::string& flag, const std::string& text, backend_kind& value);
void parse(const std::string& flag, const std::string& text, std::vector<double>& values);  // 0.1,0.9
void parse(const std::string& flag, const std::string& text, std::vector<float>& values);   // the same, or @FILE
void parse(const std::string& flag, const std::string& text, std::vector<int>& values);     // 0,1

// What --help says about an option: "DESCRIPTION, ALLOWED (default STANDARD)". A message about a text that is not a
// value also states what is allowed.
struct flag_text {
  std::string description, allowed{}, standard{};
};

// What --help says about options that several subcommands have.
inline const flag_text backend_text{"", "auto, cpu or cuda", "auto"}, seed_text{"of the noise", "0 … 2^64 − 1", "42"},
    threads_text{"CPU threads", "1 … 4096, or 0 for one for each processor that the process may use", "0"};

// The options of one subcommand. The parser fills texts; convert() turns them into values.
class flag_set {
 public:
  explicit flag_set(CLI::App& app) : app_(app) {}
  flag_set(const flag_set&) = delete;
  flag_set& operator=(const flag_set&) = delete;

  // What --help prints before and after the options.
  void about(const std::string& description, const std::string& footer = "");

  // Options added after this call appear under this heading of --help.
  void group(std::string heading) { group_ = std::move(heading); }

  // An option "--flag PLACEHOLDER". If it is not given, `value` stays as it is.
  template <class Value>
  void add(const std::string& names, const std::string& placeholder, Value& value, const flag_text& text) {
    add_conversion(names, placeholder, text,
                   [&value](const std::string& flag, const std::string& given) { parse(flag, given, value); });
    // Texts are there although another option's value is refused: the log says so, too.
    if constexpr (std::is_same_v<Value, std::string>)
      std::rotate(conversions_.begin() + texts_++, conversions_.end() - 1, conversions_.end());
  }

  using conversion = std::function<void(const std::string& flag, const std::string& given)>;
  void add_conversion(const std::string& names, const std::string& placeholder, const flag_text& text,
                      conversion convert);

  void add_switch(const std::string& name, bool& value, const std::string& description);

  // A value without a flag.
  void add_argument(const std::string& placeholder, std::string& value, const std::string& description,
                    bool required = true);

  // One value or more, likewise.
  void add_arguments(const std::string& placeholder, std::vector<std::string>& values, const std::string& description);

  bool given(const std::string& flag) const;

  // Call this after the command line has been parsed. Throws invalid_argument.
  void convert() const;

 private:
  CLI::App& app_;
  std::string group_ = "Options";
  std::vector<std::function<void()>> conversions_;
  std::ptrdiff_t texts_ = 0;  // of them, the first ones
};

}  // namespace gumbelcuda
