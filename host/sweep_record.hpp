// SPDX-License-Identifier: Apache-2.0
// A trained sweep as files and reports have it: what was asked for, what was varied, and the result.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gumbelcuda/sweep.hpp"
#include "host/files/fnv1a.hpp"

namespace gumbelcuda {

// Something that differs between GANs, in the terms of the sweep's file: "generator_learning_rate", "hidden",
// "replica". Words (a loss, a target's name) are numbered in `words`.
struct sweep_axis {
  std::string name{};
  std::vector<double> value{};       // [gan]
  std::vector<std::string> words{};  // empty, or value is an index into it
  bool logarithmic = false;          // how its values are spaced
};

struct sweep_record {
  sweep_config config{};
  std::vector<sweep_axis> axes{};
  sweep_result result{};
  double tolerance = .1;  // total variation up to which a GAN counts as converged
  // Of config.data, which files do not keep: how many, and their hash (data_hash_of). 0 without data.
  std::uint64_t data_count = 0, data_hash = 0;
};

// Whether there are nonzero_gradients and gradient_variance.
inline bool has_gradients(const sweep_record& record) { return record.config.gradient_samples > 0; }

// FNV-1a of the classes, each as four bytes. It says whether two sweeps had the same data.
inline std::uint64_t data_hash_of(const std::vector<std::uint32_t>& data) {
  fnv1a hash;
  for (const std::uint32_t sample : data) hash.add_number(sample, 4);
  return data.empty() ? 0 : hash.value();
}

}  // namespace gumbelcuda
