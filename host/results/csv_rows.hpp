// SPDX-License-Identifier: Apache-2.0
// Rows of comma-separated values, passed on in blocks. Numbers by std::to_chars: no locale, so the decimal point is a
// point everywhere.
#pragma once

#include <charconv>
#include <functional>
#include <string>

namespace gumbelcuda {

class csv_rows {
 public:
  explicit csv_rows(const std::function<void(const std::string&)>& write) : write_(write) {}

  void text(const std::string& value) {
    begin();
    if (value.find_first_of(",\"\n") == std::string::npos) {
      text_ += value;
      return;
    }
    text_ += '"';
    for (const char c : value) text_.append(c == '"' ? 2 : 1, c);
    text_ += '"';
  }
  // Nine digits, which identify a float32.
  void number(float value) {
    constexpr int significant_digits = 9;
    add(value, std::chars_format::general, significant_digits);
  }
  // The shortest text that reads back as the same number.
  template <class Number>
  void number(Number value) {
    add(value);
  }
  void nothing() { begin(); }
  void end_row() {
    constexpr std::size_t block_size = 1 << 20;
    text_ += '\n';
    in_row_ = false;
    if (text_.size() >= block_size) flush();
  }
  void flush() {
    write_(text_);
    text_.clear();
  }

 private:
  void begin() {
    if (in_row_) text_ += ',';
    in_row_ = true;
  }
  template <class... Value>
  void add(Value... value) {
    begin();
    char digits[32];
    text_.append(digits, std::to_chars(digits, digits + sizeof digits, value...).ptr);
  }

  const std::function<void(const std::string&)>& write_;
  std::string text_{};
  bool in_row_ = false;
};

}  // namespace gumbelcuda
