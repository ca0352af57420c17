// SPDX-License-Identifier: Apache-2.0
// Trainings of the sequence models: the same bytes in every kind of build, in a fleet or alone, and what they refuse.
#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include "examples/sequences/likelihood_model.hpp"
#include "examples/sequences/sequence_gan.hpp"

namespace gumbelcuda::sequences {
namespace {

using small = expressions<2>;
using gan = sequence_gan<4, 6, 8, 2, small>;

model_fleet_config config_of(std::uint64_t models, std::int64_t steps, std::size_t groups) {
  model_fleet_config config{.num_models = models, .epochs = 2, .steps_per_epoch = steps};
  config.learning_rate.assign(groups, {1e-2f});
  config.optimizer = {.kind = optimizer_kind::adam_pytorch, .beta_1 = .5};
  config.temperature = {{schedule_shape::exponential, 2, {{0, 2.f}, {2 * std::uint64_t(steps), .5f}}}};
  config.history_models = models;
  return config;
}
// FNV-1a over the bits, the same for every instruction set.
std::uint64_t hash_of(const model_fleet_result& result) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::vector<float>* const numbers : {&result.parameter, &result.history})
    for (const float x : *numbers) hash = (hash ^ to_bits(x)) * 0x100000001b3;
  return hash;
}

#ifdef __AVX2__
#define SKIP_WITHOUT_AVX2 \
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) GTEST_SKIP() << "a processor without AVX2"
#else
#define SKIP_WITHOUT_AVX2
#endif

// Each choice once.
struct choice {
  const char* name;
  std::function<void(gan&)> make;
  std::uint64_t hash;
};
void PrintTo(const choice& of, std::ostream* out) { *out << of.name; }
class SequenceGan : public testing::TestWithParam<choice> {};
TEST_P(SequenceGan, HasItsBytesInAFleetAndAlone) {
  SKIP_WITHOUT_AVX2;
  gan model;
  model.sampling_temperature[1] = .5f;
  GetParam().make(model);
  model.check();
  model_fleet_config config = config_of(3, 2, 3);
  const model_fleet_result fleet = train_fleet(model, config);
  EXPECT_EQ(hash_of(fleet), GetParam().hash) << std::hex << "0x" << hash_of(fleet);
  config.num_models = config.history_models = 1;
  config.first_model = 2;
  const auto of = [](const std::vector<float>& all) {
    return std::vector<float>(all.end() - std::ptrdiff_t(all.size() / 3), all.end());
  };
  const model_fleet_result alone = train_fleet(model, config);
  EXPECT_EQ(alone.parameter, of(fleet.parameter));
  EXPECT_EQ(alone.history, of(fleet.history));
  EXPECT_EQ(alone.output, std::vector<float>(alone.history.end() - gan::outputs, alone.history.end()));
}
INSTANTIATE_TEST_SUITE_P(Each, SequenceGan,
                         testing::Values(choice{"default", [](gan&) {}, 0x1d6b8e87f49bd1d5},
                                         choice{"straight_through",
                                                [](gan& m) {
                                                  m.estimator = estimator::straight_through;
                                                  m.feedback = feedback::straight_through;
                                                  m.judged = judged::dense;
                                                  m.averaging = .75f;
                                                },
                                                0xfd427950ad510069},
                                         choice{"gumbel_rao",
                                                [](gan& m) {
                                                  m.estimator = estimator::gumbel_rao;
                                                  m.inner_samples = 3;
                                                  m.loss = loss::hinge;
                                                },
                                                0x1d3fc8b30224e949},
                                         choice{"soft",
                                                [](gan& m) {
                                                  m.feedback = feedback::soft;
                                                  m.real_smoothing = .1f;
                                                  m.label_smoothing = .1f;
                                                  m.discriminator_updates = 2;
                                                  m.generator_updates = 3;
                                                },
                                                0x60d6691b269e44e0}),
                         [](const auto& of) { return std::string(of.param.name); });

TEST(SequenceGan, RefusesWhatIsNotAllowed) {
  const auto refused = [](std::function<void(gan&)> make) {
    gan model;
    model.sampling_temperature[1] = 1;
    make(model);
    try {
      model.check();
    } catch (const invalid_argument& e) {
      return std::string(e.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(refused([](gan&) {}), "nothing");
  EXPECT_NE(refused([](gan& m) { m.discriminator_updates = 17; }).find("discriminator_updates"), std::string::npos);
  EXPECT_NE(refused([](gan& m) { m.generator_updates = 0; }).find("generator_updates"), std::string::npos);
  EXPECT_NE(refused([](gan& m) { m.inner_samples = 65; }).find("65"), std::string::npos);
  EXPECT_NE(refused([](gan& m) { m.real_smoothing = 1; }).find("real_smoothing"), std::string::npos);
  EXPECT_NE(refused([](gan& m) { m.averaging = 1; }).find("averaging"), std::string::npos);
  EXPECT_NE(refused([](gan& m) { m.label_smoothing = -.1f; }).find("label_smoothing"), std::string::npos);
  EXPECT_NE(refused([](gan& m) {
              m.label_smoothing = .1f;
              m.loss = loss::hinge;
            }).find("hinge"),
            std::string::npos);
  EXPECT_NE(refused([](gan& m) { m.sampling_temperature[1] = 0; }).find("sampling_temperature"), std::string::npos);
}

TEST(LikelihoodModel, LearnsTheLaw) {
  SKIP_WITHOUT_AVX2;
  using likelihood = likelihood_model<8, 16, 1, small>;
  const model_fleet_config config = config_of(2, 250, 1);
  const model_fleet_result result = train_fleet(likelihood{}, config);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto law = result.output.begin() + std::ptrdiff_t(i * small::strings);
    EXPECT_GT(std::accumulate(law, law + small::strings, 0.), .95) << "at random: about 6^-6 for each of 21 strings";
    for (int n = 0; n < small::strings; ++n) {
      EXPECT_GT(law[n], small::probability(n) / 4);
      EXPECT_LT(law[n], small::probability(n) * 4);
    }
  }
  EXPECT_EQ(hash_of(result), 0x8e23622fa6461773u) << std::hex << "0x" << hash_of(result);
}

// A learning rate too small to change a weight shows the first ones.
TEST(LikelihoodModel, BeginsWithTheGansGenerator) {
  SKIP_WITHOUT_AVX2;
  model_fleet_config config = config_of(2, 1, 1);
  config.learning_rate = {{1e-30f}};
  using likelihood = likelihood_model<4, 8, 1, small>;
  const model_fleet_result of_likelihood = train_fleet(likelihood{}, config);
  config.learning_rate = {{1e-30f}, {1e-30f}, {1}};
  gan model;
  model.sampling_temperature[1] = 1;
  const model_fleet_result of_gan = train_fleet(model, config);
  for (int i = 0; i < 2; ++i)
    for (int n = 0; n < of_likelihood.parameters; ++n)
      ASSERT_EQ(of_likelihood.parameter[std::size_t(i * of_likelihood.parameters + n)],
                of_gan.parameter[std::size_t(i * of_gan.parameters + n)]);
}

}  // namespace
}  // namespace gumbelcuda::sequences
