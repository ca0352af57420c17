// SPDX-License-Identifier: Apache-2.0
// The self-test's stratified words, in a number that suits the lane types.
#pragma once

#include "host/selftest/stratified_words.hpp"
#include "tests/unit/lanes.hpp"

// In ascending order, without repetition; their number is a multiple of lanes::granule.
inline std::vector<std::uint32_t> stratified_words() {
  std::vector<std::uint32_t> words = gumbelcuda::stratified_words(0x10000);
  while (words.size() % lanes::granule != 0) {  // thin out the dense middle, where nothing is special
    words.erase(words.begin() + 0x8000);
  }
  return words;
}
