// SPDX-License-Identifier: Apache-2.0
// A user's program for the installed library: a function from the headers and a fleet from the library, each with a
// check. It prints the bits, so that two ways to build it can be compared.
#include <cmath>
#include <cstdio>
#include <gumbelcuda/gumbelcuda.hpp>
#include <gumbelcuda/math/gumbel.hpp>
#include <gumbelcuda/math/philox.hpp>

int main() {
  // Random123's known answer for a counter and key of zeros.
  const auto block = gumbelcuda::philox4x32_10(gumbelcuda::philox_block<std::uint32_t>{}, gumbelcuda::philox_key(0));
  const float noise = gumbelcuda::gumbel<float>(block.word[0]);
  const double v = (block.word[0] + .5) * 0x1p-32;
  if (block.word[0] != 0x6627e8d5u || std::fabs(noise + std::log(-std::log1p(-v))) > 1e-6) {
    std::fprintf(stderr, "gumbel(%08x) = %.9g\n", block.word[0], noise);
    return 1;
  }

  gumbelcuda::fleet_config config;
  config.num_gans = 3;
  config.epochs = 1;
  config.steps_per_epoch = 2;
  const gumbelcuda::fleet_result result = gumbelcuda::train_fleet(config);
  std::printf("noise %a\n", double(noise));
  for (std::size_t gan = 0; gan < 3; ++gan) {
    double sum = 0;
    for (std::size_t k = 0; k < 5; ++k) {
      const double p = result.distribution.at(gan * 5 + k);
      sum += p;
      std::printf("%a ", p);
    }
    std::printf("\n");
    if (std::fabs(sum - 1) > 1e-6) return 1;
  }

  try {
    config.num_gans = 0;
    gumbelcuda::train_fleet(config);
    return 1;
  } catch (const gumbelcuda::invalid_argument& refused) {
    std::printf("%s\n", refused.what());
  }
}
