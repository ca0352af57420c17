// SPDX-License-Identifier: Apache-2.0
// Reads TOML with toml++ and keeps the order of keys, which its tables do not have: it is the order of their places.
#include <toml++/toml.h>
#include <algorithm>
#include <sstream>
#include <string_view>
#include <tuple>

#include "host/cli/sweep_document.hpp"

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

}  // namespace

bool have_sweep_documents() noexcept { return true; }

document_value parse_document(const std::string& text, const std::string& name) {
  try {
    return converted(toml::parse(std::string_view(text)));
  } catch (const toml::parse_error& error) {
    const unsigned line = std::max(1u, static_cast<unsigned>(error.source().begin.line));
    throw invalid_argument(name + ":" + std::to_string(line), "is not TOML: " + std::string(error.description()));
  }
}

}  // namespace gumbelcuda
