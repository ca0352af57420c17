// SPDX-License-Identifier: Apache-2.0
// Prints the PTX of every object that this program was linked from.
#include <cstdio>

#include "tests/ptx/runtime/kernels.hpp"

int main() {
  const std::string text = gumbelcuda::ptx::registered_kernels::get().all_ptx();
  return std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0;
}
