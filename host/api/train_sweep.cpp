// SPDX-License-Identifier: Apache-2.0
// Public function train_sweep(): checks, allocates the result, and calls a backend.
#include <algorithm>
#include <string>

#include "gumbelcuda/sweep.hpp"
#include "host/api/guarded_training.hpp"
#include "host/byte_text.hpp"
#include "host/cpu/fleet/cpu_backend.hpp"
#include "host/cpu/sweep/cpu_sweep.hpp"
#include "host/cpu/sweep/sweep_groups.hpp"

namespace gumbelcuda {
namespace {

sweep_result allocate_result(const sweep_config& config) {
  sweep_result result;
  const std::uint64_t gans = config.num_gans;
  result.num_gans = gans;
  result.classes.resize(gans);
  for (std::uint64_t gan = 0; gan < gans; ++gan) {
    result.classes[gan] = int(value_of_gan(config.target, gan).size());
    result.most_classes = std::max(result.most_classes, result.classes[gan]);
  }
  result.distribution.resize(gans * unsigned(result.most_classes));
  result.logits.resize(gans * unsigned(result.most_classes));
  result.outcome.resize(gans);
  result.epochs.resize(gans);
  result.steps.resize(gans);
  result.total_variation.resize(gans);
  result.generator_loss.resize(gans);
  result.discriminator_loss.resize(gans);
  result.most_epochs = *std::max_element(config.epochs.begin(), config.epochs.end());
  result.history_gans = config.history_gans;
  const std::uint64_t rows = config.history_gans * std::uint64_t(result.most_epochs);
  result.history.resize(rows * unsigned(result.most_classes));
  result.history_total_variation.resize(rows);
  result.history_generator_loss.resize(rows);
  result.history_discriminator_loss.resize(rows);
  return result;
}

}  // namespace

sweep_result train_sweep(const sweep_config& config, const fleet_execution& execution) {
  validate(config);
  cpu_threads(execution);
  if (execution.backend == backend_kind::cuda || !execution.devices.empty())
    throw no_device("sweeps train on the CPU alone so far; fleets of equal GANs (train_fleet) train on devices, too");
  const auto too_little_memory = [&] {
    return out_of_memory("out of memory: the result of " + std::to_string(config.num_gans) + " GANs takes " +
                         byte_text(result_bytes(config)) + "; train fewer GANs at a time");
  };
  return guarded(too_little_memory, execution, [&](const fleet_execution& marked) {
    sweep_result result = allocate_result(config);
    train_sweep_on_cpu(config, marked, result);
    return result;
  });
}

}  // namespace gumbelcuda
