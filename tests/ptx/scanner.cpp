// SPDX-License-Identifier: Apache-2.0
#include "tests/ptx/scanner.hpp"

#include <cstdlib>

#include "tests/ptx/error.hpp"

namespace gumbelcuda::ptx {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_word(char c) { return blanks.find(c) == std::string_view::npos; }

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' || text[i] == '[' || text[i] == '(') ++depth;
    if (text[i] == '}' || text[i] == ']' || text[i] == ')') --depth;
    if (text[i] == separator && depth == 0) {
      parts.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  if (const std::string_view last = trimmed(text.substr(begin)); !last.empty() || !parts.empty()) parts.push_back(last);
  return parts;
}

std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  std::size_t end = 0;
  while (end < text.size() && is_word(text[end])) ++end;
  const std::string_view word = text.substr(0, end);
  text = trimmed(text.substr(end));
  return word;
}

std::uint64_t to_number(std::string_view text) {
  const std::string copy(trimmed(text));
  char* end = nullptr;
  const std::uint64_t value =
      copy.front() == '-' ? std::uint64_t(std::strtoll(copy.c_str(), &end, 0)) : std::strtoull(copy.c_str(), &end, 0);
  if (*end != 0 && std::string_view(end) != "U")
    throw error(error_kind::unreadable, "unreadable: \"" + copy + "\" is no number");
  return value;
}

void scanner::skip_blanks() {
  while (at_ < text_.size()) {
    if (text_[at_] == '\n') ++line_;
    if (text_.substr(at_, 2) == "//") {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (!is_word(text_[at_])) {
      ++at_;
    } else {
      return;
    }
  }
}

std::string_view scanner::up_to(char stop) {
  const std::size_t begin = at_;
  for (; at_ < text_.size() && text_[at_] != stop; ++at_)
    if (text_[at_] == '\n') ++line_;
  if (at_ == text_.size()) throw error(error_kind::unreadable, std::string("unreadable: there is no ") + stop);
  return text_.substr(begin, at_++ - begin);
}

statement scanner::next() {
  skip_blanks();
  statement s;
  s.line = line_;
  if (at_ == text_.size()) return s;
  if (text_[at_] == '{' || text_[at_] == '}') {
    s.is = text_[at_++] == '{' ? statement::kind::open : statement::kind::close;
    return s;
  }
  // A label is a word with a colon behind it.
  const std::size_t word_end = text_.find_first_of(" \t\r\n;:", at_);
  if (word_end != std::string_view::npos && text_[word_end] == ':' && text_.substr(word_end, 2) != "::") {
    s.is = statement::kind::label;
    s.word = text_.substr(at_, word_end - at_);
    at_ = word_end + 1;
    return s;
  }
  s.rest = up_to(';');
  s.is = s.rest.front() == '.' ? statement::kind::directive : statement::kind::instruction;
  if (s.rest.front() == '@') {
    s.guard = take_word(s.rest).substr(1);
  }
  s.word = take_word(s.rest);
  return s;
}

}  // namespace gumbelcuda::ptx
