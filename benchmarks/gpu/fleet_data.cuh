// SPDX-License-Identifier: Apache-2.0
// A fleet in device memory and the launches of its kernel, for the benchmarks and their check.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "benchmarks/gpu/harness.cuh"
#include "gumbelcuda/detail/gan/race.hpp"
#include "gumbelcuda/detail/gan/training_constants.hpp"
#include "gumbelcuda/fleet.hpp"
#include "host/cpu/fleet/task_of_config.hpp"
#include "kernels/fleet/train.hpp"

namespace gumbelcuda::benchmark {

class fleet_data {
 public:
  fleet_data(const fleet_config& config, const device_facts& device)
      : config_(config),
        constants_(config.target),
        classes_(config.target.size()),
        gans_(config.num_gans),
        target_(constants_.target),
        first_word_(constants_.first_word),
        last_word_(constants_.last_word),
        corrections_(constants_.adam_values),
        temperature_(config.temperature),
        generator_rate_(config.generator_learning_rate),
        discriminator_rate_(config.discriminator_learning_rate),
        state_(gans_ * fleet_state_size(int(classes_))),
        distribution_(gans_ * classes_),
        logits_(gans_ * classes_),
        weights_(gans_ * classes_),
        bias_(gans_),
        generator_loss_(gans_),
        discriminator_loss_(gans_) {
    static_cast<training_task&>(slice_) = task_of(config, 0, gans_);
    slice_.history_gans = 0;
    set_arrays(slice_, target_, first_word_, last_word_, corrections_, temperature_, generator_rate_,
               discriminator_rate_);
    slice_.multiprocessors = device.properties.multiProcessorCount;
    slice_.racing = *std::ranges::max_element(config.temperature) <= racing_temperature_limit;
    slice_.state = state_.data();
    slice_.results = {distribution_.data(), logits_.data(),         weights_.data(),
                      bias_.data(),         generator_loss_.data(), discriminator_loss_.data()};
  }

  std::uint64_t gans() const { return gans_; }
  std::uint64_t steps() const { return slice_.steps_per_epoch * slice_.epochs; }
  const fleet_slice& slice() const { return slice_; }

  // Trains steps [first, last) in one launch.
  void train(std::uint64_t first, std::uint64_t last, cudaStream_t stream) const {
    fleet_slice slice = slice_;
    slice.first_step = first;
    slice.last_step = last;
    check(launch_train_fleet(slice, stream), "train_fleet");
  }
  void train_in_launches_of(std::uint64_t steps_a_launch, cudaStream_t stream) const {
    for (std::uint64_t step = 0; step < steps(); step += steps_a_launch)
      train(step, std::min(steps(), step + steps_a_launch), stream);
  }

  std::vector<float> distribution() const { return distribution_.to_host(); }
  // So that what is there afterwards was written afterwards.
  void forget_distribution() const {
    check(cudaMemset(distribution_.data(), 0xff, distribution_.bytes()), "cudaMemset");
  }

  // Whether the result of the last step equals the CPU's, byte for byte.
  bool is_right() const {
    fleet_execution on_cpu;
    on_cpu.backend = backend_kind::cpu;
    const fleet_result expected = train_fleet(config_, on_cpu);
    const auto same = [](const device_array<float>& a, const std::vector<float>& b) {
      return a.size() == b.size() && std::memcmp(a.to_host().data(), b.data(), a.bytes()) == 0;
    };
    return same(distribution_, expected.distribution) && same(logits_, expected.logits) &&
           same(weights_, expected.weights) && same(bias_, expected.bias) &&
           same(generator_loss_, expected.generator_loss) && same(discriminator_loss_, expected.discriminator_loss);
  }

 private:
  fleet_config config_;
  training_constants constants_;
  std::size_t classes_, gans_;
  device_array<float> target_;
  device_array<std::uint32_t> first_word_, last_word_;
  device_array<float> corrections_, temperature_, generator_rate_, discriminator_rate_, state_;
  device_array<float> distribution_, logits_, weights_, bias_, generator_loss_, discriminator_loss_;
  fleet_slice slice_{};
};

// Moments of each class's learned probability over the GANs.
struct class_moments {
  std::vector<double> mean, stddev;
  class_moments(const std::vector<float>& distribution, std::size_t classes) : mean(classes), stddev(classes) {
    const double gans = double(distribution.size() / classes);
    for (std::size_t i = 0; i < distribution.size(); ++i) mean[i % classes] += double(distribution[i]) / gans;
    for (std::size_t i = 0; i < distribution.size(); ++i)
      stddev[i % classes] += std::pow(double(distribution[i]) - mean[i % classes], 2) / gans;
    for (double& s : stddev) s = std::sqrt(s);
  }
};

// A peer trains the same fleet with other noise. Its means must agree with ours to six deviations of a difference of
// means, plus 1e-3 for effects that float arithmetic and another order of sums may have on all GANs alike.
inline bool means_agree(const class_moments& ours, const class_moments& peers, std::uint64_t gans) {
  bool agree = true;
  for (std::size_t k = 0; k < ours.mean.size(); ++k)
    agree = agree && std::abs(ours.mean[k] - peers.mean[k]) <= 6 * ours.stddev[k] * std::sqrt(2. / double(gans)) + 1e-3;
  return agree;
}

}  // namespace gumbelcuda::benchmark
