// SPDX-License-Identifier: Apache-2.0
// The command's statements about memory are right: the number of GANs that would fit does fit, and one more does not.
#include "host/cli/memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/results/result_layout.hpp"
#include "tests/results/scratch_folder.hpp"

namespace gumbelcuda {
namespace {

constexpr std::uint64_t gibibyte = 1ull << 30;

// Reads the number from a message "…: 1,234 GANs would fit…".
std::uint64_t said_to_fit(const std::string& message) {
  const std::size_t end = message.find(" GANs would fit");
  if (end == std::string::npos) ADD_FAILURE() << message;
  std::string digits = message.substr(message.rfind(' ', end - 1) + 1, end - message.rfind(' ', end - 1) - 1);
  std::erase(digits, ',');
  return std::stoull(digits);
}

TEST(memory, counts_what_stands_beside_the_result) {
  fleet_config config;
  config.num_gans = 1'000'000;
  EXPECT_GE(memory_needed(config, false), result_bytes(config) + 32 * config.num_gans);
  constexpr std::uint64_t pieces = 32 << 20;
  EXPECT_GE(memory_needed(config, true), memory_needed(config, false) + pieces);
  EXPECT_LT(memory_needed(config, true), memory_needed(config, false) + result_layout::file_bytes(config));
}

TEST(memory, as_many_gans_fit_as_the_message_says) {
  for (const bool with_file : {false, true})
    for (const std::uint64_t available : {std::uint64_t{1} << 20, gibibyte, 64 * gibibyte})
      for (const std::uint64_t gans : {1'000'000'000'000ull, 1ull << 62, ~0ull}) {
        fleet_config config;
        config.num_gans = gans;
        const std::string message = message_of<invalid_argument>([&] { check_memory(config, with_file, available); });
        EXPECT_TRUE(message.starts_with("num_gans: ")) << message;
        config.num_gans = said_to_fit(message);
        EXPECT_GT(config.num_gans, 0u) << message;
        EXPECT_LE(memory_needed(config, with_file), available) << message;
        EXPECT_NO_THROW(check_memory(config, with_file, available));
        ++config.num_gans;
        EXPECT_GT(memory_needed(config, with_file), available) << message;
      }
}

TEST(memory, as_much_history_fits_as_the_message_says) {
  fleet_config config;
  config.num_gans = config.history_gans = 1'000;
  config.epochs = 1'000'000'000;
  const std::string message = message_of<invalid_argument>([&] { check_memory(config, true, 64 * gibibyte); });
  EXPECT_TRUE(message.starts_with("history_gans: 1,000 GANs need ")) << message;
  config.history_gans = said_to_fit(message);
  EXPECT_NO_THROW(check_memory(config, true, 64 * gibibyte));
  ++config.history_gans;
  EXPECT_THROW(check_memory(config, true, 64 * gibibyte), invalid_argument);
}

TEST(memory, of_a_control_group_is_its_limit_less_what_it_uses) {
  const scratch_folder version_1, version_2, none;
  put(version_2 / "memory.max", "1000000\n");
  put(version_2 / "memory.current", "900000\n");
  put(version_2 / "memory.stat", "anon 250000\nfile 650000\ninactive_file 400000\nactive_file 200000\n");
  EXPECT_EQ(free_in_group(version_2.path()), 700'000u);
  put(version_2 / "memory.current", "3000000\n");
  EXPECT_EQ(free_in_group(version_2.path()), 0u);
  put(version_1 / "memory.limit_in_bytes", "1000000\n");
  put(version_1 / "memory.usage_in_bytes", "300000\n");
  EXPECT_EQ(free_in_group(version_1.path()), 700'000u);
  put(version_2 / "memory.max", "max\n");
  EXPECT_EQ(free_in_group(version_2.path()), ~0ull);
  EXPECT_EQ(free_in_group(none.path()), ~0ull);
}

}  // namespace
}  // namespace gumbelcuda
