// SPDX-License-Identifier: Apache-2.0
// The CSV text is what the documentation and its header line promise, and every float is read back exactly.
#include "host/results/csv.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <sstream>

#include "tests/results/example_fleet.hpp"
#include "tests/results/scratch_folder.hpp"

namespace {

TEST(csv, is_a_header_and_a_row_a_gan) {
  const scratch_folder folder;
  gumbelcuda::fleet_result fleet;
  fleet.num_gans = 3;
  fleet.classes = 2;
  fleet.distribution = {.25f, .75f, .1f, 1.f / 3, 1e-10f, std::numeric_limits<float>::quiet_NaN()};
  gumbelcuda::write_csv(folder / "a.csv", fleet);
  EXPECT_EQ(content(folder / "a.csv"), "gan,p0,p1\n0,0.25,0.75\n1,0.100000001,0.333333343\n2,1.00000001e-10,nan\n");
  gumbelcuda::write_csv(folder / "a.csv", fleet, (1ull << 63) + 5);
  EXPECT_TRUE(content(folder / "a.csv").starts_with("gan,p0,p1\n9223372036854775813,0.25,0.75\n"));
  EXPECT_EQ(folder.names(), std::set<std::string>{"a.csv"});
}

// Enough rows for several blocks of input and of output.
TEST(csv, gives_every_float_back) {
  const scratch_folder folder;
  const auto config = example_config(250'000);
  static_assert(250'000 * 5 * sizeof(float) > gumbelcuda::block_bytes_of_source);
  const auto fleet = example_result(config);
  gumbelcuda::write_csv(folder / "a.csv", fleet, 7);
  std::istringstream lines(content(folder / "a.csv"));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "gan,p0,p1,p2,p3,p4");
  std::size_t mistakes = 0, gan = 0;
  for (; std::getline(lines, line); ++gan) {
    char* place = line.data();
    mistakes += std::strtoull(place, &place, 10) != gan + 7;
    for (std::size_t k = 0; k < 5; ++k) {
      mistakes += *place != ',';
      mistakes += std::strtof(place + 1, &place) != fleet.distribution[gan * 5 + k];
    }
    mistakes += *place != '\0';
  }
  EXPECT_EQ(gan, fleet.num_gans);
  EXPECT_EQ(mistakes, 0u);
}

TEST(csv, that_cannot_be_finished_leaves_the_old_file) {
  const scratch_folder folder;
  put(folder / "a.csv", "old");
  const auto fleet = example_result(example_config(50'000));
  const file_size_limit limit(1'500'000);
  EXPECT_THROW(gumbelcuda::write_csv(folder / "a.csv", fleet), gumbelcuda::file_error);
  EXPECT_EQ(content(folder / "a.csv"), "old");
  EXPECT_EQ(folder.names(), std::set<std::string>{"a.csv"});
}

TEST(csv, of_a_fleet_that_is_not_whole_is_refused) {
  const scratch_folder folder;
  auto fleet = example_result(example_config(3));
  fleet.distribution.pop_back();
  EXPECT_THROW(gumbelcuda::write_csv(folder / "a.csv", fleet), gumbelcuda::invalid_argument);
  EXPECT_EQ(folder.names(), std::set<std::string>{});
}

}  // namespace
