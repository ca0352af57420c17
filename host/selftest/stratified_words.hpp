// SPDX-License-Identifier: Apache-2.0
// Words at which noise is checked if all 2^32 would take too long: both ends and the middle densely, every place where
// the computation changes its path, and an even spread over the rest.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace gumbelcuda {

// Ascending, each word once. `dense`: words on each side of the most delicate places; other places get a 64th of it.
inline std::vector<std::uint32_t> stratified_words(std::int64_t dense) {
  std::vector<std::uint32_t> words;
  const auto add = [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t x = std::max<std::int64_t>(first, 0); x <= std::min<std::int64_t>(last, 0xffffffff); ++x)
      words.push_back(std::uint32_t(x));
  };
  const std::int64_t end = std::int64_t{1} << 32, sparse = dense / 64;
  add(0, dense - 1);
  add(end - dense, end - 1);
  add(end / 2 - dense, end / 2 + dense - 1);
  // The lower half switches exponents where 1 − h = √½, the upper half where h = √½·2^-k.
  add(std::int64_t((1 - std::sqrt(.5)) * double(end)) - dense,
      std::int64_t((1 - std::sqrt(.5)) * double(end)) + dense - 1);
  for (int k = 1; k <= 32; ++k) {
    const auto distance = std::int64_t(std::sqrt(.5) * std::ldexp(1.0, 32 - k));
    const std::int64_t spread = k == 1 ? dense : sparse;
    add(end - 1 - distance - spread, end - 1 - distance + spread);
    // A conversion to float starts to round, or rounds more coarsely, at each power of two.
    const std::int64_t power = std::int64_t{1} << (32 - k);
    add(power - sparse, power + sparse);
    add(end - 1 - power - sparse, end - 1 - power + sparse);
  }
  // E = 1, the root of g: only an absolute error bound can hold there.
  add(std::int64_t(-std::expm1(-1.0) * double(end)) - dense, std::int64_t(-std::expm1(-1.0) * double(end)) + dense);
  for (std::int64_t x = 0; x < end; x += 65537) add(x, x);
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace gumbelcuda
