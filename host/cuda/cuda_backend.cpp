// SPDX-License-Identifier: Apache-2.0
// Trains a fleet on several devices: one thread for each, with equal runs of GANs.
#include "host/cuda/cuda_backend.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>

#include "host/cuda/device_training.hpp"

namespace gumbelcuda {
void train_fleet_on_cuda(const fleet_config& config, const fleet_execution& execution,
                         const std::vector<cuda_device>& wanted, fleet_result& result) {
  const auto start = std::chrono::steady_clock::now();
  const std::uint64_t used = std::min<std::uint64_t>(wanted.size(), config.num_gans);
  const std::vector<cuda_device> devices(wanted.begin(), wanted.begin() + std::ptrdiff_t(used));
  const training_constants constants(config.target);
  training_watch watch(config.num_gans * std::uint64_t(config.epochs), execution);
  history_pages history(result.history);
  const cuda_fleet fleet{config, constants, result, watch, history};
  first_failure failure;
  {
    std::vector<std::jthread> threads;
    threads.reserve(devices.size());
    std::uint64_t first = 0;
    for (std::uint64_t i = 0; i < used; ++i) {
      const std::uint64_t count = config.num_gans / used + (i < config.num_gans % used ? 1 : 0);
      try {
        threads.emplace_back([&fleet, &device = devices[i], &failure, first, count] {
          try {
            train_on_device(fleet, device, first, count);
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
      first += count;
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
