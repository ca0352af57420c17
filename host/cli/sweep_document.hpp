// SPDX-License-Identifier: Apache-2.0
// A sweep's file as a tree of values that know their lines. TOML itself is read by toml++, which only one file
// includes: it takes long to compile, and a build without it replaces that file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gumbelcuda/error.hpp"

namespace gumbelcuda {

struct document_entry;

struct document_value {
  enum class type { boolean, whole, real, text, list, table, date };

  type kind = type::table;
  unsigned line = 1, column = 1;
  std::int64_t whole = 0;
  double real = 0;  // of a whole number, too
  std::string text{};
  std::vector<document_value> items{};  // of a list
  std::vector<document_entry> entries;  // of a table, in the file's order

  bool is(type other) const noexcept { return kind == other; }
  bool is_number() const noexcept { return is(type::whole) || is(type::real); }
  // Null if there is no such key.
  const document_value* find(const std::string& key) const;
};

struct document_entry {
  std::string key{};
  document_value value{};
  unsigned line = 1, column = 1;  // of the key
};

// Whether this build can read sweeps' files. Without toml++, parse_document() throws error.
bool have_sweep_documents() noexcept;

// The table that is the whole document. Throws invalid_argument("NAME:LINE", …) for what is not TOML, or not UTF-8.
document_value parse_document(const std::string& text, const std::string& name);

// For messages: how the file has the value, shortened: 0.5, "adam", [1, 2, …], a table.
std::string text_of(const document_value& value);

}  // namespace gumbelcuda
