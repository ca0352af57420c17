// SPDX-License-Identifier: Apache-2.0
// The noise stream (docs/noise-stream.md) against an independent implementation: word i of stream (seed, row) is what
// cuRAND gives. No GPU is needed: cuRAND's device header compiles for the host, and its library has a host generator.
#include <gtest/gtest.h>

#ifdef UNIT_CURAND
#define QUALIFIERS static inline
#include <cuda_runtime.h>
#include <curand.h>
#include <curand_kernel.h>
#endif

#include <iostream>
#include <vector>

#include "gumbelcuda/math/philox.hpp"

namespace {

#ifdef UNIT_CURAND

std::uint32_t stream_word(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  const gumbelcuda::row_stream<std::uint32_t> stream(gumbelcuda::philox_key(seed), std::uint32_t(row),
                                                     std::uint32_t(row >> 32), std::uint32_t(i / 4 >> 32));
  return stream(std::uint32_t(i / 4)).word[i % 4];
}

TEST(PhiloxCurand, DeviceHeaderGivesTheSameStream) {
  constexpr std::uint64_t ends[] = {0, 1, 0xffffffff, 0x100000000, 0x123456789abcdef0, 0xffffffffffffffff};
  for (const std::uint64_t seed : ends)
    for (const std::uint64_t row : ends)
      // Offsets with every remainder, and offsets after which the block number passes 2^32 and 2^61.
      for (const std::uint64_t first :
           {0ull, 1ull, 2ull, 3ull, 4ull, 0x3fffffffeull, 0x3ffffffffull, 0x7ffffffffffffffdull}) {
        curandStatePhilox4_32_10_t state;
        curand_init(seed, row, first, &state);
        for (std::uint64_t i = first; i < first + 9; ++i)
          ASSERT_EQ(curand(&state), stream_word(seed, row, i)) << seed << ' ' << row << ' ' << i;
        curand_init(seed, row, first, &state);
        for (std::uint64_t i = first; i < first + 12; i += 4) {
          const uint4 four = curand4(&state);
          ASSERT_EQ(four.x, stream_word(seed, row, i));
          ASSERT_EQ(four.y, stream_word(seed, row, i + 1));
          ASSERT_EQ(four.z, stream_word(seed, row, i + 2));
          ASSERT_EQ(four.w, stream_word(seed, row, i + 3));
        }
      }
}

// cuRAND's host generator walks through 65,536 rows, one block at a time, in its default, best and legacy orders alike:
// word n of its output is word 4·⌊n/2^18⌋ + n mod 4 of row ⌊n/4⌋ mod 2^16.
TEST(PhiloxCurand, HostGeneratorWalksTheRowsOfTheSameStreams) {
  constexpr std::size_t count = (std::size_t{3} << 18) + 8;
  for (const std::uint64_t seed : {std::uint64_t{1234}, std::uint64_t{0x123456789abcdef0}}) {
    curandGenerator_t generator = nullptr;
    ASSERT_EQ(curandCreateGeneratorHost(&generator, CURAND_RNG_PSEUDO_PHILOX4_32_10), CURAND_STATUS_SUCCESS);
    EXPECT_EQ(curandSetPseudoRandomGeneratorSeed(generator, seed), CURAND_STATUS_SUCCESS);
    std::vector<unsigned> words(count, 0xcacacaca);
    EXPECT_EQ(curandGenerate(generator, words.data(), count), CURAND_STATUS_SUCCESS);
    EXPECT_EQ(curandDestroyGenerator(generator), CURAND_STATUS_SUCCESS);
    if (seed == 1234) {  // tells a library with another order from a fault of ours
      ASSERT_EQ(words[0], 0x2090b348u);
      ASSERT_EQ(words[3], 0xcbca470eu);
    }
    for (std::size_t n = 0; n < count; ++n)
      ASSERT_EQ(words[n], stream_word(seed, (n / 4) % 65536, 4 * (n / 262144) + n % 4)) << "word " << n;
  }
}

#else

TEST(PhiloxCurand, NeedsTheCudaToolkit) {
  std::cout << "skipped: no CUDA toolkit whose cuRAND header compiles for the host, so no oracle for the stream\n";
  GTEST_SKIP();
}

#endif

}  // namespace
