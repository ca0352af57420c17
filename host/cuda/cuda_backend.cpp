// SPDX-License-Identifier: Apache-2.0
// Trains a fleet on several devices: one thread for each, with equal runs of GANs.
#include "host/cuda/cuda_backend.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>

#include "host/cpu/fleet/task_of_config.hpp"
#include "host/cuda/device_training.hpp"

namespace gumbelcuda {
void train_fleet_on_cuda(const fleet_config& config, const fleet_execution& execution,
                         const std::vector<cuda_device>& wanted, training_state& state, fleet_result& result) {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<gan_range> ranges = state.left();
  const std::uint64_t gans = total(ranges), used = std::min<std::uint64_t>(wanted.size(), gans);
  const std::vector<cuda_device> devices(wanted.begin(), wanted.begin() + std::ptrdiff_t(used));
  const training_constants constants(config.target);
  training_watch watch(all_epochs(config), execution);
  history_pages history(result.history);
  watch.done((config.num_gans - gans) * std::uint64_t(config.epochs) +
             state.paused_epochs(std::uint64_t(config.steps_per_epoch)));
  const cuda_fleet fleet{config, constants, result, watch, history, state};
  first_failure failure;
  {
    std::vector<std::jthread> threads;
    threads.reserve(devices.size());
    for (std::uint64_t i = 0; i < used; ++i) {
      try {
        threads.emplace_back([&fleet, &device = devices[i], &failure, part = equal_part(ranges, i, used)] {
          try {
            train_on_device(fleet, device, part);
          } catch (...) {
            failure.keep(std::current_exception());
            fleet.watch.abandon();
          }
          fleet.watch.worker_ends();
        });
      } catch (...) {
        watch.abandon();  // running threads are joined on the way out
        throw;
      }
    }
    watch.wait_for(int(used));
  }
  failure.rethrow();
  if (watch.stopped()) throw interrupted("training was stopped before its end");
  result.threads = int(used);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.backend = "cuda";
  result.target = target_text_of(devices);
}

}  // namespace gumbelcuda
