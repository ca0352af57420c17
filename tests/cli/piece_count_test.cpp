// SPDX-License-Identifier: Apache-2.0
// How many pieces the ranks of mpirun share: the numbers of a table that docs/experiments is held against, too.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "host/cli/rank_training.hpp"

namespace gumbelcuda {

TEST(Pieces, AreThoseOfTheTable) {
  std::ifstream table(GUMBELCUDA_PIECE_COUNTS);
  int rows = 0;
  for (std::string line; std::getline(table, line);) {
    std::istringstream row(line);
    std::uint64_t gans = 0, ranks = 0, pieces = 0;
    if (!(row >> gans >> ranks >> pieces)) continue;
    EXPECT_EQ(piece_count(gans, ranks), pieces) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 12);
}

}  // namespace gumbelcuda
