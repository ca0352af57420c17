// SPDX-License-Identifier: Apache-2.0
// The checksums inside HDF5 files, renewed after changes. Where they are in a file that is whole, is found by trying:
// a block's end is where its checksum fits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/fuzz_target.hpp"

namespace gumbelcuda::fuzz {

// Of metadata: lookup3, Bob Jenkins' hash function of 2006, which is in the public domain (hashlittle, initial value
// 0).
inline std::uint32_t lookup3(std::string_view bytes) {
  const auto rotated = [](std::uint32_t x, int by) { return x << by | x >> (32 - by); };
  std::uint32_t a = 0xdeadbeef + static_cast<std::uint32_t>(bytes.size()), b = a, c = a;
  const auto word = [&bytes](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i)
      value |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << 8 * i;
    return value;
  };
  for (; bytes.size() > 12; bytes.remove_prefix(12)) {
    a += word(0), b += word(4), c += word(8);
    a -= c, a ^= rotated(c, 4), c += b;
    b -= a, b ^= rotated(a, 6), a += c;
    c -= b, c ^= rotated(b, 8), b += a;
    a -= c, a ^= rotated(c, 16), c += b;
    b -= a, b ^= rotated(a, 19), a += c;
    c -= b, c ^= rotated(b, 4), b += a;
  }
  if (bytes.empty()) return c;
  a += word(0), b += word(4), c += word(8);
  c ^= b, c -= rotated(b, 14);
  a ^= c, a -= rotated(c, 11);
  b ^= a, b -= rotated(a, 25);
  c ^= b, c -= rotated(b, 16);
  a ^= c, a -= rotated(c, 4);
  b ^= a, b -= rotated(a, 14);
  c ^= b, c -= rotated(b, 24);
  return c;
}

// Of chunks: Fletcher's checksum with 32 bits, over words of two bytes, the higher one first.
inline std::uint32_t fletcher32(std::string_view bytes) {
  std::uint32_t sum = 0, sum_of_sums = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    const std::uint32_t high = static_cast<unsigned char>(bytes[at]);
    sum += high << 8 | (at + 1 < bytes.size() ? static_cast<unsigned char>(bytes[at + 1]) : 0u);
    sum = (sum & 0xffff) + (sum >> 16);
    sum_of_sums += sum;
    sum_of_sums = (sum_of_sums & 0xffff) + (sum_of_sums >> 16);
  }
  return sum_of_sums << 16 | sum;
}

// A stretch of a file, and behind it its checksum, if it has one.
struct checked_bytes {
  std::size_t place = 0, bytes = 0;
  std::uint32_t (*checksum)(std::string_view) = nullptr;

  std::uint32_t right(std::string_view file) const { return checksum(file.substr(place, bytes)); }
  bool fits(std::string_view file) const {
    return place + bytes + 4 <= file.size() && right(file) == number_at<std::uint32_t>(file, place + bytes);
  }
  void seal(std::string& file) const {
    if (checksum != nullptr && place + bytes + 4 <= file.size()) put_number(file, place + bytes, right(file));
  }
};

// All structures that our result files have, of which only the nodes of indices have no checksum.
inline std::vector<checked_bytes> hdf5_parts(std::string_view file) {
  std::vector<checked_bytes> parts{{0, 44, lookup3}};
  REQUIRE(parts[0].fits(file));
  constexpr std::size_t longest = 1 << 12;
  for (std::size_t at = 0; at + 4 <= file.size(); ++at) {
    const std::string_view signature = file.substr(at, 4);
    if (signature == "OHDR" || signature == "OCHK")
      for (checked_bytes part{at, 8, lookup3}; part.bytes < longest; ++part.bytes)
        if (part.fits(file)) {
          parts.push_back(part);
          break;
        }
    if (signature != "TREE") continue;
    // The first entry of a node: bytes of the chunk, filter mask, position in `sides` dimensions, address.
    for (std::size_t sides = 2; sides <= 4; ++sides) {
      const std::size_t bytes = number_at<std::uint32_t>(file, at + 24) - 4, address = at + 32 + 8 * sides;
      const checked_bytes chunk{number_at<std::uint64_t>(file, address), bytes, fletcher32};
      if (chunk.place >= file.size() || bytes >= file.size() || !chunk.fits(file)) continue;
      parts.push_back({at, address + 8 * sides + 16 - at, nullptr});
      parts.push_back(chunk);
      break;
    }
  }
  return parts;
}

}  // namespace gumbelcuda::fuzz
