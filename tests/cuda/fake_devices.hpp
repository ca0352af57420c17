// SPDX-License-Identifier: Apache-2.0
// A small fleet, the CPU's result for it, and its training on fake devices.
#pragma once

#include <gtest/gtest.h>

#include "gumbelcuda/fleet.hpp"
#include "tests/gan/same_result.hpp"
#include "tests/simt/runtime/fake_cuda.hpp"

namespace gumbelcuda {

inline fleet_config small_fleet(std::uint64_t gans) {
  fleet_config config;
  config.num_gans = gans;
  config.epochs = 3;
  config.steps_per_epoch = 4;
  config.generator_steps = 2;
  config.batch_size = 3;
  config.first_gan = 0xffffffff;  // the first two GANs have rows on both sides of 2^32
  return config;
}

inline fleet_execution on_cuda(std::vector<int> devices = {}) {
  fleet_execution execution;
  execution.backend = backend_kind::cuda;
  execution.devices = std::move(devices);
  return execution;
}

inline fleet_result train_on_cpu(const fleet_config& config) {
  fleet_execution execution;
  execution.backend = backend_kind::cpu;
  return train_fleet(config, execution);
}

inline void expect_no_offences() {
  for (const std::string& offence : fake_cuda::offences()) ADD_FAILURE() << offence;
}

}  // namespace gumbelcuda
