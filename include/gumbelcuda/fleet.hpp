// SPDX-License-Identifier: Apache-2.0
// Training a fleet of toy GANs: many independent copies of a GAN whose generator is K logits followed by
// Gumbel-softmax and whose discriminator is logistic regression, each learning a discrete distribution
// from one-hot samples. The defaults are the source article's (docs/article.md).
//
//   gumbelcuda::fleet_config config;
//   config.num_gans = 1000;
//   gumbelcuda::fleet_result result = gumbelcuda::train_fleet(config);
//
// The same configuration gives the same bytes of result on every backend, instruction set and number of threads. GAN i
// of a large fleet equals GAN i trained alone.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/export.h"

namespace gumbelcuda {

struct fleet_config {
  // ≥ 1.
  std::uint64_t num_gans = 1;
  // Probabilities of the K classes, 2 ≤ K ≤ 1024: each in [0, 1], their sum 1 to within 1e-6.
  std::vector<double> target{0, 0, .1, .3, .6};
  // Each ≥ 1; at most 2^40 generator updates in all.
  std::int64_t epochs = 200, steps_per_epoch = 100;
  // 1 … 4096 samples per update.
  std::int64_t batch_size = 10;
  // 1 … 1000 generator updates after each discriminator update.
  std::int64_t generator_steps = 10;
  // One value for all GANs, or one for each. Temperatures: ≥ 0, finite. Learning rates: > 0, finite.
  std::vector<float> temperature{1e-3f};
  std::vector<float> generator_learning_rate{7e-4f}, discriminator_learning_rate{7e-4f};
  // GAN i draws from row first_gan + i of this seed's noise stream, so that a fleet may be trained in parts.
  std::uint64_t seed = 42, first_gan = 0;
  // The first history_gans GANs store their distribution after every epoch; at most num_gans.
  std::uint64_t history_gans = 0;
};

// The results of all GANs. Classes lie next to each other: element [gan][class] is at gan·K + class.
struct fleet_result {
  std::uint64_t num_gans = 0;
  int classes = 0;
  std::vector<float> distribution{};  // [gan][class], softmax(logits)
  std::vector<float> logits{};        // [gan][class]
  std::vector<float> weights{};       // [gan][class], the discriminator's
  std::vector<float> bias{};          // [gan]
  // [gan]: the expected losses for one-hot samples at the final parameters (detail/gan/model.hpp).
  std::vector<float> generator_loss{}, discriminator_loss{};
  std::vector<float> history{};  // [history gan][epoch][class]
  std::string backend{};         // what trained the fleet, "cpu" or "cuda"
  std::string target{};          // its instruction set, "avx2", or its device, "NVIDIA H100 80GB HBM3, sm_90"
  int threads = 0;               // its threads; under CUDA one per device
  double seconds = 0;            // of training
};

struct progress_report {
  std::uint64_t done = 0, total = 0;  // GAN-epochs
};

struct fleet_execution {
  backend_kind backend = backend_kind::automatic;
  // CPU threads, 1 … 4096; 0 for as many as the process may use.
  int threads = 0;
  // A name from cpu_targets() forces that instruction set; an empty one takes the best.
  std::string cpu_target{};
  // Numbers of the CUDA devices among which the GANs are divided evenly; if empty, the first device.
  std::vector<int> devices{};
  // Another thread or a signal handler sets it to stop training within a fraction of a second.
  const std::atomic<bool>* stop = nullptr;
  // Called from time to time, at most every 0.1 s, by the thread that called train_fleet.
  std::function<void(const progress_report&)> on_progress{};
};

// The instruction sets that this machine can run, best first: avx512, avx2, neon, scalar.
GUMBELCUDA_API std::vector<std::string> cpu_targets();

// A device that CUDA can train on.
struct cuda_device {
  int number = 0;
  std::string name{};
  int compute_capability = 0;  // 90 is 9.0
  int multiprocessors = 0;
  std::uint64_t memory = 0;  // bytes
};

// cuda_devices() gives the devices of this machine. It is empty if there are none or if this build has no CUDA backend.
// Then cuda_problem() says why, and what to do; it is empty if there are devices.
GUMBELCUDA_API std::vector<cuda_device> cuda_devices();
GUMBELCUDA_API std::string cuda_problem();

// Throws invalid_argument for a configuration that train_fleet would not accept on any machine. It does not ask how
// much memory there is.
GUMBELCUDA_API void validate(const fleet_config& config);

// The number of CPU threads that training uses by default: the processors that this process may use.
GUMBELCUDA_API int default_threads();

// How many bytes the result of a fleet takes; the largest number of its type if it is more than that.
GUMBELCUDA_API std::uint64_t result_bytes(const fleet_config& config);

// Trains a fleet. Throws invalid_argument (before any work), no_device, interrupted, out_of_memory, device_error, and
// error if not even one thread can be started. What on_progress throws is passed on unchanged.
GUMBELCUDA_API fleet_result train_fleet(const fleet_config& config, const fleet_execution& execution = {});

}  // namespace gumbelcuda
