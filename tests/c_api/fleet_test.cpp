// SPDX-License-Identifier: Apache-2.0
// Fleets in C: the bytes of C++, defaults, refusals by name, progress and stops.
#include <chrono>
#include <csignal>
#include <functional>
#include <limits>

#include "tests/c_api/c_training.hpp"
#include "tests/gan/same_result.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_c;

fleet_config various() {
  fleet_config config;
  config.num_gans = 5;
  config.target = {.5, .25, .25};
  config.epochs = 3;
  config.steps_per_epoch = 4;
  config.batch_size = 7;
  config.generator_steps = 2;
  config.temperature = {.1f, .2f, .3f, .4f, 0};
  config.generator_learning_rate = {.01f, .02f, .03f, .04f, .05f};
  config.discriminator_learning_rate = {.02f};
  config.seed = 0;
  config.first_gan = 1000;
  config.history_gans = 2;
  return config;
}

gumbelcuda_fleet_config of_gans(std::uint64_t num_gans) {
  gumbelcuda_fleet_config config{};
  config.struct_size = sizeof config;
  config.num_gans = num_gans;
  return config;
}
// Minutes of training.
gumbelcuda_fleet_config endless() { return of_gans(100'000); }

TEST(CFleet, GivesTheBytesOfCpp) {
  const fleet_config config = various();
  const fleet_result expected = train_fleet(config);
  const c_fleet_result trained = train(in_c(config));
  const fleet_result found = in_cpp(trained.get());
  expect_same(found, expected);
  ASSERT_EQ(found.history.size(), 2u * 3u * 3u);
  EXPECT_EQ(found.num_gans, 5u);
  EXPECT_EQ(found.classes, 3);
  EXPECT_EQ(found.backend, expected.backend);
  EXPECT_EQ(found.target, expected.target);
  EXPECT_EQ(found.threads, expected.threads);
  EXPECT_GT(found.seconds, 0);
}

TEST(CFleet, HasTheDefaultsOfCpp) {
  fleet_config config;
  config.num_gans = 2;
  expect_same(in_cpp(train(of_gans(2)).get()), train_fleet(config));
}

TEST(CFleet, TrainsOnTheInstructionSetThatIsAskedFor) {
  std::vector<std::string> found;
  for (std::size_t i = 0; const char* const target = gumbelcuda_cpu_target(i); ++i) {
    found.emplace_back(target);
    gumbelcuda_training_execution execution = default_execution();
    execution.backend = GUMBELCUDA_CPU;
    execution.threads = 1;
    execution.cpu_target = target;
    const fleet_config config = various();
    const fleet_result result = in_cpp(train(in_c(config), &execution).get());
    EXPECT_EQ(result.target, target);
    EXPECT_EQ(result.threads, 1);
  }
  EXPECT_EQ(found, cpu_targets());
  EXPECT_EQ(gumbelcuda_default_threads(), default_threads());
}

TEST(CFleet, TellsTheBytesOfTheResult) {
  const fleet_config config = various();
  const gumbelcuda_fleet_config c = in_c(config);
  std::uint64_t bytes = 0;
  EXPECT_EQ(gumbelcuda_fleet_bytes(&c, &bytes), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(bytes, result_bytes(config));
  expect_refusal(gumbelcuda_fleet_bytes(&c, nullptr), "bytes", "null");
  expect_refusal(gumbelcuda_fleet_bytes(nullptr, &bytes), "config", "null");
}

TEST(CFleet, RefusesWhatIsWrongByNameAndValue) {
  static constexpr float nan = std::numeric_limits<float>::quiet_NaN(), two[] = {1, 2};
  static constexpr double half[] = {.5, .25};
  struct refusal {
    const char *name, *part;
    std::function<void(gumbelcuda_fleet_config&)> spoil;
  };
  const refusal refusals[] = {
      {"config.struct_size", "1000", [](auto& c) { c.struct_size = 1000; }},
      {"config.struct_size", "12", [](auto& c) { c.struct_size = 12; }},
      {"num_gans", "0", [](auto& c) { c.num_gans = 0; }},
      {"target", "0.75",
       [](auto& c) {
         c.target = {half, 2};
       }},
      {"target", "1025 probabilities", [](auto& c) { c.target.count = 1025; }},
      {"target", "0 probabilities", [](auto& c) { c.target.count = 0; }},
      {"target", "null", [](auto& c) { c.target.data = nullptr; }},
      {"epochs", "-1 is not in 1", [](auto& c) { c.epochs = -1; }},
      {"steps_per_epoch", "-1 is not in 1", [](auto& c) { c.steps_per_epoch = -1; }},
      {"batch_size", "4097", [](auto& c) { c.batch_size = 4097; }},
      {"generator_steps", "1001", [](auto& c) { c.generator_steps = 1001; }},
      {"temperature", "2 values, but 1 or one for each of the 5",
       [](auto& c) {
         c.temperature = {two, 2};
       }},
      {"temperature", "null", [](auto& c) { c.temperature.data = nullptr; }},
      {"temperature", "nan",
       [](auto& c) {
         c.temperature = {&nan, 1};
       }},
      {"generator_learning_rate", "0 values", [](auto& c) { c.generator_learning_rate.count = 0; }},
      {"discriminator_learning_rate", "nan",
       [](auto& c) {
         c.discriminator_learning_rate = {&nan, 1};
       }},
      {"seed", "aligned",
       [](auto& c) { c.seed = reinterpret_cast<const std::uint64_t*>(reinterpret_cast<std::uintptr_t>(c.seed) + 4); }},
      {"first_gan", "2^64", [](auto& c) { c.first_gan = ~std::uint64_t{0}; }},
      {"history_gans", "6 is more than the 5", [](auto& c) { c.history_gans = 6; }},
  };
  const fleet_config config = various();
  for (const refusal& r : refusals) {
    gumbelcuda_fleet_config c = in_c(config);
    r.spoil(c);
    auto* result = reinterpret_cast<gumbelcuda_fleet_result*>(&c);
    expect_refusal(gumbelcuda_train_fleet(&result, &c, nullptr), r.name, r.part);
    EXPECT_EQ(result, nullptr);
    std::uint64_t bytes = 99;
    expect_refusal(gumbelcuda_fleet_bytes(&c, &bytes), r.name, r.part);
    EXPECT_EQ(bytes, 99u);
  }
  const gumbelcuda_fleet_config c = in_c(config);
  expect_refusal(gumbelcuda_train_fleet(nullptr, &c, nullptr), "result", "null");
}

TEST(CFleet, RefusesWhatIsWrongWithTheExecution) {
  static constexpr std::int32_t devices[] = {0};
  struct refusal {
    const char *name, *part;
    std::function<void(gumbelcuda_training_execution&)> spoil;
  };
  const refusal refusals[] = {
      {"execution.struct_size", "0 is not", [](auto& e) { e.struct_size = 0; }},
      {"backend", "3 is none of", [](auto& e) { e.backend = 3; }},
      {"threads", "-1", [](auto& e) { e.threads = -1; }},
      {"cpu_target", "mmx", [](auto& e) { e.cpu_target = "mmx"; }},
      {"devices", "null", [](auto& e) { e.devices.count = 1; }},
      {"devices", "1025 of them",
       [](auto& e) {
         e.devices = {devices, 1025};
       }},
      {"stop", "aligned", [](auto& e) { e.stop = reinterpret_cast<const volatile int*>(3); }},
  };
  const gumbelcuda_fleet_config config = of_gans(1);
  for (const refusal& r : refusals) {
    gumbelcuda_training_execution execution = default_execution();
    r.spoil(execution);
    gumbelcuda_fleet_result* result = nullptr;
    expect_refusal(gumbelcuda_train_fleet(&result, &config, &execution), r.name, r.part);
  }
}

TEST(CFleet, SaysThatThereIsNoDevice) {
  if (!cuda_devices().empty()) GTEST_SKIP() << "there is one";
  gumbelcuda_training_execution execution = default_execution();
  execution.backend = GUMBELCUDA_CUDA;
  const gumbelcuda_fleet_config config = of_gans(1);
  gumbelcuda_fleet_result* result = nullptr;
  EXPECT_EQ(gumbelcuda_train_fleet(&result, &config, &execution), GUMBELCUDA_NO_DEVICE);
  EXPECT_EQ(result, nullptr);
}

// A program that was compiled against an older version knows less of a view.
TEST(CFleet, FillsInOlderViews) {
  const c_fleet_result trained = train(of_gans(1));
  gumbelcuda_fleet_view view{};
  view.struct_size = offsetof(gumbelcuda_fleet_view, distribution);
  EXPECT_EQ(gumbelcuda_view_fleet(trained.get(), &view), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(view.classes, 5u);
  EXPECT_EQ(view.struct_size, offsetof(gumbelcuda_fleet_view, distribution));
  EXPECT_EQ(view.distribution, nullptr);
  view.struct_size = sizeof view + 8;
  expect_refusal(gumbelcuda_view_fleet(trained.get(), &view), "view.struct_size", "nor of an older one");
  expect_refusal(gumbelcuda_view_fleet(trained.get(), nullptr), "view", "null");
  expect_refusal(gumbelcuda_view_fleet(nullptr, &view), "result", "null");
}

struct progress {
  std::uint64_t done = 0, total = 0;
  int calls = 0;
  std::function<int()> answer;
};
int report(void* context, std::uint64_t done, std::uint64_t total) {
  auto& seen = *static_cast<progress*>(context);
  EXPECT_GE(done, seen.done);
  seen.done = done;
  seen.total = total;
  ++seen.calls;
  return seen.answer();
}

void expect_interrupted(const gumbelcuda_fleet_config& config, const gumbelcuda_training_execution& execution) {
  auto* result = reinterpret_cast<gumbelcuda_fleet_result*>(1);
  EXPECT_EQ(gumbelcuda_train_fleet(&result, &config, &execution), GUMBELCUDA_INTERRUPTED);
  EXPECT_STREQ(gumbelcuda_last_error_message(), "training was stopped before its end");
  EXPECT_EQ(result, nullptr);
}

TEST(CFleet, ReportsProgressAndStopsWhenTheCallbackSaysSo) {
  progress seen;
  std::chrono::steady_clock::time_point said;
  seen.answer = [&] {
    if (seen.calls == 3) said = std::chrono::steady_clock::now();
    return int(seen.calls == 3);
  };
  gumbelcuda_training_execution execution = default_execution();
  execution.on_progress = report;
  execution.context = &seen;
  expect_interrupted(endless(), execution);
  EXPECT_LT(std::chrono::steady_clock::now() - said, std::chrono::seconds(1));
  EXPECT_GE(seen.calls, 3);
  EXPECT_EQ(seen.total, 100'000u * 200u);
  EXPECT_GT(seen.done, 0u);
}

volatile std::sig_atomic_t raised = 0;

// The flag of a signal handler: raised while training runs, by a callback that itself lets it go on.
TEST(CFleet, StopsWhenASignalHandlerSaysSo) {
  std::signal(SIGUSR1, [](int) { raised = 1; });
  progress seen;
  seen.answer = [] {
    std::raise(SIGUSR1);
    return 0;
  };
  gumbelcuda_training_execution execution = default_execution();
  execution.on_progress = report;
  execution.context = &seen;
  execution.stop = &raised;
  expect_interrupted(endless(), execution);
  EXPECT_EQ(raised, 1);
  seen.calls = 0;
  expect_interrupted(of_gans(1), execution);  // the flag is up from the start
  EXPECT_EQ(seen.calls, 0);
  raised = 0;
  execution.on_progress = nullptr;
  expect_same(in_cpp(train(of_gans(1), &execution).get()), in_cpp(train(of_gans(1)).get()));
  std::signal(SIGUSR1, SIG_DFL);
}

}  // namespace
}  // namespace gumbelcuda
