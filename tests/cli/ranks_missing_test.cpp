// SPDX-License-Identifier: Apache-2.0
// A build without MPI refuses to be one of several processes.
#include <gtest/gtest.h>

#include <cstdlib>

#include "gumbelcuda/error.hpp"
#include "host/cli/ranks.hpp"

namespace gumbelcuda {
namespace {

TEST(RanksMissing, AreToldWhereMpirunStartedSeveral) {
  EXPECT_FALSE(have_ranks());
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) unsetenv(name);
  EXPECT_EQ(ranks::of_this_run(), nullptr);
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    setenv(name, "1", 1);
    EXPECT_EQ(ranks::of_this_run(), nullptr);
    setenv(name, "3", 1);
    EXPECT_THROW(ranks::of_this_run(), error);
    unsetenv(name);
  }
}

}  // namespace
}  // namespace gumbelcuda
