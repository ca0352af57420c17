// SPDX-License-Identifier: Apache-2.0
// Fleets of models of one's own: the article's GAN as a model gives the bytes of the built-in one, for every way in
// which its samples are computed; what is wrong with a configuration or a model is said before any work.
#include "gumbelcuda/model_fleet.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "examples/logistic_gan.hpp"
#include "gumbelcuda/sweep.hpp"
#include "tests/model/config_of.hpp"

#ifndef GUMBELCUDA_MODELS_SIDE_BY_SIDE
#define GUMBELCUDA_MODELS_SIDE_BY_SIDE 1
#endif

namespace gumbelcuda {
namespace {

bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  const auto bits = [](float x, float y) { return to_bits(x) == to_bits(y); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), bits);
}

template <int K, int Batch, int GeneratorSteps>
void expect_the_built_in(fleet_config config, const fleet_execution& execution = {}) {
  config.batch_size = Batch;
  config.generator_steps = GeneratorSteps;
  const fleet_result built_in = train_fleet(config, execution);
  const model_fleet_result own =
      train_fleet(example::logistic_gan<K, Batch, GeneratorSteps>{real_classes<K>(config.target)},
                  testing_models::config_of(config), execution);
  EXPECT_EQ(own.side_by_side, GUMBELCUDA_MODELS_SIDE_BY_SIDE);
  EXPECT_TRUE(same_bytes(own.output, built_in.distribution));
  EXPECT_TRUE(same_bytes(own.history, built_in.history));
  std::vector<float> parameters;
  for (std::uint64_t i = 0; i < config.num_gans; ++i) {
    const auto row = [&](const std::vector<float>& of) { return of.begin() + std::ptrdiff_t(i * K); };
    parameters.insert(parameters.end(), row(built_in.logits), row(built_in.logits) + K);
    parameters.insert(parameters.end(), row(built_in.weights), row(built_in.weights) + K);
    parameters.push_back(built_in.bias[i]);
  }
  EXPECT_TRUE(same_bytes(own.parameter, parameters));
}

class ModelFleet : public testing::Test {
 protected:
  void SetUp() override {
#ifdef __AVX2__
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) GTEST_SKIP() << "a processor without AVX2";
#endif
  }
};

TEST_F(ModelFleet, OfTheArticlesGansIsTheBuiltInOne) {
  fleet_config config{.num_gans = 37, .epochs = 3, .steps_per_epoch = 20, .history_gans = 20};
  for (const float temperature : {0.f, 1e-3f, .01f, .011f, .5f, 3.f}) {
    SCOPED_TRACE(temperature);
    config.temperature = {temperature};
    expect_the_built_in<5, 10, 10>(config);
  }
}

TEST_F(ModelFleet, OfGansThatDifferIsTheBuiltInOne) {
  fleet_config config{.num_gans = 37, .epochs = 2, .steps_per_epoch = 30, .seed = ~0ull, .first_gan = 0xfffffff0};
  config.temperature.clear(), config.generator_learning_rate.clear(), config.discriminator_learning_rate.clear();
  for (int i = 0; i < 37; ++i) {
    config.temperature.push_back(1e-4f * float(1 + i % 40));
    config.generator_learning_rate.push_back(1e-3f * float(1 + i % 7));
    config.discriminator_learning_rate.push_back(1e-2f * float(1 + i % 5));
  }
  expect_the_built_in<5, 10, 10>(config);
}

TEST_F(ModelFleet, OfGansOfOtherShapesIsTheBuiltInOne) {
  expect_the_built_in<2, 1, 3>({.num_gans = 3, .target = {.25, .75}, .epochs = 2, .steps_per_epoch = 30});
  expect_the_built_in<3, 33, 2>({.num_gans = 17, .target = {.5, 0, .5}, .epochs = 1, .steps_per_epoch = 30});
  expect_the_built_in<17, 7, 2>({.num_gans = 16,
                                 .target = {.25, 0, 0, 0, 0, 0, .25, 0, 0, 0, 0, 0, .25, 0, 0, 0, .25},
                                 .epochs = 1,
                                 .steps_per_epoch = 20,
                                 .temperature = {.05f}});
}

// Infinite parameters and NaN, in some models of a vector and not in others.
TEST_F(ModelFleet, OfGansThatDivergeIsTheBuiltInOne) {
  fleet_config config{.num_gans = 20, .epochs = 2, .steps_per_epoch = 10, .history_gans = 20};
  for (const float temperature : {1e-3f, .7f}) {
    config.temperature = {temperature};
    config.generator_learning_rate = config.discriminator_learning_rate = std::vector<float>(20, 1e-3f);
    config.generator_learning_rate[3] = config.discriminator_learning_rate[5] = 3e38f;
    config.generator_learning_rate[7] = config.discriminator_learning_rate[7] = 1e37f;
    expect_the_built_in<5, 10, 10>(config);
    const std::vector<float> results = train_fleet(config).logits;
    EXPECT_TRUE(std::any_of(results.begin(), results.end(), [](float x) { return x != x; }));
    EXPECT_FALSE(std::all_of(results.begin(), results.end(), [](float x) { return x != x; }));
  }
}

// A sweep's GANs have all optimisers and schedules; a model has the bytes that they have.
TEST_F(ModelFleet, HasTheOptimizersAndSchedulesOfASweep) {
  sweep_config sweep{.num_gans = 19, .batch_size = {10}, .epochs = {2}, .steps_per_epoch = 15, .history_gans = 3};
  sweep.temperature.clear();
  for (int i = 0; i < 19; ++i)
    sweep.temperature.push_back({schedule_shape(i % 3), 2, {{0, .2f + .1f * float(i)}, {20, 2e-3f * float(1 + i)}}});
  for (const optimizer_settings& optimizer :
       {optimizer_settings{optimizer_kind::adam, .5, .99, 1e-4f},
        optimizer_settings{optimizer_kind::adam_pytorch, .9, .999, 1e-3f},
        optimizer_settings{optimizer_kind::sgd, .8, .999, 1e-8f},
        optimizer_settings{optimizer_kind::rmsprop, .9, .97, 1e-6f}, optimizer_settings{}}) {
    SCOPED_TRACE(int(optimizer.kind));
    sweep.problem[0].optimizer = optimizer.kind;
    sweep.beta_1 = {optimizer.beta_1}, sweep.beta_2 = {optimizer.beta_2}, sweep.epsilon = {optimizer.epsilon};
    const float rate = optimizer.kind == optimizer_kind::sgd ? .1f : 5e-3f;
    sweep.generator_learning_rate = sweep.discriminator_learning_rate = {rate};
    const sweep_result expected = train_sweep(sweep);
    const model_fleet_result own = train_fleet(example::logistic_gan<5, 10, 10>{real_classes<5>(sweep.target[0])},
                                               {.num_models = 19,
                                                .epochs = 2,
                                                .steps_per_epoch = 15,
                                                .learning_rate = {{rate}, {rate}},
                                                .optimizer = optimizer,
                                                .temperature = sweep.temperature,
                                                .history_models = 3});
    EXPECT_TRUE(same_bytes(own.output, expected.distribution));
    EXPECT_TRUE(same_bytes(own.history, expected.history));
  }
}

TEST_F(ModelFleet, IsTheSameOnAnyNumberOfThreadsAndInParts) {
  const example::logistic_gan<5, 10, 10> model{real_classes<5>({0, 0, .1, .3, .6})};
  model_fleet_config config{.num_models = 70, .steps_per_epoch = 20, .learning_rate = {{1e-2f}, {1e-2f}}};
  const model_fleet_result one = train_fleet(model, config, {.threads = 1});
  EXPECT_EQ(one.threads, 1);
  EXPECT_TRUE(same_bytes(one.parameter, train_fleet(model, config, {.threads = 3}).parameter));
  config.first_model = 33;
  config.num_models = 4;
  const std::vector<float> part = train_fleet(model, config).parameter;
  EXPECT_TRUE(same_bytes(part, {one.parameter.begin() + 33 * 11, one.parameter.begin() + 37 * 11}));
}

TEST_F(ModelFleet, StopsAndReports) {
  const example::logistic_gan<5, 10, 10> model{real_classes<5>({0, 0, .1, .3, .6})};
  model_fleet_config config{
      .num_models = 64, .epochs = 1'000'000, .steps_per_epoch = 100, .learning_rate = {{1e-3f}, {1e-3f}}};
  std::atomic<bool> stop{false};
  fleet_execution execution{.threads = 2, .stop = &stop};
  std::uint64_t total = 0;
  execution.on_progress = [&](const progress_report& report) {
    total = report.total;
    stop = true;
  };
  EXPECT_THROW(train_fleet(model, config, execution), interrupted);
  EXPECT_EQ(total, 64'000'000u);
  execution.stop = nullptr;
  execution.on_progress = [](const progress_report&) { throw 7; };
  EXPECT_THROW(train_fleet(model, config, execution), int);
}

template <class Model>
std::string refusal(const Model& model, const model_fleet_config& config, const fleet_execution& execution = {}) {
  try {
    train_fleet(model, config, execution);
  } catch (const error& e) {
    return e.what();
  }
  return "";
}

TEST_F(ModelFleet, NamesWhatIsWrongWithAConfiguration) {
  const example::logistic_gan<2, 3, 1> model{real_classes<2>({.5, .5})};
  const model_fleet_config good{.steps_per_epoch = 1, .learning_rate = {{1e-3f}, {1e-3f}}};
  EXPECT_EQ(refusal(model, good), "");
  const auto refused = [&](const std::string& begin, auto spoil) {
    model_fleet_config config = good;
    spoil(config);
    EXPECT_EQ(refusal(model, config).rfind(begin, 0), 0u) << begin << " | " << refusal(model, config);
  };
  refused("num_models: 0 ", [](auto& c) { c.num_models = 0; });
  refused("epochs: -1 ", [](auto& c) { c.epochs = -1; });
  refused("steps_per_epoch: 0 ", [](auto& c) { c.steps_per_epoch = 0; });
  refused("steps_per_epoch: ", [](auto& c) { c.epochs = 2, c.steps_per_epoch = (std::int64_t{1} << 39) + 1; });
  refused("learning_rate: for 1 group", [](auto& c) { c.learning_rate.pop_back(); });
  refused("learning_rate[1]: 2 values", [](auto& c) { c.learning_rate[1].push_back(1); });
  refused("learning_rate[0]: 0", [](auto& c) { c.learning_rate[0] = {0}; });
  refused("learning_rate[0]: inf", [](auto& c) { c.learning_rate[0] = {INFINITY}; });
  refused("temperature.knots[0].temperature: -1e-09 ", [](auto& c) { c.temperature = {constant_temperature(-1e-9f)}; });
  refused("temperature.knots[0].temperature: nan", [](auto& c) { c.temperature = {constant_temperature(NAN)}; });
  refused("temperature.knot_count: 0 ", [](auto& c) { c.temperature[0].knot_count = 0; });
  refused("optimizer.kind: 4 ", [](auto& c) { c.optimizer.kind = optimizer_kind(4); });
  refused("optimizer.beta_1: 1 ", [](auto& c) { c.optimizer.beta_1 = 1; });
  refused("optimizer.beta_2: -0.5 ", [](auto& c) { c.optimizer.beta_2 = -.5; });
  refused("optimizer.epsilon: 0 ", [](auto& c) { c.optimizer.epsilon = 0; });
  refused("temperature: 0 values", [](auto& c) { c.temperature.clear(); });
  refused("history_models: 2 ", [](auto& c) { c.history_models = 2; });
  refused("first_model: ", [](auto& c) { c.first_model = ~0ull; });
  model_fleet_config large = good;
  large.num_models = std::uint64_t{1} << 62;
  EXPECT_THROW(train_fleet(model, large), out_of_memory);
  large.num_models = large.history_models = std::uint64_t{1} << 30;
  large.epochs = std::int64_t{1} << 40;
  EXPECT_THROW(train_fleet(model, large), out_of_memory);
  EXPECT_EQ(refusal(model, good, {.threads = -1}).rfind("threads: -1", 0), 0u);
  EXPECT_THROW(train_fleet(model, good, {.backend = backend_kind::cuda}), no_device);
}

TEST_F(ModelFleet, RefusesWhatIsNoDistribution) {
  EXPECT_THROW(real_classes<3>({.5, .5}), invalid_argument);
  EXPECT_THROW(real_classes<2>({.5, -.5}), invalid_argument);
  EXPECT_THROW(real_classes<2>({.5, NAN}), invalid_argument);
  EXPECT_THROW(real_classes<2>({0, 0}), invalid_argument);
}

// Draws samples in any order, more than once.
struct back_and_forth {
  using parameters = parameter_groups<3>;
  static constexpr fixed<0> all{};
  static constexpr int outputs = 3, start_blocks = 0, step_blocks = 3 * 16;

  template <class Run, class V = typename Run::lane>
  void start(Run& run) const {
    for (int k = 0; k < 3; ++k) run.parameters(all)[k] = V(float(k));
  }
  template <class Run, class V = typename Run::lane>
  void step(Run& run) const {
    gumbel_softmax_samples samples(run, fixed<3>{}, 0);
    V y[3];
    for (const int sample : {33, 0, 50, 3, 2, 49, 12, 12, 0}) {
      samples.draw(sample, run.parameters(all), y);
      for (int k = 0; k < 3; ++k) run.parameters(all)[k] = run.parameters(all)[k] * V(.9f) + y[k];
    }
    const auto terms = [](const V* of_sample, const V* logits, V* out) {
      for (int k = 0; k < 3; ++k) out[k] = of_sample[k] * logits[k];
    };
    for (int again = 0; again < 2; ++again)
      run.update(all, samples.sum(3, fixed<60>{}, fixed<3>{}, all, all, terms), V(1));
  }
  template <class Run, class V = typename Run::lane>
  void output(const Run& run, V* out) const {
    for (int k = 0; k < 3; ++k) out[k] = run.parameters(all)[k];
  }
};

// The hashes are those of a model alone, one after the other in a scalar.
TEST_F(ModelFleet, DrawsSamplesInAnyOrder) {
  std::vector<std::uint64_t> hashes;
  for (const float temperature : {1e-3f, .5f}) {
    const model_fleet_result result =
        train_fleet(back_and_forth{}, {.num_models = 20,
                                       .steps_per_epoch = 10,
                                       .learning_rate = {{.1f}},
                                       .temperature = {constant_temperature(temperature)}});
    hashes.push_back(0xcbf29ce484222325);  // FNV-1a
    for (const float x : result.output) hashes.back() = (hashes.back() ^ to_bits(x)) * 0x100000001b3;
  }
  EXPECT_EQ(hashes, (std::vector<std::uint64_t>{13277211415402749481u, 5135451074280854151u}));
}

// A model with more parameters than fit on a stack in a batch's sum: each is drawn to a number of its own. With `sums`
// a smaller one takes the other way to the same bytes.
template <int Count, bool Sums>
struct many_parameters {
  using parameters = parameter_groups<2, Count>;
  static constexpr fixed<0> few{};
  static constexpr fixed<1> many{};
  static constexpr int outputs = 1, start_blocks = 0, step_blocks = 1;

  template <class Run, class V = typename Run::lane>
  void start(Run& run) const {
    for (int n = 0; n < 2; ++n) run.parameters(few)[n] = V(0);
    for (int n = 0; n < Count; ++n) run.parameters(many)[n] = V(0);
  }
  template <class Run, class V = typename Run::lane>
  void step(Run& run) const {
    const V noise = uniform_signed<V>(run.word(0));
    const auto slope = [&](int n) { return run.parameters(many)[n] - V(float(n % 7)) + noise; };
    if constexpr (Sums) {
      run.update(many,
                 run.sum(fixed<1>{}, fixed<Count>{},
                         [&](int, V* out) {
                           for (int n = 0; n < Count; ++n) out[n] = slope(n);
                         }),
                 V(.5f));
    } else {
      for (int n = 0; n < Count; ++n) run.gradient(many)[n] = run.gradient(many)[n] + slope(n);
      run.update(many, V(.5f));
    }
  }
  template <class Run, class V = typename Run::lane>
  void output(const Run& run, V* out) const {
    out[0] = V(0);
    for (int n = 0; n < Count; ++n) out[0] = max(out[0], abs(run.parameters(many)[n] - V(float(n % 7))));
  }
};

TEST_F(ModelFleet, OfManyParametersKeepsTheirGradientOffTheStack) {
  const model_fleet_config config{.num_models = 21, .steps_per_epoch = 30, .learning_rate = {{.1f}, {.1f}}, .seed = 5};
  EXPECT_TRUE(same_bytes(train_fleet(many_parameters<40, false>{}, config).parameter,
                         train_fleet(many_parameters<40, true>{}, config).parameter));
  model_fleet_config long_config = config;
  long_config.num_models = 2;
  long_config.steps_per_epoch = 200;
  // A batch's sum of these would take 8 MB in floats and 256 MB in vectors of AVX2.
  const model_fleet_result large = train_fleet(many_parameters<2'000'000 / 8, false>{}, long_config);
  for (const float furthest : large.output) EXPECT_LT(furthest, 1.5f);  // from up to 6 at the start
}

// A model of two groups that does what a test tells it to do wrong.
struct wrong_model {
  using parameters = parameter_groups<2, 3>;
  static constexpr int outputs = 1, start_blocks = 1, step_blocks = 2;
  int fault = 0;

  template <class Run, class V = typename Run::lane>
  void start(Run& run) const {
    for (int i = 0; i < 2; ++i) run.parameters(fixed<0>{})[i] = V(1);
    for (int i = 0; i < 3; ++i) run.parameters(fixed<1>{})[i] = V(1);
    if (fault == 1) run.parameters(fixed<0>{})[2] = V(1);
    if (fault == 2) run.parameters(fixed<1>{})[1] = V(std::numeric_limits<float>::quiet_NaN());
    if (fault == 3) run.word(4);
    if (fault == 6) run.parameters(fixed<0>{})[-1] = V(1);
    if (fault == 7) run.update(fixed<0>{}, lanes<V, 2>{{V(1), V(1)}}, V(1));
  }
  template <class Run, class V = typename Run::lane>
  void step(Run& run) const {
    if (fault == 4) run.parameters(fixed<1>{})[3] = V(1);
    run.block(fault == 5 ? 2 : 1);
    if (fault == 9) run.gradient(fixed<1>{})[1] = V(2);
    if (fault == 10) run.gradient(fixed<0>{})[2] = V(2);
    if (fault == 11) throw 7;
  }
  template <class Run, class V = typename Run::lane>
  void output(const Run& run, V* out) const {
    out[fault == 8 ? 1 : 0] = run.parameters(fixed<0>{})[0];
  }
};

TEST_F(ModelFleet, NamesWhatIsWrongWithAModel) {
  const model_fleet_config config{.steps_per_epoch = 1, .learning_rate = {{1e-3f}, {1e-3f}}};
  const char* const says[] = {"",
                              "model: start() writes parameter 2 of group 0, which has 2",
                              "model: start() leaves parameter 1 of group 1 unset, or makes it NaN",
                              "model: start() draws block 1 of its noise, but start_blocks is 1",
                              "model: step() writes parameter 3 of group 1, which has 3",
                              "model: step() draws block 2 of its noise, but step_blocks is 2",
                              "model: start() writes parameter -1 of group 0, before the first",
                              "model: start() updates group 0; only step() may",
                              "model: output() writes number 1, but outputs is 1",
                              "model: step() leaves a gradient in group 1, which no update took: 2",
                              "model: step() writes the gradient of parameter 2 of group 0, which has 2"};
  for (int fault = 0; fault < 11; ++fault) EXPECT_EQ(refusal(wrong_model{fault}, config), says[fault]);
}

TEST_F(ModelFleet, PassesOnWhatAModelThrows) {
  const model_fleet_config config{.num_models = 40, .steps_per_epoch = 1, .learning_rate = {{1e-3f}, {1e-3f}}};
  EXPECT_THROW(train_fleet(wrong_model{11}, config), int);
}

}  // namespace
}  // namespace gumbelcuda
