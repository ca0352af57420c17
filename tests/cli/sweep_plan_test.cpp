// SPDX-License-Identifier: Apache-2.0
// What a sweep's file means: which GANs, in which order, along which axes. tests/cli/sweep_test.py has the files that
// are refused.
#include "host/cli/sweep_plan.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gumbelcuda/math/philox.hpp"
#include "host/cli/sweep_estimate.hpp"
#include "tests/results/scratch_folder.hpp"

namespace gumbelcuda {
namespace {

constexpr std::uint64_t plenty = std::numeric_limits<std::uint64_t>::max();
using numbers = std::vector<double>;
using words = std::vector<std::string>;

struct sweep_files : testing::Test {
  void SetUp() override {
    if (!have_sweep_documents()) GTEST_SKIP() << "this build has no toml++";
  }
  sweep_plan read(const std::string& text) {
    put(folder / "a.toml", text);
    return read_sweep_plan(folder / "a.toml", plenty);
  }
  std::string complaint(const std::string& text, std::uint64_t available = plenty) {
    put(folder / "a.toml", text);
    const std::string message = message_of<invalid_argument>([&] { read_sweep_plan(folder / "a.toml", available); });
    return message.starts_with(folder.path()) ? message.substr(folder.path().size() + 1) : message;
  }
  scratch_folder folder;
};

TEST_F(sweep_files, an_empty_one_is_the_default_gan) {
  const sweep_plan plan = read("");
  const sweep_config standard;
  EXPECT_EQ(plan.config.num_gans, 1u);
  EXPECT_EQ(plan.config.target, standard.target);
  EXPECT_EQ(plan.config.problem, standard.problem);
  EXPECT_EQ(plan.config.seed, standard.seed);
  EXPECT_EQ(plan.config.generator_learning_rate, standard.generator_learning_rate);
  EXPECT_EQ(plan.config.epochs, standard.epochs);
  EXPECT_EQ(plan.config.temperature[0].knots[0].temperature, 1e-3f);
  EXPECT_TRUE(plan.axes.empty());
}

// Every key of [gan], each with a value that is not the default.
TEST_F(sweep_files, every_setting_arrives) {
  const sweep_config config = read(R"(
[gan]
target = [0.25, 0.75]
seed = 7
first_gan = 100
generator_learning_rate = 0.5
discriminator_learning_rate = 0.25
beta_1 = 0.5
beta_2 = 0.75
epsilon = 0.125
temperature = { shape = "cosine", steps = [0, 100], temperatures = [2, 0.5] }
batch_size = 3
generator_steps = 4
epochs = 5
steps_per_epoch = 6
initial_logits = [1.5, -1]
hidden = [8, 16]
activation = "tanh"
initializer = "he_uniform"
loss = "wasserstein"
weight_clip = 0.5
gradient_penalty = 10
estimator = "gumbel_rao"
inner_samples = 7
optimizer = "rmsprop"
smoothing = "label"
smoothing_amount = 0.1
until_tv = 0.05
gradient_samples = 12
history = "all"
)")
                                  .config;
  EXPECT_EQ(config.target, (std::vector<numbers>{{.25, .75}}));
  EXPECT_EQ(config.seed[0], 7u);
  EXPECT_EQ(config.first_gan, 100u);
  EXPECT_EQ(config.generator_learning_rate[0], .5f);
  EXPECT_EQ(config.discriminator_learning_rate[0], .25f);
  EXPECT_EQ(config.beta_1[0], .5);
  EXPECT_EQ(config.beta_2[0], .75);
  EXPECT_EQ(config.epsilon[0], .125f);
  const temperature_schedule& temperature = config.temperature[0];
  EXPECT_EQ(temperature.shape, schedule_shape::cosine);
  EXPECT_EQ(temperature.knot_count, 2);
  EXPECT_EQ(temperature.knots[1].step, 100u);
  EXPECT_EQ(temperature.knots[1].temperature, .5f);
  EXPECT_EQ(config.batch_size[0], 3);
  EXPECT_EQ(config.generator_steps[0], 4);
  EXPECT_EQ(config.epochs[0], 5);
  EXPECT_EQ(config.steps_per_epoch, 6);
  EXPECT_EQ(config.initial_logits[0], (std::vector<float>{1.5f, -1}));
  const gan_problem expected{.hidden_layers = 2,
                             .hidden_width = {8, 16, 0},
                             .activation = gan_activation::tanh,
                             .initializer = gan_initializer::he_uniform,
                             .loss = gan_loss::wasserstein,
                             .weight_clip = .5f,
                             .gradient_penalty = 10,
                             .estimator = gan_estimator::gumbel_rao,
                             .inner_samples = 7,
                             .optimizer = optimizer_kind::rmsprop,
                             .smoothing = gan_smoothing::label,
                             .smoothing_amount = .1f};
  EXPECT_EQ(config.problem[0], expected);
  EXPECT_EQ(config.until_total_variation, .05);
  EXPECT_EQ(config.gradient_samples, 12);
  EXPECT_EQ(config.history_gans, 1u);
}

TEST_F(sweep_files, the_factor_named_last_varies_fastest_and_replicas_faster_still) {
  const sweep_plan plan = read(R"(
replicas = 2
[grid]
seed = [1, 2]
[[zip]]
epochs = [3, 4]
batch_size = [30, 40]
[random]
draws = 2
beta_1 = { choices = [0.5] }
)");
  EXPECT_EQ(plan.config.num_gans, 16u);
  EXPECT_EQ(plan.factors, "seed 2 × epochs, batch_size 2 × beta_1 2 × replicas 2");
  ASSERT_EQ(plan.axes.size(), 5u);
  EXPECT_EQ(plan.axes[0].name, "seed");
  EXPECT_EQ(plan.axes[0].value, (numbers{1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2}));
  EXPECT_EQ(plan.axes[1].value, (numbers{3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 3, 3, 4, 4, 4, 4}));
  EXPECT_EQ(plan.axes[2].name, "batch_size");
  EXPECT_EQ(plan.axes[4].name, "replica");
  EXPECT_EQ(plan.axes[4].value, (numbers{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}));
  for (std::size_t gan = 0; gan < 16; ++gan) {
    EXPECT_EQ(double(plan.config.seed[gan]), plan.axes[0].value[gan]);
    EXPECT_EQ(double(plan.config.epochs[gan]), plan.axes[1].value[gan]);
    EXPECT_EQ(plan.config.batch_size[gan], 10 * plan.config.epochs[gan]);
  }
}

// Dotted keys, inline tables and the order of tables: the place in the file counts.
TEST_F(sweep_files, the_order_is_that_of_the_text) {
  const sweep_plan plan = read("[[zip]]\nseed = [1, 2]\n[grid]\nepochs = [1, 2]\nbeta_1 = [0, 0.5]\n");
  ASSERT_EQ(plan.axes.size(), 3u);
  EXPECT_EQ(plan.axes[0].name, "seed");
  EXPECT_EQ(plan.axes[1].name, "epochs");
  EXPECT_EQ(plan.axes[2].name, "beta_1");
  const sweep_plan other = read("grid = { epochs = [1, 2], beta_1 = [0, 0.5] }\nzip = [{ seed = [1, 2] }]\n");
  EXPECT_EQ(other.axes[0].name, "epochs");
  EXPECT_EQ(other.axes[2].name, "seed");
}

TEST_F(sweep_files, what_does_not_vary_is_kept_once_and_is_no_axis) {
  const sweep_plan plan = read("[grid]\nepochs = [1, 2]\nseed = [3]\n");
  EXPECT_EQ(plan.config.generator_learning_rate.size(), 1u);
  EXPECT_EQ(plan.config.target.size(), 1u);
  ASSERT_EQ(plan.axes.size(), 1u);
  EXPECT_EQ(plan.config.seed[1], 3u);
}

TEST_F(sweep_files, ranges_end_at_their_ends) {
  const sweep_plan plan = read(R"(
[[zip]]
generator_learning_rate = { from = 1e-4, to = 1e-2, count = 5, scale = "log" }
beta_1 = { from = 0.9, to = 0.5, count = 5 }
batch_size = { from = 1, to = 256, count = 5, scale = "log" }
epochs = { from = 1, to = 2, count = 5, scale = "linear" }
)");
  const numbers &rate = plan.axes[0].value, &beta = plan.axes[1].value;
  EXPECT_EQ(rate.front(), 1e-4);
  EXPECT_EQ(rate.back(), 1e-2);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(rate[i] / (1e-4 * std::pow(10, .5 * double(i))), 1, 1e-14);
  }
  EXPECT_EQ(beta, (numbers{.9, .8, .7, .6, .5}));
  EXPECT_EQ(rate[2], 1e-3);
  EXPECT_EQ(plan.axes[2].value, (numbers{1, 4, 16, 64, 256}));
  EXPECT_EQ(plan.axes[3].value, (numbers{1, 1, 2, 2, 2}));
  EXPECT_TRUE(plan.axes[0].logarithmic);
  EXPECT_FALSE(plan.axes[1].logarithmic);
  EXPECT_TRUE(plan.axes[2].logarithmic);
  EXPECT_EQ(read("[grid]\nbeta_1 = { from = 0.25, to = 0.5, count = 1 }\n").config.beta_1[0], .25);
}

TEST_F(sweep_files, arrays_of_equal_ratios_count_as_logarithmic) {
  const auto logarithmic = [&](const std::string& values) {
    return read("[grid]\nlearning_rate = " + values + "\n").axes[0].logarithmic;
  };
  EXPECT_TRUE(logarithmic("[1e-4, 1e-3, 1e-2]"));
  EXPECT_TRUE(logarithmic("[0.01, 0.02, 0.04, 0.08]"));
  EXPECT_FALSE(logarithmic("[0.1, 0.2, 0.3]"));
  EXPECT_FALSE(logarithmic("[0.1, 0.001]"));
}

TEST_F(sweep_files, choices_that_are_not_all_numbers_have_words) {
  const sweep_plan plan = read(R"(
[[zip]]
hidden = [[], [16], [16, 8], []]
loss = ["hinge", "hinge", "wasserstein", "saturating"]
target = [[0.5, 0.5], [0.5, 0.5], [1, 0], [0.5, 0.25, 0.25]]
temperature = [1, 0.5, { shape = "linear", steps = [0, 9], temperatures = [1, 0.1] }, 1.0]
)");
  ASSERT_EQ(plan.axes.size(), 4u);
  EXPECT_EQ(plan.axes[0].words, (words{"none", "16", "16x8"}));
  EXPECT_EQ(plan.axes[0].value, (numbers{0, 1, 2, 0}));
  EXPECT_EQ(plan.axes[1].words, (words{"hinge", "wasserstein", "saturating"}));
  EXPECT_EQ(plan.axes[2].words, (words{"0.5,0.5", "1,0", "0.5,0.25,0.25"}));
  EXPECT_EQ(plan.axes[2].value, (numbers{0, 0, 1, 2}));
  EXPECT_EQ(plan.axes[3].words, (words{"1", "0.5", "linear 1 to 0.1 by 9"}));
  EXPECT_EQ(plan.axes[3].value, (numbers{0, 1, 2, 0}));
  EXPECT_EQ(plan.config.target[3], (numbers{.5, .25, .25}));
  EXPECT_EQ(plan.config.problem[2].hidden_width[1], 8);
}

TEST_F(sweep_files, learning_rate_is_both_and_a_rate_of_its_own_comes_before_it) {
  const sweep_plan plan = read("[gan]\ngenerator_learning_rate = 0.5\nlearning_rate = 0.25\n");
  EXPECT_EQ(plan.config.generator_learning_rate[0], .5f);
  EXPECT_EQ(plan.config.discriminator_learning_rate[0], .25f);
  const sweep_plan varied = read("[gan]\nlearning_rate = 0.25\n[grid]\ngenerator_learning_rate = [0.5, 1]\n");
  EXPECT_EQ(varied.config.generator_learning_rate, (std::vector<float>{.5f, 1}));
  EXPECT_EQ(varied.config.discriminator_learning_rate, (std::vector<float>{.25f}));
  const sweep_plan both = read("[grid]\nlearning_rate = [0.5, 1]\n");
  EXPECT_EQ(both.config.discriminator_learning_rate, (std::vector<float>{.5f, 1}));
}

// Draw i of column c: words 0 and 1 of block i of row c of the noise. The recorded values are what every machine gives.
TEST_F(sweep_files, draws_are_the_same_everywhere) {
  const sweep_plan plan = read(R"(
[random]
draws = 2000
random_seed = 7
beta_1 = { from = 0.25, to = 0.75 }
learning_rate = { from = 1e-5, to = 1e-1, scale = "log" }
batch_size = { from = 1, to = 3 }
optimizer = { choices = ["sgd", "adam"] }
)");
  const stream_row first{7, 0}, second{7, 1}, third{7, 2};
  const auto position = [](const stream_row& row, std::uint64_t draw) {
    const auto block = row(draw);
    return double((std::uint64_t{block.word[0]} << 32 | block.word[1]) >> 11) * 0x1p-53;
  };
  int counts[4] = {};
  for (std::size_t draw = 0; draw < 2000; ++draw) {
    EXPECT_NEAR(plan.axes[0].value[draw], .25 + .5 * position(first, draw), 1e-15);
    EXPECT_NEAR(std::log10(plan.axes[1].value[draw]), -5 + 4 * position(second, draw), 1e-13);
    EXPECT_EQ(plan.axes[2].value[draw], 1 + std::floor(3 * position(third, draw)));
    ++counts[plan.config.batch_size[draw]];
  }
  // Each of the three numbers: binomial(2000, 1/3), mean 667, deviation 21; six deviations.
  for (const int number : {1, 2, 3}) EXPECT_NEAR(counts[number], 667, 127);
  EXPECT_EQ(plan.axes[0].value[0], 0.72729856308435);
  EXPECT_EQ(plan.axes[1].value[0], 0.000955342676086845);
  EXPECT_EQ(plan.axes[1].value[1999], 2.80635983701499e-05);
  EXPECT_EQ(plan.axes[3].words.size(), 2u);
  const sweep_plan other = read("[random]\ndraws = 1\nrandom_seed = 8\nbeta_1 = { from = 0.25, to = 0.75 }\n");
  EXPECT_NE(other.config.beta_1[0], plan.config.beta_1[0]);
}

TEST_F(sweep_files, errors_name_the_line_of_the_choice) {
  EXPECT_EQ(complaint("[grid]\nbatch_size = [\n  1,\n  5000,\n]\n"), "a.toml:4: batch_size: 5000 is not in 1 … 4096");
  // Another factor's, which is seen beside the first choices of the others.
  EXPECT_EQ(complaint("[grid]\nseed = [1, 2]\nepochs = [1,\n0]\n").substr(0, 18), "a.toml:4: epochs: ");
  // A choice that is fine with the others of its zip, though not with the default.
  EXPECT_EQ(read("[[zip]]\ntarget = [[0.5, 0.5], [1, 0, 0]]\ninitial_logits = [[1, 2], [1, 2, 3]]\n").config.num_gans,
            2u);
  EXPECT_EQ(complaint("[gan]\nlearning_rate = -1\n").substr(0, 25), "a.toml:2: learning_rate: ");
}

TEST_F(sweep_files, more_gans_than_fit_are_refused_before_they_are_made) {
  EXPECT_NE(complaint("replicas = 1000000000\n", 1 << 30).find("1,000,000,000 GANs (replicas 1,000,000,000) need "),
            std::string::npos);
  EXPECT_NE(complaint("replicas = 4294967297\n").find("2^32"), std::string::npos);
  EXPECT_NE(
      complaint("replicas = 9223372036854775807\n[grid]\nseed = { from = 1, to = 9, count = 1000 }\n").find("2^32"),
      std::string::npos);
  // Choices take memory before there are GANs: of a range, and of draws, each with its list.
  EXPECT_EQ(complaint("[grid]\nseed = { from = 1, to = 9, count = 16777216 }\n", 1 << 20).substr(0, 37),
            "a.toml:2: seed: 16777216 values need ");
  EXPECT_NE(complaint("[random]\ndraws = 10000\ntarget = {choices = [[0.25, 0.25, 0.25, 0.25]]}\n", 600'000)
                .find("10000 values need"),
            std::string::npos);
  EXPECT_NE(complaint("[random]\ndraws = 10000\nseed = {from = 1, to = 2}\n", 400'000).find("10000 values need"),
            std::string::npos);
  EXPECT_NE(complaint("[random]\ndraws = 10\nseed = {from = 1, to = 2}\nepochs = {from = 1, to = 2}\n", 700)
                .find("epochs: 10 values need"),
            std::string::npos);
  // So do the GANs' own lists: 1,000 GANs of 1,000 classes have targets of 8,000 bytes, and results of as many.
  std::string target = "1";
  for (int k = 1; k < 1000; ++k) target += ",0";
  const std::string of_a_thousand = "replicas = 500\n[grid]\ntarget = [[" + target + "],[" + target + "]]\n";
  EXPECT_NE(complaint(of_a_thousand, 15'000'000).find("need 15."), std::string::npos);
  put(folder / "a.toml", of_a_thousand);
  EXPECT_EQ(read_sweep_plan(folder / "a.toml", 17'000'000).config.num_gans, 1000u);
}

TEST_F(sweep_files, keys_of_very_many_parts_are_refused) {
  std::string parts;
  for (int i = 0; i < 200'000; ++i) parts += "a.";
  for (const std::string& text : {parts + "a = 1\n", "[" + parts + "a]\n", "x = {" + parts + "a = 1}\n"})
    EXPECT_EQ(complaint("# a.a.a.a.a.a.a.a.a.a.a.a\n" + text),
              "a.toml:2: is not TOML for a sweep: a key has too many parts");
  // Points elsewhere are no parts of keys.
  EXPECT_EQ(read("[grid]\nepsilon = [0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1.0,1.1]\n").config.num_gans, 11u);
}

TEST_F(sweep_files, an_estimate_takes_gans_from_all_over_the_sweep) {
  const sweep_plan plan = read("[grid]\nepochs = [5, 6]\nseed = { from = 0, to = 99, count = 100 }\n");
  const sweep_config sample = sampled_sweep(plan.config, 4, 3);
  EXPECT_EQ(sample.num_gans, 4u);
  EXPECT_EQ(sample.seed, (std::vector<std::uint64_t>{0, 50, 0, 50}));
  EXPECT_EQ(sample.epochs, (std::vector<std::int64_t>{1}));
  EXPECT_EQ(sample.steps_per_epoch, 3);
  EXPECT_EQ(sample.target, plan.config.target);
}

}  // namespace
}  // namespace gumbelcuda
