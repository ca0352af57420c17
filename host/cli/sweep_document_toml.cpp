// SPDX-License-Identifier: Apache-2.0
// Reads TOML with toml++ and keeps the order of keys, which its tables do not have: it is the order of their places.
#include <algorithm>
#include <string_view>
#include <tuple>

#include "host/cli/sweep_document.hpp"

// Some texts, "[[[a" among them, violate what toml++ 3.3 assumes of its own functions
// (https://github.com/marzer/tomlplusplus/pull/301). With NDEBUG that is undefined behaviour, so its assertions stay
// on, and are exceptions.
#undef NDEBUG
namespace gumbelcuda {
namespace {
struct unforeseen_text {};
[[noreturn]] void throw_unforeseen_text() { throw unforeseen_text(); }
}  // namespace
}  // namespace gumbelcuda
#define TOML_ASSERT(expression) ((expression) ? void(0) : ::gumbelcuda::throw_unforeseen_text())
#include <toml++/toml.h>

namespace gumbelcuda {
namespace {

using type = document_value::type;

document_value converted(const toml::node& node) {
  document_value value;
  value.line = node.source().begin.line;
  value.column = node.source().begin.column;
  if (const auto* const table = node.as_table()) {
    for (const auto& [key, item] : *table) {
      const toml::source_position place = key.source().begin;
      value.entries.push_back({std::string(key.str()), converted(item), place.line, place.column});
    }
    std::sort(value.entries.begin(), value.entries.end(), [](const document_entry& a, const document_entry& b) {
      return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
  } else if (const auto* const list = node.as_array()) {
    value.kind = type::list;
    for (const auto& item : *list) value.items.push_back(converted(item));
  } else if (const auto* const text = node.as_string()) {
    value.kind = type::text;
    value.text = text->get();
  } else if (const auto* const whole = node.as_integer()) {
    value.kind = type::whole;
    value.whole = whole->get();
    value.real = static_cast<double>(value.whole);
  } else if (const auto* const real = node.as_floating_point()) {
    value.kind = type::real;
    value.real = real->get();
  } else if (const auto* const boolean = node.as_boolean()) {
    value.kind = type::boolean;
    value.whole = boolean->get() ? 1 : 0;
  } else {
    value.kind = type::date;
  }
  return value;
}

// Throws invalid_argument("NAME:LINE", …) for two things that toml++ 3.3 cannot be given. Characters beyond ASCII
// belong in texts and comments; elsewhere TOML has none, and for some of them the parser runs into what it says cannot
// be reached. And a key of a hundred thousand parts, a.a.a…, becomes as many tables within each other, which take as
// many calls to destroy: more than the stack holds. (Of arrays and tables in braces the parser has a limit itself.)
void refuse_what_is_not_for_the_parser(std::string_view text, const std::string& name) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf", of_keys = "-_.\"' \t";
  constexpr int most_dots = 8;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  unsigned line = 1;
  int dots = 0;          // of the key in which we may be
  std::string_view end;  // of the text or comment in which we are
  const auto refuse = [&](const std::string& problem) {
    throw invalid_argument(name + ":" + std::to_string(line), "is not TOML" + problem);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (end.empty()) {
      if (static_cast<unsigned char>(c) >= 0x80) refuse(": only texts and comments have characters beyond ASCII");
      const bool of_key = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                          of_keys.find(c) != std::string_view::npos;
      dots = !of_key ? 0 : dots + (c == '.' ? 1 : 0);
      if (dots > most_dots) refuse(" for a sweep: a key has too many parts");
      const bool three = c == '"' ? text.substr(i, 3) == "\"\"\"" : text.substr(i, 3) == "'''";
      if (c == '#') end = "\n";
      if (c == '"') end = three ? "\"\"\"" : "\"";
      if (c == '\'') end = three ? "'''" : "'";
      if (end.size() == 3) i += 2;
    } else if (c == '\\' && end[0] == '"') {
      if (text.substr(i + 1, 1) == "\n") ++line;
      ++i;
    } else if (text.substr(i, end.size()) == end) {
      i += end.size() - 1;
      end = {};
    } else if (c == '\n' && end.size() == 1) {
      end = {};  // a text that does not end, which the parser will say
    }
  }
}

}  // namespace

bool have_sweep_documents() noexcept { return true; }

document_value parse_document(const std::string& text, const std::string& name) {
  refuse_what_is_not_for_the_parser(text, name);
  try {
    return converted(toml::parse(std::string_view(text)));
  } catch (const toml::parse_error& error) {
    const unsigned line = std::max(1u, static_cast<unsigned>(error.source().begin.line));
    throw invalid_argument(name + ":" + std::to_string(line), "is not TOML: " + std::string(error.description()));
  } catch (const unforeseen_text&) {
    throw invalid_argument(name, "is not TOML: the parser does not say where; a [ before something that is no key?");
  }
}

}  // namespace gumbelcuda
