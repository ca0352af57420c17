// SPDX-License-Identifier: Apache-2.0
// Parts of the command whose behaviour a run of the whole program does not show, or not reliably.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "host/byte_text.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/cli/suggestion.hpp"
#include "host/cli/write_whole.hpp"
#include "host/files/atomic_file.hpp"
#include "tests/results/scratch_folder.hpp"

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

TEST(byte_text, takes_the_largest_unit_that_fits) {
  EXPECT_EQ(byte_text(17), "17 bytes");
  EXPECT_EQ(byte_text(1023), "1023 bytes");
  EXPECT_EQ(byte_text(1536), "1.5 KiB");
  EXPECT_EQ(byte_text((1 << 20) - 1), "1.0 MiB");
  EXPECT_EQ(byte_text(1ull << 40), "1.0 TiB");
  EXPECT_EQ(byte_text(~0ull), "16.0 EiB");
}

TEST(byte_text, of_two_that_are_compared_tells_them_apart) {
  const std::uint64_t few = 3ull << 29;
  EXPECT_EQ(byte_text(few, few + 1), "1610612736 bytes");
  EXPECT_EQ(byte_text(few + 1, few), "1610612737 bytes");
  EXPECT_EQ(byte_text(few, few), "1.5 GiB");
  EXPECT_EQ(byte_text(few, 2 * few), "1.5 GiB");
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

TEST(suggestion, is_what_was_meant) {
  const std::vector<std::string> known{"--epochs", "--steps-per-epoch", "--gans", "--learning-rate", "--out", "--csv"};
  for (const auto& [given, meant] : std::initializer_list<std::pair<const char*, const char*>>{
           {"--epoch", "--epochs"},
           {"--epcohs", "--epochs"},
           {"-gans", "--gans"},
           {"gans", "--gans"},
           {"--num-gans", "--gans"},
           {"--GANs", "--gans"},
           {"--learning_rate", "--learning-rate"},
           {"--learn", "--learning-rate"},
           {"--rate", "--learning-rate"},
           {"--output", "--out"},
           {"--cvs", "--csv"},
           {"--steps", "--steps-per-epoch"},
           // No option is near enough: two letters and a dash alone are not sufficient evidence.
           {"--colour", ""},
           {"--lr", ""},
           {"-g", ""},
           {"--", ""},
           {"", ""}})
    EXPECT_EQ(nearest(given, known), meant) << given;
}

// A log and a clock that the test controls.
class log_lines {
 public:
  log_lines() {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("pipe");
    reader_ = ends[0], writer_ = ends[1];
  }
  ~log_lines() {
    close(reader_);
    close(writer_);
  }
  int writer() const { return writer_; }
  // The text that was written since the last call.
  std::string read() {
    write_whole(writer_, "$");  // so that read() does not block
    char bytes[4096];
    const ssize_t count = ::read(reader_, bytes, sizeof bytes);
    return {bytes, static_cast<std::size_t>(std::max<ssize_t>(count, 1) - 1)};
  }

 private:
  int reader_ = -1, writer_ = -1;
};

TEST(progress, a_log_gets_a_line_every_ten_seconds_and_later_rarer) {
  log_lines log;
  double now = 0;
  status_line line(
      true, [&] { return now; }, log.writer());
  std::vector<double> written;
  for (; now < 86'400; now += .5) {
    line.show(fmt::format("  {} s", now));
    const std::string text = log.read();
    if (text.empty()) continue;
    EXPECT_EQ(text, fmt::format("gumbelcuda: {} s\n", now));
    written.push_back(now);
  }
  ASSERT_GE(written.size(), 100u);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(written[i], 10 * (i + 1));  // to 100 s
  for (std::size_t i = 1; i < written.size(); ++i) {
    const double wait = written[i] - written[i - 1], due = std::clamp(written[i - 1] / 10, 10.0, 600.0);
    ASSERT_GE(wait, due) << written[i];
    ASSERT_LT(wait, due + .5) << written[i];  // at the first possible moment
  }
  EXPECT_EQ(written.back() - written[written.size() - 2], 600);
}

TEST(progress, a_log_of_short_work_or_of_none_that_is_wanted_stays_empty) {
  log_lines log;
  double now = 0;
  {
    status_line line(
        true, [&] { return now; }, log.writer()),
        unwanted(
            false, [&] { return now; }, log.writer());
    now = 9.9;
    line.show("99 %");
    now = 1000;
    unwanted.show("99 %");
  }
  EXPECT_EQ(log.read(), "");
}

// Raises flags of the whole process, so it needs a process of its own.
TEST(stop_signal, during_training_the_first_raises_the_flag_and_the_second_kills) {
  EXPECT_EXIT(
      {
        catch_stop_signals();
        const stop_by_flag while_training;
        if (stop_flag() || stop_signal() != 0) std::_Exit(1);
        std::raise(SIGINT);
        if (!stop_flag() || stop_signal() != SIGINT) std::_Exit(2);
        std::raise(SIGTERM);
        std::_Exit(3);
      },
      testing::KilledBySignal(SIGTERM), "");
}

TEST(stop_signal, before_and_after_it_ends_the_process_and_takes_the_temporary_file_with_it) {
  const scratch_folder folder;
  put(folder / "a", "old");
  for (const int number : {SIGHUP, SIGINT, SIGTERM})
    EXPECT_EXIT(
        {
          catch_stop_signals();
          atomic_file file(folder / "a");
          file.write("half of it");
          std::raise(number);
          std::_Exit(1);
        },
        testing::ExitedWithCode(128 + number), "^gumbelcuda: interrupted: nothing was written\n$");
  EXPECT_EQ(content(folder / "a"), "old");
  EXPECT_EQ(folder.names(), std::set<std::string>{"a"});
}

TEST(stop_signal, there_is_a_last_act_before_it_ends_the_process) {
  EXPECT_EXIT(
      {
        catch_stop_signals();
        before_end_by_signal([](int number, const char* message) {
          write_whole(STDERR_FILENO, number == SIGTERM && message == std::string(nothing_written) ? "right" : "wrong");
        });
        std::raise(SIGTERM);
        std::_Exit(1);
      },
      testing::ExitedWithCode(143), "^gumbelcuda: interrupted: nothing was written\nright$");
}

TEST(stop_signal, between_two_files_it_raises_the_flag) {
  const scratch_folder folder;
  EXPECT_EXIT(
      {
        catch_stop_signals();
        atomic_file(folder / "a").commit();
        std::raise(SIGINT);
        std::_Exit(stop_flag() ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
  EXPECT_EQ(folder.names(), std::set<std::string>{"a"});
}

TEST(stop_signal, in_the_second_file_it_says_that_files_are_missing) {
  const scratch_folder folder;
  EXPECT_EXIT(
      {
        catch_stop_signals();
        atomic_file(folder / "a").commit();
        const atomic_file second(folder / "b");
        std::raise(SIGINT);
        std::_Exit(1);
      },
      testing::ExitedWithCode(130), "^gumbelcuda: interrupted: not everything was written\n$");
  EXPECT_EQ(folder.names(), std::set<std::string>{"a"});
}

TEST(stop_signal, in_the_midst_of_a_pipe_it_says_that_something_is_missing) {
  EXPECT_EXIT(
      {
        catch_stop_signals();
        output_begins();
        std::raise(SIGTERM);
        std::_Exit(1);
      },
      testing::ExitedWithCode(143), "^gumbelcuda: interrupted: not everything was written\n$");
}

TEST(stop_signal, what_the_caller_ignores_stays_ignored) {
  for (const int number : {SIGHUP, SIGINT, SIGTERM})
    EXPECT_EXIT(
        {
          std::signal(number, SIG_IGN);
          catch_stop_signals();
          std::raise(number);
          std::_Exit(stop_flag() ? 1 : 0);
        },
        testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace gumbelcuda
