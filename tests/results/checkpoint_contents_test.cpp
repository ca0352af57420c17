// SPDX-License-Identifier: Apache-2.0
// What a checkpoint consists of comes back from its bytes, and bytes that are something else are refused, whatever
// checksum they have.
#include <gtest/gtest.h>

#include <limits>

#include "gumbelcuda/partial_training.hpp"
#include "host/checkpoint/ended_rows.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/checkpoint/shard.hpp"
#include "tests/gan/same_result.hpp"
#include "tests/results/small_sweep.hpp"

namespace gumbelcuda {
namespace {

fleet_config every_member() {
  fleet_config config;
  config.num_gans = 3;
  config.target = {.25, .75};
  config.epochs = 4;
  config.steps_per_epoch = 5;
  config.batch_size = 6;
  config.generator_steps = 7;
  config.temperature = {.1f, .2f, .3f};
  config.generator_learning_rate = {1e-3f};
  config.discriminator_learning_rate = {1e-4f, 2e-4f, 3e-4f};
  config.seed = ~std::uint64_t{0};
  config.first_gan = 9;
  config.history_gans = 2;
  return config;
}

TEST(RunSettings, OfAFleetComeBack) {
  const std::string bytes = bytes_of_settings(every_member());
  EXPECT_EQ(bytes_of_settings(std::get<fleet_config>(settings_of_bytes(bytes, "a"))), bytes);
  // Any member makes a difference.
  for (const auto change : std::initializer_list<void (*)(fleet_config&)>{
           [](fleet_config& c) { c.num_gans = 1, c.temperature = {1}, c.discriminator_learning_rate = {1}; },
           [](fleet_config& c) {
             c.target = {.75, .25};
           },
           [](fleet_config& c) { ++c.epochs; }, [](fleet_config& c) { ++c.steps_per_epoch; },
           [](fleet_config& c) { ++c.batch_size; }, [](fleet_config& c) { ++c.generator_steps; },
           [](fleet_config& c) { c.temperature[2] = 1; },
           [](fleet_config& c) {
             c.generator_learning_rate = {1e-3f, 1e-3f, 1e-3f};
           },
           [](fleet_config& c) { c.discriminator_learning_rate[0] = 1; }, [](fleet_config& c) { --c.seed; },
           [](fleet_config& c) { ++c.first_gan; }, [](fleet_config& c) { ++c.history_gans; }}) {
    fleet_config other = every_member();
    change(other);
    EXPECT_NE(bytes_of_settings(other), bytes);
  }
}

TEST(RunSettings, OfASweepComeBack) {
  for (const bool varied : {false, true}) {
    sweep_record record = small_sweep(varied);
    record.config.data = {0, 1, 1};
    const std::string bytes = bytes_of_settings(record);
    const auto read = std::get<sweep_record>(settings_of_bytes(bytes, "a"));
    EXPECT_EQ(bytes_of_settings(read), bytes);
    EXPECT_EQ(read.config.problem, record.config.problem);
    EXPECT_EQ(read.config.initial_logits, record.config.initial_logits);
    EXPECT_EQ(read.data_count, 3u);
    EXPECT_EQ(read.data_hash, data_hash_of(record.config.data));
    EXPECT_EQ(read.axes.size(), record.axes.size());
    record.config.data = {0, 1, 0};
    EXPECT_NE(bytes_of_settings(record), bytes);
  }
  const std::string bytes = bytes_of_settings(small_sweep());
  // Any member makes a difference.
  for (const auto change : std::initializer_list<void (*)(sweep_record&)>{
           [](sweep_record& r) {
             r.config.target[1] = {.3, .2, .5};
           },
           [](sweep_record& r) { r.config.order = data_order::iid; },
           [](sweep_record& r) { r.config.problem[0].hidden_layers = 1; },
           [](sweep_record& r) { r.config.problem[1].hidden_width[1] = 6; },
           [](sweep_record& r) { r.config.problem[1].activation = gan_activation::leaky_relu; },
           [](sweep_record& r) { r.config.problem[0].initializer = gan_initializer::he_uniform; },
           [](sweep_record& r) { r.config.problem[0].loss = gan_loss::saturating; },
           [](sweep_record& r) { r.config.problem[2].weight_clip = .25f; },
           [](sweep_record& r) { r.config.problem[3].gradient_penalty = 5; },
           [](sweep_record& r) { r.config.problem[0].estimator = gan_estimator::score_function; },
           [](sweep_record& r) { r.config.problem[3].inner_samples = 4; },
           [](sweep_record& r) { r.config.problem[0].optimizer = optimizer_kind::rmsprop; },
           [](sweep_record& r) { r.config.problem[0].smoothing = gan_smoothing::normal; },
           [](sweep_record& r) { r.config.problem[4].smoothing_amount = .2f; },
           [](sweep_record& r) { r.config.seed[2] = 9; },
           [](sweep_record& r) { ++r.config.first_gan; },
           [](sweep_record& r) { r.config.generator_learning_rate[0] = 1; },
           [](sweep_record& r) { r.config.discriminator_learning_rate[0] = 1; },
           [](sweep_record& r) { r.config.beta_1[0] = .5; },
           [](sweep_record& r) { r.config.beta_2[0] = .5; },
           [](sweep_record& r) { r.config.epsilon[0] = 1; },
           [](sweep_record& r) { r.config.temperature[2].shape = schedule_shape::linear; },
           [](sweep_record& r) { r.config.temperature[2].knot_count = 2; },
           [](sweep_record& r) { r.config.temperature[2].knots[1].step = 11; },
           [](sweep_record& r) { r.config.temperature[2].knots[2].temperature = .25f; },
           [](sweep_record& r) { r.config.batch_size[0] = 9; },
           [](sweep_record& r) { r.config.generator_steps[0] = 9; },
           [](sweep_record& r) { r.config.epochs[0] = 4; },
           [](sweep_record& r) { ++r.config.steps_per_epoch; },
           [](sweep_record& r) { r.config.initial_logits[0][1] = 3; },
           [](sweep_record& r) { r.config.until_total_variation = -1; },
           [](sweep_record& r) { r.config.gradient_samples = 9; },
           [](sweep_record& r) { --r.config.history_gans; },
           [](sweep_record& r) { r.axes[0].name += "x"; },
           [](sweep_record& r) { r.axes[0].value[3] = 9; },
           [](sweep_record& r) { r.axes[1].words[0] = "x"; },
           [](sweep_record& r) { r.axes[1].logarithmic = true; }}) {
    sweep_record other = small_sweep();
    change(other);
    EXPECT_NE(bytes_of_settings(other), bytes);
  }
}

// Whatever bytes stand behind a right checksum, they are settings or refused.
TEST(RunSettings, ThatAreNoneAreRefused) {
  for (const std::string& whole : {bytes_of_settings(every_member()), bytes_of_settings(small_sweep())}) {
    for (std::size_t end = 0; end < whole.size(); ++end)
      EXPECT_THROW(settings_of_bytes(whole.substr(0, end), "a"), damaged_file) << end;
    EXPECT_THROW(settings_of_bytes(whole + '\0', "a"), damaged_file);
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (const char byte : {'\0', '\x7f', '\xff'}) {
        std::string changed = whole;
        changed[at] = byte;
        try {
          settings_of_bytes(changed, "a");
        } catch (const damaged_file&) {
        }
      }
  }
}

// Reports look GANs' words up. A sweep's file has the same checks (sweep_file_test.cpp).
TEST(RunSettings, WhoseAxesDoNotFitAreRefused) {
  for (const auto change : std::initializer_list<void (*)(sweep_record&)>{
           [](sweep_record& r) { r.axes[0].value.pop_back(); }, [](sweep_record& r) { r.axes[0].value.push_back(0); },
           [](sweep_record& r) { r.axes[0].value[2] = std::numeric_limits<double>::quiet_NaN(); },
           [](sweep_record& r) { r.axes[1].value[2] = 4; }, [](sweep_record& r) { r.axes[1].value[2] = -1; },
           [](sweep_record& r) { r.axes[1].value[2] = .5; }, [](sweep_record& r) { r.axes[0].name = ""; },
           [](sweep_record& r) { r.axes[0].name = "a/b"; }, [](sweep_record& r) { r.axes[0].name = r.axes[1].name; }}) {
    sweep_record other = small_sweep();
    change(other);
    EXPECT_THROW(settings_of_bytes(bytes_of_settings(other), "a"), damaged_file);
  }
}

// They are checked in the time of what is in the file, not of what it says.
TEST(RunSettings, OfFourBillionGansAreReadAtOnce) {
  sweep_record record;
  record.config.num_gans = std::uint64_t{1} << 32;
  const std::string bytes = bytes_of_settings(record);
  EXPECT_EQ(std::get<sweep_record>(settings_of_bytes(bytes, "a")).config.num_gans, record.config.num_gans);
  record.config.epochs = {std::int64_t{1} << 40};  // of 100 steps: more than 2^40 updates
  EXPECT_THROW(settings_of_bytes(bytes_of_settings(record), "a"), damaged_file);
}

fleet_result example_result(const fleet_config& config) {
  partial_fleet fleet;
  prepare(config, fleet);
  float number = 0;
  for (auto* values : {&fleet.result.distribution, &fleet.result.logits, &fleet.result.weights, &fleet.result.bias,
                       &fleet.result.generator_loss, &fleet.result.discriminator_loss, &fleet.result.history})
    for (float& value : *values) value = number += .5f;
  return fleet.result;
}

TEST(EndedRows, OfAFleetComeBackFromAnyShard) {
  fleet_config config;
  config.num_gans = 7;
  config.epochs = 3;
  config.history_gans = 4;
  const partial_fleet whole{example_result(config), std::vector<std::uint8_t>(7, 1)};
  for (std::uint64_t first = 0; first < 7; ++first)
    for (std::uint64_t count = 1; first + count <= 7; ++count) {
      const std::string bytes = bytes_of_rows(config, whole, first, count);
      // A process that has only these.
      const fleet_config part = part_of(config, {first, count});
      partial_fleet shard;
      prepare(part, shard);
      put_rows(bytes, "a", part, 0, count, shard);
      EXPECT_EQ(bytes_of_rows(part, shard, 0, count), bytes) << first << " " << count;
      EXPECT_EQ(shard.ended, std::vector<std::uint8_t>(count, 1));
    }
  partial_fleet joined;
  prepare(config, joined);
  put_rows(bytes_of_rows(config, whole, 3, 4), "a", config, 3, 4, joined);
  EXPECT_FALSE(joined.has_ended(2));
  put_rows(bytes_of_rows(config, whole, 0, 3), "a", config, 0, 3, joined);
  expect_same(joined.result, whole.result);
  EXPECT_THROW(put_rows(bytes_of_rows(config, whole, 0, 3), "a", config, 0, 2, joined), damaged_file);
  EXPECT_THROW(put_rows(bytes_of_rows(config, whole, 0, 3), "a", config, 0, 4, joined), damaged_file);
}

TEST(EndedRows, OfASweepThatAreNoneAreRefused) {
  const sweep_record record = small_sweep();
  const partial_sweep whole{record.result, std::vector<std::uint8_t>(6, 1)};
  const std::string bytes = bytes_of_rows(record.config, whole, 0, 6);
  partial_sweep other;
  prepare(record.config, other);
  put_rows(bytes, "a", record.config, 0, 6, other);
  EXPECT_EQ(bytes_of_rows(record.config, other, 0, 6), bytes);
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (const char byte : {'\0', '\x7f', '\xff'}) {
      std::string changed = bytes;
      changed[at] = byte;
      try {
        put_rows(changed, "a", record.config, 0, 6, other);
        for (const std::int64_t epochs : other.result.epochs) EXPECT_TRUE(epochs >= 1 && epochs <= 4);
        for (const std::int64_t steps : other.result.steps) EXPECT_TRUE(steps >= 1 && steps <= 4 * 7);
      } catch (const damaged_file&) {
      }
    }
}

}  // namespace
}  // namespace gumbelcuda
