// SPDX-License-Identifier: Apache-2.0
// Public function train_sweep(): checks, allocates the result, and calls a backend.
#include <algorithm>
#include <string>

#include "gumbelcuda/sweep.hpp"
#include "host/api/choose_devices.hpp"
#include "host/api/config_checks.hpp"
#include "host/api/guarded_training.hpp"
#include "host/byte_text.hpp"
#include "host/cpu/fleet/cpu_backend.hpp"
#include "host/cpu/sweep/cpu_sweep.hpp"
#include "host/cpu/sweep/sweep_groups.hpp"
#include "host/cuda/sweep_backend.hpp"
#include "kernels/sweep/train.hpp"

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
  if (config.gradient_samples > 0) {
    result.nonzero_gradients.resize(gans);
    result.gradient_variance.resize(gans);
  }
  result.most_epochs = *std::max_element(config.epochs.begin(), config.epochs.end());
  result.history_gans = config.history_gans;
  const std::uint64_t rows = config.history_gans * std::uint64_t(result.most_epochs);
  result.history.resize(rows * unsigned(result.most_classes));
  result.history_total_variation.resize(rows);
  result.history_generator_loss.resize(rows);
  result.history_discriminator_loss.resize(rows);
  return result;
}

bool fits_kernels(const sweep_config& config) {
  return std::all_of(config.target.begin(), config.target.end(), [](const std::vector<double>& target) {
    return target.size() <= std::size_t(max_kernel_classes);
  });
}

// Returns false if the device cannot run this build's kernels and the CPU may train instead.
bool trained_on_cuda(const sweep_config& config, const fleet_execution& execution,
                     const std::vector<cuda_device>& devices, sweep_result& result) {
  try {
    train_sweep_on_cuda(config, execution, devices, result);
    return true;
  } catch (const no_device&) {
    if (!cpu_will_do(execution)) throw;
    return false;
  }
}

}  // namespace

sweep_result train_sweep(const sweep_config& config, const fleet_execution& execution) {
  validate(config);
  cpu_threads(execution);
  std::vector<cuda_device> devices = choose_devices(execution);
  if (!devices.empty() && !fits_kernels(config)) {
    if (!cpu_will_do(execution))
      throw invalid_argument(
          "target", "GANs of more than " + std::to_string(max_kernel_classes) + " classes train on the CPU alone");
    devices.clear();
  }
  const std::string result_text = "the result of " + std::to_string(config.num_gans) + " GANs takes ";
  check_fits_memory(config.history_gans > 0 ? "history_gans" : "num_gans", result_text, result_bytes(config));
  const auto too_little_memory = [&] {
    return out_of_memory("out of memory: " + result_text + byte_text(result_bytes(config)) +
                         ", and training takes more; train fewer GANs at a time");
  };
  return guarded(too_little_memory, execution, [&](const fleet_execution& marked) {
    sweep_result result = allocate_result(config);
    if (devices.empty() || !trained_on_cuda(config, marked, devices, result))
      train_sweep_on_cpu(config, marked, result);
    return result;
  });
}

}  // namespace gumbelcuda
