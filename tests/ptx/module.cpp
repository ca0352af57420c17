// SPDX-License-Identifier: Apache-2.0
#include "tests/ptx/module.hpp"

#include "tests/ptx/error.hpp"
#include "tests/ptx/scanner.hpp"

namespace gumbelcuda::ptx {
namespace {

// "f32" → 4
std::size_t bytes_of_type(std::string_view type) {
  const auto digits = type.find_first_of("123456789");
  return digits == std::string_view::npos ? 0 : to_number(type.substr(digits)) / 8;
}

}  // namespace

shared_variable read_variable(std::string_view declaration) {
  shared_variable variable;
  std::size_t element = 1;
  std::string_view word = take_word(declaration);
  for (; word.starts_with("."); word = take_word(declaration)) {
    if (word == ".align")
      variable.alignment = to_number(take_word(declaration));
    else
      element = bytes_of_type(word.substr(1));
  }
  variable.alignment = std::max(variable.alignment, element);
  const auto bracket = word.find('[');
  variable.name = word.substr(0, bracket);
  if (bracket == std::string_view::npos) {
    variable.bytes = element;
  } else {
    const std::string_view count = word.substr(bracket + 1, word.find(']') - bracket - 1);
    variable.bytes = count.empty() ? 0 : element * to_number(count);
  }
  return variable;
}

module::module(std::string text) :text_(std::move(text)) {
  const std::string_view all = text_;
  std::size_t last = 0;
  std::uint32_t line = 1;
  // Between kernels there are only directives, one a line. Headers of CUDA's libraries declare global variables that no
  // kernel uses; one that does is refused when it is read, by the name that nobody knows.
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\n', begin), all.size());
    std::string_view rest = trimmed(all.substr(begin, end - begin));
    rest = trimmed(rest.substr(0, rest.find("//")));
    const auto entry_at = rest.find(".entry ");
    if (entry_at != std::string_view::npos && rest.front() == '.') {
      const std::string_view name = trimmed(rest.substr(entry_at + 7, rest.find('(') - entry_at - 7));
      entries_[std::string(name)] = {std::size_t(name.data() - all.data()), line, nullptr};
      const std::size_t close = all.find("\n}", end);
      last = close == std::string_view::npos ? all.size() : close + 1;
      for (; begin < last; ++begin) line += all[begin] == '\n';
      continue;
    }
    if (rest.find(".func") != std::string_view::npos)
      throw error(error_kind::unreadable, "unreadable: line " + std::to_string(line) +
                                              " declares what kernels of this " +
                                              "library do not have: " + std::string(rest));
    const bool is_extern = rest.starts_with(".extern");
    if (is_extern) take_word(rest);
    if (rest.starts_with(".shared") && rest.ends_with(";")) {
      take_word(rest);
      shared_.push_back(read_variable(rest.substr(0, rest.size() - 1)));
      shared_.back().dynamic = is_extern;
    }
    begin = end + 1;
    ++line;
  }
}

const function* module::find(const std::string& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return nullptr;
  entry& e = found->second;
  if (e.read == nullptr) e.read = read_function(text_, e.position, e.line, shared_);
  return e.read.get();
}

std::vector<std::string> module::names() const {
  std::vector<std::string> all;
  for (const auto& [name, e] : entries_) all.push_back(name);
  return all;
}

std::string function::text_of_line(unsigned line) const {
  std::size_t begin = 0;
  for (unsigned n = 1; n < line && begin != std::string_view::npos; ++n)
    begin = module_text.find('\n', begin) == std::string_view::npos ? std::string_view::npos
                                                                    : module_text.find('\n', begin) + 1;
  if (begin == std::string_view::npos) return {};
  return std::string(trimmed(module_text.substr(begin, module_text.find('\n', begin) - begin)));
}

}  // namespace gumbelcuda::ptx
