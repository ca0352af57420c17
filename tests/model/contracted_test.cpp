// SPDX-License-Identifier: Apache-2.0
// A program whose compiler fuses products and sums, as GCC does by default where the processor has fma, trains no model
// and says what to change.
#include <gtest/gtest.h>

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)
#pragma GCC optimize("O2", "fp-contract=fast")
#pragma GCC target("fma")

#include "examples/logistic_gan.hpp"

namespace {

TEST(ModelFleet, RefusesACompilerThatFuses) {
  if (!__builtin_cpu_supports("fma")) GTEST_SKIP() << "this processor has no fma";
  try {
    gumbelcuda::train_fleet(gumbelcuda::example::logistic_gan<2, 3, 1>{gumbelcuda::real_classes<2>({.5, .5})},
                            {.learning_rate = {{1e-3f}, {1e-3f}}});
    FAIL() << "trained";
  } catch (const gumbelcuda::error& e) {
    EXPECT_NE(std::string(e.what()).find("-ffp-contract=off"), std::string::npos) << e.what();
  }
}

}  // namespace
#endif
