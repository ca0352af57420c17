// SPDX-License-Identifier: Apache-2.0
// One program may have a model in files with different flags: each file runs the code that was compiled for it.
#include <gtest/gtest.h>

#include "tests/model/one_kind.hpp"

TEST(ModelKinds, AreNotMixedUpByTheLinker) {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) GTEST_SKIP() << "a processor without AVX2";
  EXPECT_EQ(models_at_a_time_in_scalars(), 1);
  EXPECT_EQ(models_at_a_time_in_vectors(), 16);
}
