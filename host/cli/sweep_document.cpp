// SPDX-License-Identifier: Apache-2.0
// The parts of sweep_document.hpp that need no parser.
#include "host/cli/sweep_document.hpp"

#include "gumbelcuda/detail/number_text.hpp"

namespace gumbelcuda {
const document_value* document_value::find(const std::string& key) const {
  for (const document_entry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

std::string text_of(const document_value& value) {
  constexpr std::size_t longest = 40, most_items = 8;
  switch (value.kind) {
    case document_value::type::boolean:
      return value.whole != 0 ? "true" : "false";
    case document_value::type::whole:
      return number_text(value.whole);
    case document_value::type::real:
      return number_text(value.real);
    case document_value::type::text:
      return '"' + (value.text.size() > longest ? value.text.substr(0, longest) + "…" : value.text) + '"';
    case document_value::type::list: {
      std::string text = "[";
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i == most_items) return text + ", …]";
        text += (i == 0 ? "" : ", ") + text_of(value.items[i]);
      }
      return text + "]";
    }
    case document_value::type::table:
      return "a table";
    case document_value::type::date:
      break;
  }
  return "a date or time";
}

}  // namespace gumbelcuda
