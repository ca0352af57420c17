// SPDX-License-Identifier: Apache-2.0
// FNV-1a of a block in eight segments side by side. Each step waits for the one before, h ← (h ^ byte)·p, and most of
// the time is spent so. But given the lowest byte l of the state, h ^ byte = h + (l ^ byte) − l, so that from there
//
//   h after n bytes = (h − l)·pⁿ + (state after n bytes that began as l),
//
// and a segment needs of those before it no more than the lowest byte that they end with. That byte alone follows
// l ← 179·(l ^ byte) mod 256, where bit k depends on bits 0 … k only, and on its own former value by exclusive or: with
// x = l ^ byte,  bit k of 179·x = bit k of x ^ what the lower bits flip. So all bits k of a block are found at once, as
// the prefix sums modulo 2 of the bits k of its bytes and of what is flipped, for k = 0, 1, … 7.
#include "host/files/fnv1a.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace gumbelcuda {
namespace {

static_assert(std::endian::native == std::endian::little, "byte 0 of a word comes first");

constexpr int segments = 8, words = 64;
constexpr std::size_t segment_bytes = 8 * words, bytes_of_block = segments * segment_bytes;
constexpr std::uint64_t every_byte = 0x0101010101010101;

constexpr std::uint64_t power(std::size_t exponent) {
  std::uint64_t result = 1;
  for (std::size_t i = 0; i < exponent; ++i) result *= fnv1a::prime;
  return result;
}

// One bit of every byte of the block: bit 8·i + s of word r is of byte 8·r + i of segment s.
using plane = std::array<std::uint64_t, words>;

void exchange(std::uint64_t& a, std::uint64_t& b, int shift, std::uint64_t mask) {
  const std::uint64_t different = ((a >> shift) ^ b) & mask;
  b ^= different;
  a ^= different << shift;
}

// [bit]: transposes the 8 × 8 bits of the bytes that the segments have at the same place.
void to_planes(const char* block, std::array<plane, 8>& planes) {
  static_assert(sizeof planes == bytes_of_block);
  std::memcpy(planes.data(), block, bytes_of_block);
  for (int r = 0; r < words; ++r) {
    std::uint64_t w[8];
    for (int i = 0; i < 8; ++i) w[i] = planes[i][r];
    for (int i = 0; i < 8; i += 2) exchange(w[i], w[i + 1], 1, 0x5555555555555555);
    for (int i : {0, 1, 4, 5}) exchange(w[i], w[i + 2], 2, 0x3333333333333333);
    for (int i = 0; i < 4; ++i) exchange(w[i], w[i + 4], 4, 0x0f0f0f0f0f0f0f0f);
    for (int i = 0; i < 8; ++i) planes[i][r] = w[i];
  }
}

// Finds the lowest bytes at the beginning of each segment, bit by bit.
class segment_starts {
 public:
  using bytes = std::array<std::uint8_t, segments>;

  segment_starts(const char* block, std::uint8_t low) : low_(low) {
    to_planes(block, bits_);
    find<0>(), find<1>(), find<2>(), find<3>(), find<4>(), find<5>(), find<6>(), find<7>();
  }
  const bytes& found() const { return found_; }

 private:
  template <int k>
  void find() {
    // Prefix sums within each word, as if its segments began with 0 there; then over the words of a segment; then over
    // the segments.
    for (int r = 0; r < words; ++r) {
      std::uint64_t sum = bits_[k][r] ^ flips_[r];
      sum ^= sum << 8, sum ^= sum << 16, sum ^= sum << 32;
      sums_[r] = sum;
    }
    std::uint64_t total = 0;
    for (int r = 0; r < words; ++r) {
      starts_[r] = total * every_byte;
      total ^= sums_[r] >> 56;
    }
    total ^= total << 1, total ^= total << 2, total ^= total << 4;
    const std::uint64_t start = ((total << 1) ^ (low_ >> k & 1 ? 0xff : 0)) & 0xff;
    for (int s = 0; s < segments; ++s) found_[s] |= static_cast<std::uint8_t>((start >> s & 1) << k);
    if constexpr (k < 7) find_flips<k>(start * every_byte);
  }

  // 179·x = y + 16·y + 128·x for y = x + 2·x, added with carries. Flips are of bit k + 1.
  template <int k>
  void find_flips(std::uint64_t start) {
    for (int r = 0; r < words; ++r) {
      const std::uint64_t before_word = starts_[r] ^ start, after = sums_[r] ^ before_word,
                          before = after << 8 | (before_word & 0xff);
      const std::uint64_t x = before ^ bits_[k][r], x_below = k >= 1 ? x_[k - (k >= 1)][r] : 0;
      const std::uint64_t y = x ^ x_below ^ carry_y_[r];
      carry_y_[r] = (x & x_below) | (carry_y_[r] & (x ^ x_below));
      x_[k][r] = x;
      y_[k][r] = y;
      std::uint64_t flips = x ^ carry_y_[r];
      if constexpr (k >= 4) {
        const std::uint64_t y_below = y_[k - 4][r];
        carry_[r] = (y & y_below) | (carry_[r] & (y ^ y_below));
        flips ^= carry_[r];
      }
      if constexpr (k >= 3) flips ^= y_[k - 3][r];
      if constexpr (k == 6) flips ^= x_[0][r];
      flips_[r] = flips;
    }
  }

  std::uint8_t low_;
  bytes found_{};
  std::array<plane, 8> bits_;
  std::array<plane, 7> x_, y_;
  plane carry_y_{}, carry_{}, flips_{}, sums_, starts_;
};

// The states that begin as `low`, one byte, after their segments. Four at a time keep a multiplier busy.
std::array<std::uint64_t, segments> after_segments(const char* block, const segment_starts::bytes& low) {
  std::array<std::uint64_t, segments> after;
  for (int s = 0; s < segments; s += 4) {
    std::uint64_t a = low[s], b = low[s + 1], c = low[s + 2], d = low[s + 3];
    const auto* byte = reinterpret_cast<const unsigned char*>(block) + s * segment_bytes;
    for (std::size_t i = 0; i < segment_bytes; ++i, ++byte) {
      a = (a ^ byte[0]) * fnv1a::prime;
      b = (b ^ byte[segment_bytes]) * fnv1a::prime;
      c = (c ^ byte[2 * segment_bytes]) * fnv1a::prime;
      d = (d ^ byte[3 * segment_bytes]) * fnv1a::prime;
    }
    after[s] = a, after[s + 1] = b, after[s + 2] = c, after[s + 3] = d;
  }
  return after;
}

}  // namespace

std::size_t fnv1a::add_blocks(std::string_view bytes) noexcept {
  constexpr std::uint64_t factor = power(segment_bytes);
  std::size_t done = 0;
  for (; bytes.size() - done >= bytes_of_block; done += bytes_of_block) {
    const char* const block = bytes.data() + done;
    const segment_starts starts(block, static_cast<std::uint8_t>(value_));
    const auto after = after_segments(block, starts.found());
    for (int s = 0; s < segments; ++s) value_ = (value_ - starts.found()[s]) * factor + after[s];
  }
  return done;
}

}  // namespace gumbelcuda
