// SPDX-License-Identifier: Apache-2.0
// How many threads train one GAN, and what they share of it. This affects speed, not results. It follows from
// arithmetic, not measurement:
//
//   One GAN per thread costs the fewest instructions: nothing is exchanged, and the race saves most of the rest. But a
//   fleet with fewer GANs than the device has threads leaves it idle. Then a group of lanes trains a GAN; it is as
//   large as the fleet leaves threads for, up to one lane for each sample of the batch.
//   A group cannot race. Where threads would, a group's lanes compute about four times the samples, so a device that is
//   not full is still faster with threads, down to three quarters of a warp per scheduler. A GAN small enough for
//   early_group_gan.cuh is faster in 16 lanes, even if not all groups fit onto the device at once: threads beat them
//   from 72 GANs a multiprocessor on, by the model's count (benchmarks/gpu_model). From 17 classes on, a sum over them
//   has 32 slots, and lanes can hold classes instead. The arrays of a GAN with 1,024 classes take 190 KB, and those of
//   all threads 2,048·190 KB per multiprocessor: above 32 classes a warp shares them.
#pragma once

#include <cstdint>
#include <string>

#include "gumbelcuda/math/sum.hpp"
#include "kernels/fleet/group_memory.hpp"
#include "kernels/warp.hpp"

namespace gumbelcuda {

enum class fleet_mapping { gan_in_thread, samples_in_lanes, classes_in_lanes };

struct fleet_plan {
  fleet_mapping mapping;
  int lanes;    // per GAN
  int samples;  // that a group takes at a time, if samples lie in lanes; otherwise 0
};

inline constexpr int most_classes_of_thread = 32;

// One GAN per `lanes` lanes, samples side by side. At most as many classes as a short sum has: any `lanes` then fits.
constexpr fleet_plan plan_samples_in_lanes(int classes, int batch, int lanes) {
  const bool at_once = group_memory{classes, batch}.fits(lanes);
  return {fleet_mapping::samples_in_lanes, lanes, at_once || batch < lanes ? batch : lanes};
}

// Whether its samples, with the parameters beside them, have a lane each in a group of 16 (early_group_gan::fits), for
// the batch that such kernels are compiled for.
inline constexpr int early_group = 16;
constexpr bool is_early_in_groups(int classes, int batch) { return batch == 10 && classes <= 5; }

// From this number of GANs on, threads that race beat groups.
constexpr std::uint64_t least_racing_fleet(int classes, int batch, int multiprocessors) {
  constexpr int schedulers = 4;
  const int of_multiprocessor = is_early_in_groups(classes, batch) ? 72 : schedulers * warp_size * 3 / 4;
  return std::uint64_t(multiprocessors) * unsigned(of_multiprocessor);
}

// multiprocessors = 0: unknown.
constexpr fleet_plan plan_train_fleet(int classes, int batch, std::uint64_t gans, int multiprocessors, bool racing) {
  const std::uint64_t threads = std::uint64_t(multiprocessors) * train_fleet_threads;
  const auto leaves = [&](int lanes) { return gans <= threads / std::uint64_t(lanes); };
  if (classes > most_classes_of_thread || (classes > short_sum_length && leaves(warp_size)))
    return {fleet_mapping::classes_in_lanes, warp_size, 0};
  int lanes = 1;
  const bool in_groups =
      classes <= short_sum_length && !(racing && gans >= least_racing_fleet(classes, batch, multiprocessors));
  if (in_groups && racing && is_early_in_groups(classes, batch)) lanes = early_group;
  while (in_groups && lanes < batch && lanes < warp_size && leaves(2 * lanes)) lanes *= 2;
  return lanes == 1 ? fleet_plan{fleet_mapping::gan_in_thread, 1, 0} : plan_samples_in_lanes(classes, batch, lanes);
}

inline std::string to_string(const fleet_plan& plan) {
  switch (plan.mapping) {
    case fleet_mapping::gan_in_thread:
      return "a GAN a thread";
    case fleet_mapping::samples_in_lanes:
      return std::to_string(plan.lanes) + " lanes a GAN, samples side by side, " + std::to_string(plan.samples) +
             " at a time";
    case fleet_mapping::classes_in_lanes:
      break;
  }
  return std::to_string(plan.lanes) + " lanes a GAN, classes side by side";
}

}  // namespace gumbelcuda
