// SPDX-License-Identifier: Apache-2.0
#include "host/api/choose_devices.hpp"

#include <algorithm>

#include "host/cuda/cuda_backend.hpp"

namespace gumbelcuda {
namespace {

std::string list(const std::vector<cuda_device>& devices) {
  std::string text;
  for (const cuda_device& device : devices)
    text += (text.empty() ? "" : ", ") + std::to_string(device.number) + " (" + device.name + ")";
  return text;
}

}  // namespace

std::vector<cuda_device> cuda_devices() { return ask_for_cuda_devices().devices; }

std::string cuda_problem() { return ask_for_cuda_devices().problem; }

bool cpu_will_do(const fleet_execution& execution) {
  return execution.backend != backend_kind::cuda && execution.devices.empty();
}

std::vector<cuda_device> choose_devices(const fleet_execution& execution) {
  if (execution.backend == backend_kind::cpu) {
    if (!execution.devices.empty())
      throw invalid_argument("devices", std::to_string(execution.devices.front()) +
                                            " is a CUDA device's number, but the CPU backend was asked for");
    return {};
  }
  // A caller that sets threads or cpu_target means the CPU.
  if (cpu_will_do(execution) && (execution.threads > 0 || !execution.cpu_target.empty())) return {};

  const auto [there, problem] = ask_for_cuda_devices();
  if (there.empty()) {
    if (cpu_will_do(execution)) return {};
    throw no_device("backend cuda: " + problem);
  }
  if (execution.devices.empty()) return {there.front()};
  std::vector<cuda_device> chosen;
  for (const int number : execution.devices) {
    const auto is_it = [number](const cuda_device& device) { return device.number == number; };
    const auto found = std::find_if(there.begin(), there.end(), is_it);
    if (found == there.end())
      throw invalid_argument("devices", std::to_string(number) + " is not among those of this machine: " + list(there));
    if (std::any_of(chosen.begin(), chosen.end(), is_it))
      throw invalid_argument("devices", std::to_string(number) + " is named twice; there are " + list(there));
    chosen.push_back(*found);
  }
  return chosen;
}

}  // namespace gumbelcuda
