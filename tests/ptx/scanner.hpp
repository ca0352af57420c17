// SPDX-License-Identifier: Apache-2.0
// Cuts PTX text into statements: "opcode operand, operand;", labels, and the braces of scopes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gumbelcuda::ptx {

struct statement {
  enum class kind { instruction, directive, label, open, close, end_of_text };
  kind is = kind::end_of_text;
  std::uint32_t line = 0;
  std::string_view guard;  // "%p1" or "!%p1"
  std::string_view word;   // the opcode, the directive's name or the label
  std::string_view rest;   // what follows it
};

class scanner {
 public:
  scanner(std::string_view text, std::size_t from, std::uint32_t line) : text_(text), at_(from), line_(line) {}
  statement next();
  // The text up to this character, which is skipped.
  std::string_view up_to(char stop);
  [[nodiscard]] std::size_t position() const { return at_; }
  [[nodiscard]] std::uint32_t line() const { return line_; }

 private:
  void skip_blanks();
  std::string_view text_;
  std::size_t at_;
  std::uint32_t line_;
};

std::string_view trimmed(std::string_view text);
// Parts between the separators that are in no brackets; without blanks around them.
std::vector<std::string_view> split(std::string_view text, char separator);
// The next word of `text`, which becomes the rest.
std::string_view take_word(std::string_view& text);
std::uint64_t to_number(std::string_view text);

}  // namespace gumbelcuda::ptx
