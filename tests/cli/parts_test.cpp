// SPDX-License-Identifier: Apache-2.0
// Parts of the command that a run of the whole program does not show, or not every time.
#include <gtest/gtest.h>

#include <csignal>

#include "host/cli/progress.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/stop_signal.hpp"

namespace gumbelcuda {
namespace {

TEST(quantity, counts_are_grouped_in_threes) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(18446744073709551615u), "18,446,744,073,709,551,615");
}

TEST(quantity, rates_have_three_digits_and_survive_nonsense) {
  EXPECT_EQ(rate(0.5214), "0.521");
  EXPECT_EQ(rate(52.14), "52.1");
  EXPECT_EQ(rate(5213.9), "5,214");
  EXPECT_EQ(rate(1.0 / 0.0), "inf");
  EXPECT_EQ(rate(0.0 / 0.0), "?");
}

TEST(quantity, bytes_take_the_largest_unit_that_fits) {
  EXPECT_EQ(bytes(17), "17 bytes");
  EXPECT_EQ(bytes(1536), "1.5 KiB");
  EXPECT_EQ(bytes(0x1p40), "1.0 TiB");
  EXPECT_EQ(bytes(0x1p64), "16.0 EiB");
}

TEST(quantity, times_are_rounded_up_and_never_overflow) {
  EXPECT_EQ(clock_time(0), "0:00");
  EXPECT_EQ(clock_time(6.2), "0:07");
  EXPECT_EQ(clock_time(754), "12:34");
  EXPECT_EQ(clock_time(3723), "1:02:03");
  EXPECT_EQ(clock_time(1e300), clock_time(1e15));
}

TEST(progress, says_part_rate_and_time_left) {
  EXPECT_EQ(progress_text({84'000, 200'000}, 1000, 2), " 42 %  420/1,000 GANs  210 GANs/s  0:03 left");
}

TEST(progress, makes_no_claim_before_the_first_report) {
  EXPECT_EQ(progress_text({0, 200'000}, 1000, 0), "  0 %  0/1,000 GANs");
}

TEST(progress, is_100_percent_only_at_the_end) {
  EXPECT_EQ(progress_text({199'999, 200'000}, 1000, 1).substr(0, 5), " 99 %");
  EXPECT_EQ(progress_text({200'000, 200'000}, 1000, 1).substr(0, 5), "100 %");
}

// Raises flags of the whole process, hence in a process of its own.
TEST(stop_signal, first_raises_the_flag_and_second_kills) {
  EXPECT_EXIT(
      {
        catch_stop_signals();
        if (stop_flag() || stop_signal() != 0) std::_Exit(1);
        std::raise(SIGINT);
        if (!stop_flag() || stop_signal() != SIGINT) std::_Exit(2);
        std::raise(SIGTERM);
        std::_Exit(3);
      },
      testing::KilledBySignal(SIGTERM), "");
}

TEST(stop_signal, what_the_caller_ignores_stays_ignored) {
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_IGN);
        catch_stop_signals();
        std::raise(SIGINT);
        std::_Exit(stop_flag() ? 1 : 0);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace gumbelcuda
