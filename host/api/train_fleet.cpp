// SPDX-License-Identifier: Apache-2.0
// Public function train_fleet(): checks, allocates the result, and calls a backend.
#include <string>
#include <utility>

#include "gumbelcuda/detail/gan/parameters.hpp"
#include "gumbelcuda/partial_training.hpp"
#include "host/api/choose_devices.hpp"
#include "host/api/config_checks.hpp"
#include "host/api/guarded_training.hpp"
#include "host/api/paused_checks.hpp"
#include "host/byte_text.hpp"
#include "host/cpu/fleet/cpu_backend.hpp"
#include "host/cuda/cuda_backend.hpp"

namespace gumbelcuda {
namespace {

// "the result of 8 GANs takes".
std::string result_text(const fleet_config& config) {
  const std::string history =
      config.history_gans > 0 ? " with the history of " + std::to_string(config.history_gans) : "";
  return "the result of " + std::to_string(config.num_gans) + " GANs" + history + " takes ";
}

fleet_result allocate_result(const fleet_config& config) {
  fleet_result result;
  result.num_gans = config.num_gans;
  result.classes = int(config.target.size());
  const std::size_t gans = config.num_gans, values = gans * config.target.size();
  result.distribution.resize(values);
  result.logits.resize(values);
  result.weights.resize(values);
  result.bias.resize(gans);
  result.generator_loss.resize(gans);
  result.discriminator_loss.resize(gans);
  result.history.resize(config.history_gans * std::uint64_t(config.epochs) * config.target.size());
  return result;
}

out_of_memory too_little_memory(const fleet_config& config) {
  return out_of_memory("out of memory: " + result_text(config) + byte_text(result_bytes(config)) +
                       "; train fewer GANs at a time");
}

void check_sizes(const fleet_config& config, const partial_fleet& fleet) {
  const fleet_result& r = fleet.result;
  const std::size_t gans = config.num_gans, values = gans * config.target.size();
  const std::size_t history = config.history_gans * std::uint64_t(config.epochs) * config.target.size();
  if (fleet.ended.size() != gans || r.num_gans != gans || std::size_t(r.classes) != config.target.size() ||
      r.distribution.size() != values || r.logits.size() != values || r.weights.size() != values ||
      r.bias.size() != gans || r.generator_loss.size() != gans || r.discriminator_loss.size() != gans ||
      r.history.size() != history)
    throw invalid_argument("fleet", "is a partial training of another configuration; prepare() gives one its sizes");
  const std::uint64_t numbers = fleet_state_size(r.classes);
  const std::uint64_t steps = std::uint64_t(config.epochs) * std::uint64_t(config.steps_per_epoch);
  check_paused(
      "fleet", fleet.ended, fleet.paused, [=](std::uint64_t) { return numbers; }, [=](std::uint64_t) { return steps; });
}

// Returns false if the devices cannot run this build's kernels and the CPU may train instead.
bool trained_on_cuda(const fleet_config& config, const fleet_execution& execution,
                     const std::vector<cuda_device>& devices, training_state& state, fleet_result& result) {
  try {
    train_fleet_on_cuda(config, execution, devices, state, result);
    return true;
  } catch (const no_device&) {
    if (!cpu_will_do(execution)) throw;
    return false;
  }
}

}  // namespace

int default_threads() { return cpu_threads({}); }

void prepare(const fleet_config& config, partial_fleet& fleet) {
  validate(config);
  check_fits_memory(config.history_gans > 0 ? "history_gans" : "num_gans", result_text(config), result_bytes(config));
  guarded([&] { return too_little_memory(config); }, {},
          [&](const fleet_execution&) {
            fleet.result = allocate_result(config);
            fleet.ended.assign(config.num_gans, 0);
            fleet.paused.clear();
          });
}

void train_fleet(const fleet_config& config, partial_fleet& fleet, const fleet_execution& execution) {
  validate(config);
  cpu_threads(execution);
  const std::vector<cuda_device> devices = choose_devices(execution);
  if (fleet.ended.empty()) prepare(config, fleet);
  check_sizes(config, fleet);
  guarded([&] { return too_little_memory(config); }, execution,
          [&](const fleet_execution& marked) {
            training_state state(fleet);
            if (devices.empty() || state.all_ended() || !trained_on_cuda(config, marked, devices, state, fleet.result))
              train_fleet_on_cpu(config, marked, state, fleet.result);
          });
}

fleet_result train_fleet(const fleet_config& config, const fleet_execution& execution) {
  partial_fleet fleet;
  train_fleet(config, fleet, execution);
  return std::move(fleet.result);
}

}  // namespace gumbelcuda
