// SPDX-License-Identifier: Apache-2.0
// Public function train_sweep(): checks, allocates the result, and calls a backend.
#include <algorithm>
#include <string>
#include <utility>

#include "gumbelcuda/detail/sweep/shape.hpp"
#include "gumbelcuda/partial_training.hpp"
#include "host/api/choose_devices.hpp"
#include "host/api/config_checks.hpp"
#include "host/api/guarded_training.hpp"
#include "host/api/paused_checks.hpp"
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

std::string result_text(const sweep_config& config) {
  return "the result of " + std::to_string(config.num_gans) + " GANs takes ";
}

out_of_memory too_little_memory(const sweep_config& config) {
  return out_of_memory("out of memory: " + result_text(config) + byte_text(result_bytes(config)) +
                       ", and training takes more; train fewer GANs at a time");
}

void check_sizes(const sweep_config& config, const partial_sweep& sweep) {
  const sweep_result& r = sweep.result;
  const std::size_t gans = config.num_gans, most = std::size_t(r.most_classes), values = gans * most;
  const std::size_t rows = config.history_gans * std::uint64_t(r.most_epochs);
  const std::size_t gradients = config.gradient_samples > 0 ? gans : 0;
  bool fits = sweep.ended.size() == gans && r.num_gans == gans && r.classes.size() == gans &&
              r.distribution.size() == values && r.logits.size() == values && r.outcome.size() == gans &&
              r.epochs.size() == gans && r.steps.size() == gans && r.total_variation.size() == gans &&
              r.generator_loss.size() == gans && r.discriminator_loss.size() == gans &&
              r.nonzero_gradients.size() == gradients && r.gradient_variance.size() == gradients &&
              r.most_epochs == *std::max_element(config.epochs.begin(), config.epochs.end()) &&
              r.history_gans == config.history_gans && r.history.size() == rows * most &&
              r.history_total_variation.size() == rows && r.history_generator_loss.size() == rows &&
              r.history_discriminator_loss.size() == rows;
  for (std::uint64_t gan = 0; fits && gan < gans; ++gan) {
    const std::size_t classes = value_of_gan(config.target, gan).size();
    fits = classes == std::size_t(r.classes[gan]) && classes <= most;
  }
  if (!fits)
    throw invalid_argument("sweep", "is a partial training of another configuration; prepare() gives one its sizes");
  check_paused(
      "sweep", sweep.ended, sweep.paused,
      [&](std::uint64_t gan) { return std::uint64_t(sweep_shape(shape_of(config, gan)).state_numbers()); },
      [&](std::uint64_t gan) {
        return std::uint64_t(value_of_gan(config.epochs, gan)) * std::uint64_t(config.steps_per_epoch);
      });
}

// Returns false if the device cannot run this build's kernels and the CPU may train instead.
bool trained_on_cuda(const sweep_config& config, const fleet_execution& execution,
                     const std::vector<cuda_device>& devices, training_state& state, sweep_result& result) {
  try {
    train_sweep_on_cuda(config, execution, devices, state, result);
    return true;
  } catch (const no_device&) {
    if (!cpu_will_do(execution)) throw;
    return false;
  }
}

}  // namespace

void prepare(const sweep_config& config, partial_sweep& sweep) {
  validate(config);
  check_fits_memory(config.history_gans > 0 ? "history_gans" : "num_gans", result_text(config), result_bytes(config));
  guarded([&] { return too_little_memory(config); }, {},
          [&](const fleet_execution&) {
            sweep.result = allocate_result(config);
            sweep.ended.assign(config.num_gans, 0);
            sweep.paused.clear();
          });
}

void train_sweep(const sweep_config& config, partial_sweep& sweep, const fleet_execution& execution) {
  validate(config);
  cpu_threads(execution);
  std::vector<cuda_device> devices = choose_devices(execution);
  if (!devices.empty() && !fits_kernels(config)) {
    if (!cpu_will_do(execution))
      throw invalid_argument(
          "target", "GANs of more than " + std::to_string(max_kernel_classes) + " classes train on the CPU alone");
    devices.clear();
  }
  if (sweep.ended.empty()) prepare(config, sweep);
  check_sizes(config, sweep);
  guarded([&] { return too_little_memory(config); }, execution,
          [&](const fleet_execution& marked) {
            training_state state(sweep);
            if (devices.empty() || state.all_ended() || !trained_on_cuda(config, marked, devices, state, sweep.result))
              train_sweep_on_cpu(config, marked, state, sweep.result);
          });
}

sweep_result train_sweep(const sweep_config& config, const fleet_execution& execution) {
  partial_sweep sweep;
  train_sweep(config, sweep, execution);
  return std::move(sweep.result);
}

}  // namespace gumbelcuda
