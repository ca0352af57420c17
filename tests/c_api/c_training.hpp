// SPDX-License-Identifier: Apache-2.0
// Fleets and sweeps in C for the tests: a C++ configuration as C has it, training, and the result as C++ has it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "gumbelcuda/gumbelcuda.h"
#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda::testing_c {

struct destroy_result {
  void operator()(gumbelcuda_fleet_result* result) const { gumbelcuda_destroy_fleet(result); }
  void operator()(gumbelcuda_sweep_result* result) const { gumbelcuda_destroy_sweep(result); }
};
using c_fleet_result = std::unique_ptr<gumbelcuda_fleet_result, destroy_result>;
using c_sweep_result = std::unique_ptr<gumbelcuda_sweep_result, destroy_result>;

// Points into `config`.
inline gumbelcuda_fleet_config in_c(const fleet_config& config) {
  return {sizeof(gumbelcuda_fleet_config),
          config.num_gans,
          {config.target.data(), config.target.size()},
          config.epochs,
          config.steps_per_epoch,
          config.batch_size,
          config.generator_steps,
          {config.temperature.data(), config.temperature.size()},
          {config.generator_learning_rate.data(), config.generator_learning_rate.size()},
          {config.discriminator_learning_rate.data(), config.discriminator_learning_rate.size()},
          &config.seed,
          config.first_gan,
          config.history_gans};
}

// Rows of different lengths, one after another.
template <class Value>
struct ragged {
  std::vector<Value> values;
  std::vector<std::int32_t> length;
  explicit ragged(const std::vector<std::vector<Value>>& rows) {
    for (const std::vector<Value>& row : rows) {
      values.insert(values.end(), row.begin(), row.end());
      length.push_back(int(row.size()));
    }
  }
};

// A configuration in C, and what it points to.
struct c_sweep {
  sweep_config from;
  ragged<double> target;
  ragged<float> initial_logits;
  std::vector<gumbelcuda_gan_problem> problem;
  std::vector<gumbelcuda_temperature_schedule> temperature;
  gumbelcuda_sweep_config config;

  explicit c_sweep(const sweep_config& in_cpp)
      : from(in_cpp), target(from.target), initial_logits(from.initial_logits), config{} {
    for (const gan_problem& p : from.problem)
      problem.push_back({p.hidden_layers,
                         {p.hidden_width[0], p.hidden_width[1], p.hidden_width[2]},
                         int(p.activation),
                         int(p.initializer),
                         int(p.loss),
                         p.weight_clip,
                         p.gradient_penalty,
                         int(p.estimator),
                         p.inner_samples,
                         int(p.optimizer),
                         int(p.smoothing),
                         p.smoothing_amount,
                         {0, 0}});
    for (const temperature_schedule& s : from.temperature) {
      gumbelcuda_temperature_schedule schedule{int(s.shape), s.knot_count, {}};
      for (int i = 0; i < max_temperature_knots; ++i) schedule.knots[i] = {s.knots[i].step, s.knots[i].temperature, 0};
      temperature.push_back(schedule);
    }
    config = {sizeof config,
              from.num_gans,
              {target.values.data(), target.length.data(), target.length.size()},
              {from.data.empty() ? nullptr : from.data.data(), from.data.size()},
              int(from.order),
              from.gradient_samples,
              {problem.data(), problem.size()},
              {from.seed.data(), from.seed.size()},
              from.first_gan,
              {from.generator_learning_rate.data(), from.generator_learning_rate.size()},
              {from.discriminator_learning_rate.data(), from.discriminator_learning_rate.size()},
              {from.beta_1.data(), from.beta_1.size()},
              {from.beta_2.data(), from.beta_2.size()},
              {from.epsilon.data(), from.epsilon.size()},
              {temperature.data(), temperature.size()},
              {from.batch_size.data(), from.batch_size.size()},
              {from.generator_steps.data(), from.generator_steps.size()},
              {from.epochs.data(), from.epochs.size()},
              from.steps_per_epoch,
              {initial_logits.values.data(), initial_logits.length.data(), initial_logits.length.size()},
              from.until_total_variation == -1 ? nullptr : &from.until_total_variation,
              from.history_gans};
  }
  c_sweep(const c_sweep&) = delete;
};

// `count` numbers from `data` on; no data, no numbers.
template <class Value>
std::vector<Value> copy(const Value* data, std::uint64_t count) {
  if (!data) return {};
  return {data, data + count};
}

inline fleet_result in_cpp(const gumbelcuda_fleet_result* result) {
  gumbelcuda_fleet_view view{};
  view.struct_size = sizeof view;
  EXPECT_EQ(gumbelcuda_view_fleet(result, &view), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  const std::uint64_t gans = view.num_gans, values = gans * view.classes;
  fleet_result r;
  r.num_gans = gans;
  r.classes = int(view.classes);
  r.distribution = copy(view.distribution, values);
  r.logits = copy(view.logits, values);
  r.weights = copy(view.weights, values);
  r.bias = copy(view.bias, gans);
  r.generator_loss = copy(view.generator_loss, gans);
  r.discriminator_loss = copy(view.discriminator_loss, gans);
  r.history = copy(view.history, view.history_gans * view.epochs * view.classes);
  r.backend = view.backend;
  r.target = view.target;
  r.threads = int(view.threads);
  r.seconds = view.seconds;
  return r;
}

inline sweep_result in_cpp(const gumbelcuda_sweep_result* result) {
  gumbelcuda_sweep_view view{};
  view.struct_size = sizeof view;
  EXPECT_EQ(gumbelcuda_view_sweep(result, &view), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  const std::uint64_t gans = view.num_gans, classes = view.most_classes, epochs = view.history_gans * view.most_epochs;
  sweep_result r;
  r.num_gans = gans;
  r.most_classes = int(classes);
  r.most_epochs = std::int64_t(view.most_epochs);
  r.history_gans = view.history_gans;
  r.classes = copy(view.classes, gans);
  r.distribution = copy(view.distribution, gans * classes);
  r.logits = copy(view.logits, gans * classes);
  for (const std::uint8_t outcome : copy(view.outcome, gans)) r.outcome.push_back(gan_outcome(outcome));
  r.epochs = copy(view.epochs, gans);
  r.steps = copy(view.steps, gans);
  r.total_variation = copy(view.total_variation, gans);
  r.generator_loss = copy(view.generator_loss, gans);
  r.discriminator_loss = copy(view.discriminator_loss, gans);
  r.nonzero_gradients = copy(view.nonzero_gradients, gans);
  r.gradient_variance = copy(view.gradient_variance, gans);
  r.history = copy(view.history, epochs * classes);
  r.history_total_variation = copy(view.history_total_variation, epochs);
  r.history_generator_loss = copy(view.history_generator_loss, epochs);
  r.history_discriminator_loss = copy(view.history_discriminator_loss, epochs);
  r.backend = view.backend;
  r.target = view.target;
  r.threads = int(view.threads);
  r.seconds = view.seconds;
  r.lanes_busy = view.lanes_busy;
  return r;
}

inline c_fleet_result train(const gumbelcuda_fleet_config& config, const gumbelcuda_training_execution* where = {}) {
  gumbelcuda_fleet_result* result = nullptr;
  EXPECT_EQ(gumbelcuda_train_fleet(&result, &config, where), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  return c_fleet_result(result);
}
inline c_sweep_result train(const gumbelcuda_sweep_config& config, const gumbelcuda_training_execution* where = {}) {
  gumbelcuda_sweep_result* result = nullptr;
  EXPECT_EQ(gumbelcuda_train_sweep(&result, &config, where), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  return c_sweep_result(result);
}

// The status is "invalid argument", and the message begins with the name and contains `part`.
inline void expect_refusal(gumbelcuda_status status, const std::string& name, const std::string& part) {
  const std::string message = gumbelcuda_last_error_message();
  EXPECT_EQ(status, GUMBELCUDA_INVALID_ARGUMENT) << name << ", " << part;
  EXPECT_EQ(message.rfind(name + ": ", 0), 0u) << name << ", but: " << message;
  EXPECT_NE(message.find(part), std::string::npos) << part << ", but: " << message;
}

inline gumbelcuda_training_execution default_execution() {
  gumbelcuda_training_execution execution{};
  execution.struct_size = sizeof execution;
  return execution;
}

}  // namespace gumbelcuda::testing_c
