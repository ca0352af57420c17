// SPDX-License-Identifier: Apache-2.0
// Counts in groups of three digits, for messages and tables: 1,234,567. No locale: output must not depend on the user's
// settings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gumbelcuda {

inline std::string grouped(std::uint64_t count) {
  const std::string digits = std::to_string(count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace gumbelcuda
