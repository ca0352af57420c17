// SPDX-License-Identifier: Apache-2.0
#include "host/results/fletcher32.hpp"

#include <bit>
#include <cstring>

namespace gumbelcuda {
namespace {

constexpr std::uint64_t modulus = 65535;
// Words are added up in lanes, for vectors. After so many words a lane's second sum is 256·257/2·65,535 < 2³² at most.
constexpr std::size_t lanes = 8, words_of_lane = 256, words_of_block = lanes * words_of_lane;

static_assert(std::endian::native == std::endian::little, "the lower byte of a word comes first in memory");

// Modulo 65,535 a word times 256 is the word with its bytes swapped. A sum of words that are not all 0 is never 0 to
// the checksum: it is 65,535 then.
std::uint32_t folded(std::uint64_t sum, bool all_zero) {
  return all_zero ? 0 : static_cast<std::uint32_t>((sum % modulus * 256 + modulus - 1) % modulus + 1);
}

}  // namespace

std::uint32_t fletcher32_of_chunk(const char* bytes, std::size_t count) {
  std::uint64_t first = 0, second = 0, words_or = 0;
  for (std::size_t left = count / 2; left > 0;) {
    // The last block is filled up in front, by zeros, which change no sum.
    const std::size_t here = left < words_of_block ? left : words_of_block;
    std::uint16_t words[words_of_block];
    std::memset(words, 0, 2 * (words_of_block - here));
    std::memcpy(words + words_of_block - here, bytes, 2 * here);
    bytes += 2 * here;
    left -= here;
    std::uint32_t sum[lanes] = {}, sum_of_sums[lanes] = {};
    for (std::size_t i = 0; i < words_of_block; i += lanes)
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        sum[lane] += words[i + lane];
        sum_of_sums[lane] += sum[lane];
      }
    second += here * first;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      first += sum[lane];
      second += lanes * std::uint64_t{sum_of_sums[lane]} - lane * std::uint64_t{sum[lane]};
      words_or |= sum[lane];
    }
    first %= modulus;
    second %= modulus;
  }
  const bool all_zero = words_or == 0;
  return folded(second, all_zero) << 16 | folded(first, all_zero);
}

}  // namespace gumbelcuda
