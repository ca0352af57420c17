// SPDX-License-Identifier: Apache-2.0
// The public API: its refusals and their messages, what a result records, and how training is stopped.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <thread>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {
namespace {

fleet_config small() {
  fleet_config config;
  config.num_gans = 3;
  config.epochs = 4;
  config.steps_per_epoch = 2;
  return config;
}

// Where scripts/gpu-check has an interpreter in place of a device.
bool is_tiny() { return std::getenv("GUMBELCUDA_BENCHMARK_TINY") != nullptr; }
std::uint64_t many_gans() { return is_tiny() ? 1000 : 100'000; }

struct bad_config {
  const char* name;
  void (*spoil)(fleet_config&);
  const char *argument, *message;  // the named argument, and a part of the message
};

class BadConfig : public testing::TestWithParam<bad_config> {};

TEST_P(BadConfig, IsRefusedWithTheArgumentItsValueAndWhatIsAllowed) {
  fleet_config config = small();
  GetParam().spoil(config);
  try {
    train_fleet(config);
    FAIL() << "accepted";
  } catch (const invalid_argument& e) {
    EXPECT_EQ(e.argument(), GetParam().argument);
    EXPECT_NE(std::string(e.what()).find(GetParam().message), std::string::npos) << e.what();
  }
}

constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

INSTANTIATE_TEST_SUITE_P(
    Every, BadConfig,
    testing::Values(
        bad_config{"no_gans", [](fleet_config& c) { c.num_gans = 0; }, "num_gans", "1 or more"},
        bad_config{"too_many_gans", [](fleet_config& c) { c.num_gans = std::uint64_t{1} << 60; }, "num_gans", "GiB"},
        bad_config{"one_class", [](fleet_config& c) { c.target = {1}; }, "target", "2 … 1024"},
        bad_config{"too_many_classes", [](fleet_config& c) { c.target.assign(1025, 1. / 1025); }, "target", "1025"},
        bad_config{"negative_probability",
                   [](fleet_config& c) {
                     c.target = {-.5, 1.5};
                   },
                   "target", "-0.5"},
        bad_config{"nan_probability",
                   [](fleet_config& c) {
                     c.target = {nan, .5, .5};
                   },
                   "target", "nan"},
        bad_config{"wrong_sum",
                   [](fleet_config& c) {
                     c.target = {.5, .25};
                   },
                   "target", "0.75"},
        bad_config{"no_epochs", [](fleet_config& c) { c.epochs = 0; }, "epochs", "0 is not in 1"},
        bad_config{"negative_steps", [](fleet_config& c) { c.steps_per_epoch = -1; }, "steps_per_epoch",
                   "-1 is not in 1"},
        bad_config{"no_batch", [](fleet_config& c) { c.batch_size = 0; }, "batch_size", "1 … 4096"},
        bad_config{"huge_batch", [](fleet_config& c) { c.batch_size = 4097; }, "batch_size", "4097"},
        bad_config{"no_generator_steps", [](fleet_config& c) { c.generator_steps = 0; }, "generator_steps", "1 … 1000"},
        bad_config{"endless", [](fleet_config& c) { c.epochs = c.steps_per_epoch = std::int64_t{1} << 40; }, "epochs",
                   "updates"},
        bad_config{"negative_temperature", [](fleet_config& c) { c.temperature = {-1e-3f}; }, "temperature", "-0.001"},
        bad_config{"nan_temperature", [](fleet_config& c) { c.temperature = {nan}; }, "temperature", "nan"},
        bad_config{"infinite_temperature", [](fleet_config& c) { c.temperature = {infinity}; }, "temperature", "inf"},
        bad_config{"two_temperatures",
                   [](fleet_config& c) {
                     c.temperature = {1, 2};
                   },
                   "temperature", "one for each of the 3"},
        bad_config{"zero_rate", [](fleet_config& c) { c.generator_learning_rate = {0}; }, "generator_learning_rate",
                   "above 0"},
        bad_config{"nan_rate", [](fleet_config& c) { c.discriminator_learning_rate = {nan}; },
                   "discriminator_learning_rate", "nan"},
        bad_config{"long_history", [](fleet_config& c) { c.history_gans = 4; }, "history_gans", "more than the 3"},
        bad_config{"rows_end", [](fleet_config& c) { c.first_gan = ~std::uint64_t{0}; }, "first_gan", "2^64"}),
    [](const auto& which) { return std::string(which.param.name); });

TEST(Execution, UnknownTargetAndThreadsAreRefused) {
  fleet_execution execution;
  execution.cpu_target = "mmx";
  const auto refused = [&] {
    try {
      train_fleet(small(), execution);
    } catch (const invalid_argument& e) {
      return e.argument();
    }
    return std::string("nothing");
  };
  EXPECT_EQ(refused(), "cpu_target");
  execution.cpu_target.clear();
  execution.threads = -1;
  EXPECT_EQ(refused(), "threads");
}

TEST(History, LastEpochIsTheResultAndEarlierOnesAreShorterTrainings) {
  fleet_config config = small();
  config.history_gans = 2;
  const fleet_result result = train_fleet(config);
  ASSERT_EQ(result.history.size(), 2u * 4u * 5u);
  for (std::int64_t epochs = 1; epochs <= 4; ++epochs) {
    fleet_config shorter = config;
    shorter.epochs = epochs;
    const fleet_result expected = train_fleet(shorter);
    for (std::size_t gan = 0; gan < 2; ++gan)
      for (std::size_t k = 0; k < 5; ++k)
        EXPECT_EQ(result.history[(gan * 4 + std::size_t(epochs) - 1) * 5 + k], expected.distribution[gan * 5 + k]);
  }
}

TEST(Result, LossesAreTheExpectedCrossEntropies) {
  const fleet_config config = small();
  const fleet_result r = train_fleet(config);
  for (std::size_t gan = 0; gan < r.num_gans; ++gan) {
    double generator = 0, discriminator = 0;
    for (std::size_t k = 0; k < 5; ++k) {
      const double l = double(r.weights[gan * 5 + k]) + double(r.bias[gan]), p = double(r.distribution[gan * 5 + k]);
      generator += p * std::log1p(std::exp(-l));
      discriminator += config.target[k] * std::log1p(std::exp(-l)) + p * std::log1p(std::exp(l));
    }
    // Five terms with at most 4 roundings each; the values are near 1.
    EXPECT_NEAR(double(r.generator_loss[gan]), generator, 20 * 0x1p-24);
    EXPECT_NEAR(double(r.discriminator_loss[gan]), discriminator, 40 * 0x1p-24);
  }
}

TEST(Stop, RaisedFlagEndsTrainingWithinASecond) {
  if (is_tiny()) GTEST_SKIP() << "an interpreter's first launches alone may take longer";
  fleet_config config;
  config.num_gans = many_gans();  // would train for minutes
  std::atomic<bool> stop{false};
  fleet_execution execution;
  execution.stop = &stop;
  std::chrono::steady_clock::time_point raised;
  execution.on_progress = [&](const progress_report& p) {
    EXPECT_LT(p.done, p.total);
    if (!stop) raised = std::chrono::steady_clock::now();
    stop = true;
  };
  EXPECT_THROW(train_fleet(config, execution), interrupted);
  EXPECT_LT(std::chrono::steady_clock::now() - raised, std::chrono::seconds(1));
}

TEST(Stop, ExceptionFromTheProgressCallbackComesBackAsItIs) {
  fleet_config config;
  config.num_gans = many_gans();
  fleet_execution execution;
  struct enough {};
  execution.on_progress = [](const progress_report&) { throw enough(); };
  EXPECT_THROW(train_fleet(config, execution), enough);
}

TEST(Execution, RecordsTheThreadsThatWorked) {
  fleet_execution execution;
  execution.threads = 7;
  fleet_config config = small();
  config.num_gans = 1;
  EXPECT_EQ(train_fleet(config, execution).threads, 1);
  EXPECT_GE(default_threads(), 1);
}

// The address sanitizer needs the address space that these tests take away.
#ifndef __SANITIZE_ADDRESS__
// For a process of its own: limits its address space to the present size plus `more`.
void limit_memory(std::uint64_t more) {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t bytes = pages * std::uint64_t(sysconf(_SC_PAGE_SIZE)) + more;
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_AS, &limit);
}

template <class Error>
[[noreturn]] void print_failure_of(const fleet_config& config) {
  fleet_execution on_cpu;  // the CUDA driver needs more address space than that to start
  on_cpu.backend = backend_kind::cpu;
  try {
    train_fleet(config, on_cpu);
  } catch (const Error& failure) {
    std::fputs(failure.what(), stderr);
    std::_Exit(0);
  }
  std::_Exit(1);
}

TEST(Memory, ThatRunsOutIsAnErrorOfTheLibrary) {
  fleet_config config;
  config.num_gans = 4'000'000;
  EXPECT_EXIT(
      {
        limit_memory(100 << 20);
        print_failure_of<out_of_memory>(config);
      },
      testing::ExitedWithCode(0), "out of memory: the result of 4000000 GANs takes 274.7 MiB");
}

TEST(Threads, ThatCannotBeStartedAreAnErrorOfTheLibrary) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a fresh process, without stacks of ended threads
  EXPECT_EXIT(
      {
        limit_memory(2 << 20);  // less than a thread's stack
        print_failure_of<error>(small());
      },
      testing::ExitedWithCode(0), "cannot start a thread");
}
#endif

TEST(Stop, ExceptionsOfTheCallbackKeepTheirType) {
  fleet_config config;
  config.num_gans = many_gans();
  fleet_execution execution;
  execution.on_progress = [](const progress_report&) { throw std::length_error("the caller's"); };
  EXPECT_THROW(train_fleet(config, execution), std::length_error);
}

TEST(Result, TakesTheBytesItSays) {
  fleet_config config = small();
  config.history_gans = 3;
  const fleet_result r = train_fleet(config);
  const std::size_t values = r.distribution.size() + r.logits.size() + r.weights.size() + r.bias.size() +
                             r.generator_loss.size() + r.discriminator_loss.size() + r.history.size();
  EXPECT_EQ(result_bytes(config), values * sizeof(float));
  EXPECT_LT(result_bytes([] {
              fleet_config c;
              c.num_gans = 1000;
              return c;
            }()) /
                1000,
            300u);
}

}  // namespace
}  // namespace gumbelcuda
