// SPDX-License-Identifier: Apache-2.0
// The functions that libFuzzer calls.
#include <algorithm>

#include "tests/fuzz/fuzz_target.hpp"

using namespace gumbelcuda::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({reinterpret_cast<const char*>(data), size});
  return 0;
}

// So that no file of seeds is needed, an empty input, which libFuzzer begins with, becomes one of them.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  static const std::vector<std::string> whole = seeds();
  random_numbers random(seed);
  std::string input(reinterpret_cast<const char*>(data), size);
  if (size < 8 || random.once_in(1024)) input = whole[random.below(whole.size())];
  input = changed(input, random);
  input.resize(std::min(input.size(), most));
  std::copy(input.begin(), input.end(), data);
  return input.size();
}
