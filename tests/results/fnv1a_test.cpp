// SPDX-License-Identifier: Apache-2.0
// Checksums of files are those of the definition of FNV-1a, whatever the length, for any cut into pieces.
#include "host/files/fnv1a.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace {

using gumbelcuda::fnv1a;

// The definition, byte by byte.
std::uint64_t slow(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

std::uint64_t fast(std::string_view bytes) {
  fnv1a hash;
  hash.add(bytes);
  return hash.value();
}

// From the draft that defines it (draft-eastlake-fnv, appendix C: test vectors of FNV64-1a).
TEST(fnv1a, has_the_published_values) {
  EXPECT_EQ(fast(""), 0xcbf29ce484222325);
  EXPECT_EQ(fast("a"), 0xaf63dc4c8601ec8c);
  EXPECT_EQ(fast("foobar"), 0x85944171f73967e8);
}

TEST(fnv1a, of_blocks_is_that_of_their_bytes) {
  std::mt19937_64 engine(1);
  for (const unsigned most : {0u, 1u, 3u, 127u, 255u})  // few different bytes, then all
    for (const std::size_t size : {4095u, 4096u, 4097u, 12288u, 50'000u}) {
      std::string bytes(size + 7, '\0');
      for (char& byte : bytes) byte = static_cast<char>(engine() % (most + 1) ^ (most == 1 ? 0xff : 0));
      for (std::size_t begin = 0; begin < 7; begin += 3) {
        const std::string_view part = std::string_view(bytes).substr(begin, size);
        EXPECT_EQ(fast(part), slow(part)) << most << " " << size << " " << begin;
      }
    }
}

// The state before a block may be any.
TEST(fnv1a, may_be_cut_anywhere) {
  std::mt19937_64 engine(2);
  std::string bytes(100'000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(engine());
  for (int repetition = 0; repetition < 50; ++repetition) {
    fnv1a hash;
    for (std::string_view left = bytes; !left.empty();) {
      const std::size_t here = std::min<std::size_t>(left.size(), engine() % 10'000);
      hash.add(left.substr(0, here));
      left.remove_prefix(here);
    }
    EXPECT_EQ(hash.value(), slow(bytes));
  }
}

}  // namespace
