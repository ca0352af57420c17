// SPDX-License-Identifier: Apache-2.0
// Which GANs of a training have ended: backends train the others, and mark them as they end.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

namespace gumbelcuda {

struct gan_range {
  std::uint64_t first, count;
};

class ended_gans {
 public:
  // The vector must outlive this object: a byte for each GAN, 1 if it has ended.
  explicit ended_gans(std::vector<std::uint8_t>& marks) : marks_(marks) {}

  // Before any thread marks one.
  bool has(std::uint64_t gan) const { return marks_[gan] != 0; }
  bool all() const { return std::find(marks_.begin(), marks_.end(), std::uint8_t{0}) == marks_.end(); }
  // The others, as few ranges as possible.
  std::vector<gan_range> left() const {
    std::vector<gan_range> ranges;
    for (auto from = marks_.begin();;) {
      from = std::find(from, marks_.end(), std::uint8_t{0});
      if (from == marks_.end()) return ranges;
      const auto to = std::find_if(from, marks_.end(), [](std::uint8_t mark) { return mark != 0; });
      ranges.push_back({std::uint64_t(from - marks_.begin()), std::uint64_t(to - from)});
      from = to;
    }
  }
  // The results of these GANs are final, for every thread that sees the marks.
  void mark(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t gan = first; gan < first + count; ++gan)
      std::atomic_ref(marks_[gan]).store(1, std::memory_order_release);
  }

 private:
  std::vector<std::uint8_t>& marks_;
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
