// SPDX-License-Identifier: Apache-2.0
// Trains a fleet by the kernels, under the interpreter.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "gumbelcuda/detail/gan/training_constants.hpp"
#include "gumbelcuda/fleet.hpp"
#include "host/cpu/fleet/task_of_config.hpp"
#include "kernels/fleet/launch.cuh"

namespace gumbelcuda {

// Does what a host driver does, with host memory in place of the device's. Launches use the plans in turn.
inline fleet_result train_by_kernel(const fleet_config& config, const std::vector<fleet_plan>& plans, bool racing,
                                    std::uint64_t steps_per_launch) {
  constexpr float poison = -12345.678f;
  const training_constants constants(config.target);
  fleet_result r;
  r.classes = int(config.target.size());
  const std::size_t gans = config.num_gans, values = gans * config.target.size();
  for (auto* v : {&r.distribution, &r.logits, &r.weights}) v->assign(values, poison);
  for (auto* v : {&r.bias, &r.generator_loss, &r.discriminator_loss}) v->assign(gans, poison);
  r.history.assign(config.history_gans * std::uint64_t(config.epochs) * config.target.size(), poison);
  std::vector<float> state(gans * fleet_state_size(r.classes), poison);

  fleet_slice slice{};
  static_cast<training_task&>(slice) = task_of(config, 0, config.num_gans);
  set_arrays(slice, constants, config, r);
  slice.racing = racing;
  slice.state = state.data();
  const std::uint64_t steps = slice.epochs * slice.steps_per_epoch;
  std::size_t launches = 0;
  for (slice.first_step = 0; slice.first_step < steps; slice.first_step = slice.last_step) {
    slice.last_step = std::min(steps, slice.first_step + steps_per_launch);
    EXPECT_EQ(launch_train_fleet_as(slice, nullptr, plans[launches++ % plans.size()]), launch_success);
  }
  return r;
}

// Every plan that is possible for a size.
inline std::vector<fleet_plan> every_plan(int classes, int batch) {
  std::vector<fleet_plan> all;
  if (classes <= most_classes_of_thread) all.push_back({fleet_mapping::gan_in_thread, 1, 0});
  if (classes > short_sum_length) all.push_back({fleet_mapping::classes_in_lanes, warp_size, 0});
  for (int lanes = 2; classes <= short_sum_length && lanes <= warp_size; lanes *= 2)
    all.push_back(plan_samples_in_lanes(classes, batch, lanes));
  return all;
}

}  // namespace gumbelcuda
