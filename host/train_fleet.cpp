// SPDX-License-Identifier: Apache-2.0
// The public entry: checks, makes room for the result, and hands over to a backend.
#include <unistd.h>

#include <string>

#include "gumbelcuda/fleet.hpp"
#include "host/cpu/cpu_backend.hpp"

namespace gumbelcuda {
namespace {

// A vector of a size that no machine has would be found out by the kernel, long after the start.
void check_memory(const fleet_config& config) {
  const std::uint64_t needed = result_bytes(config);
  const auto installed = std::uint64_t(sysconf(_SC_PHYS_PAGES)) * std::uint64_t(sysconf(_SC_PAGE_SIZE));
  const auto gibibytes = [](std::uint64_t bytes) {
    const std::string tenths = std::to_string(std::uint64_t(double(bytes) / 0x1p30 * 10 + 0.5));
    return (tenths.size() > 1 ? tenths.substr(0, tenths.size() - 1) : "0") + "." + tenths.back() + " GiB";
  };
  if (needed > installed)
    throw invalid_argument(config.history_gans > 0 ? "history_gans" : "num_gans",
                           "the result of " + std::to_string(config.num_gans) + " GANs with the history of " +
                               std::to_string(config.history_gans) + " takes " + gibibytes(needed) +
                               ", this machine has " + gibibytes(installed));
}

}  // namespace

fleet_result train_fleet(const fleet_config& config, const fleet_execution& execution) {
  validate(config);
  cpu_threads(execution);
  if (execution.backend == backend_kind::cuda)
    throw no_device("backend cuda: this build has no CUDA backend; use the CPU backend (cpu or auto)");
  check_memory(config);

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
  train_fleet_on_cpu(config, execution, result);
  return result;
}

}  // namespace gumbelcuda
