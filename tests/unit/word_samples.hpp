// SPDX-License-Identifier: Apache-2.0
// Words on which noise is checked when all 2^32 would take too long: both ends and the middle densely, every
// place where the computation changes its path, and an even spread over the rest.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "tests/unit/lanes.hpp"

// Ascending, each word once, a multiple of lanes::granule in number.
inline std::vector<std::uint32_t> stratified_words() {
  std::vector<std::uint32_t> words;
  const auto add = [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t x = std::max<std::int64_t>(first, 0); x <= std::min<std::int64_t>(last, 0xffffffff); ++x)
      words.push_back(std::uint32_t(x));
  };
  const std::int64_t end = std::int64_t{1} << 32;
  add(0, 0xffff);
  add(end - 0x10000, end - 1);
  add(end / 2 - 0x10000, end / 2 + 0xffff);
  // The lower half switches exponents where 1 − h = √½, the upper half where h = √½·2^-k.
  add(std::int64_t((1 - std::sqrt(.5)) * double(end)) - 0x10000, std::int64_t((1 - std::sqrt(.5)) * double(end)) + 0xffff);
  for (int k = 1; k <= 32; ++k) {
    const auto distance = std::int64_t(std::sqrt(.5) * std::ldexp(1.0, 32 - k));
    const std::int64_t spread = k == 1 ? 0x10000 : 0x400;
    add(end - 1 - distance - spread, end - 1 - distance + spread);
    // A conversion to float starts to round, or rounds more coarsely, at each power of two.
    const std::int64_t power = std::int64_t{1} << (32 - k);
    add(power - 0x400, power + 0x400);
    add(end - 1 - power - 0x400, end - 1 - power + 0x400);
  }
  // E = 1, the root of g, where only an absolute bound can hold.
  add(std::int64_t(-std::expm1(-1.0) * double(end)) - 0x10000, std::int64_t(-std::expm1(-1.0) * double(end)) + 0x10000);
  for (std::int64_t x = 0; x < end; x += 65537) add(x, x);
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  while (words.size() % lanes::granule != 0) {  // thin out the dense middle, where nothing is special
    words.erase(words.begin() + 0x8000);
  }
  return words;
}
