// SPDX-License-Identifier: Apache-2.0
// The mathematics needs no library: this program links none.
#include <gumbelcuda/math/gumbel.hpp>
#include <gumbelcuda/math/philox.hpp>

int main() {
  const auto block = gumbelcuda::philox4x32_10(gumbelcuda::philox_block<std::uint32_t>{}, gumbelcuda::philox_key(0));
  return gumbelcuda::gumbel<double>(block.word[0]) < 23 ? 0 : 1;
}
