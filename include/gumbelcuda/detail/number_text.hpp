// SPDX-License-Identifier: Apache-2.0
// Numbers in messages: the shortest text that reads back as the same number. So 1.0000001, which is refused, does not
// look like 1, which is allowed.
#pragma once

#include <charconv>
#include <concepts>
#include <string>

namespace gumbelcuda {

template <std::floating_point Number>
std::string number_text(Number value) {
  char digits[32];  // a double takes at most 24
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}
template <std::integral Number>
std::string number_text(Number value) {
  return std::to_string(value);
}

}  // namespace gumbelcuda
