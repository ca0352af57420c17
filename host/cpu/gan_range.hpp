// SPDX-License-Identifier: Apache-2.0
// Neighbouring GANs of a training, and how they are divided among threads, devices and shards.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace gumbelcuda {

struct gan_range {
  std::uint64_t first, count;
};

inline std::uint64_t total(const std::vector<gan_range>& ranges) {
  std::uint64_t gans = 0;
  for (const gan_range& range : ranges) gans += range.count;
  return gans;
}

// Part number `part` of `parts` nearly equal ones of so many GANs.
inline gan_range equal_part(std::uint64_t gans, std::uint64_t part, std::uint64_t parts) {
  const std::uint64_t each = gans / parts, longer = gans % parts;
  return {each * part + std::min(part, longer), each + (part < longer ? 1 : 0)};
}

// The same of the ranges' GANs in their order.
inline std::vector<gan_range> equal_part(const std::vector<gan_range>& ranges, std::uint64_t part,
                                         std::uint64_t parts) {
  const gan_range share = equal_part(total(ranges), part, parts);
  const std::uint64_t begin = share.first, end = share.first + share.count;
  std::vector<gan_range> found;
  std::uint64_t before = 0;  // GANs of the ranges so far
  for (const gan_range& range : ranges) {
    const std::uint64_t from = std::clamp(begin, before, before + range.count);
    const std::uint64_t to = std::clamp(end, before, before + range.count);
    if (from < to) found.push_back({range.first + (from - before), to - from});
    before += range.count;
  }
  return found;
}

}  // namespace gumbelcuda
