// SPDX-License-Identifier: Apache-2.0
// One slice of the fleet on one device: its memory, its launches, its results.
#pragma once

#include "host/cuda/device_training.hpp"
#include "kernels/fleet/slice.hpp"

namespace gumbelcuda {

// The arrays that stay on a device from slice to slice.
struct device_constants {
  device_buffer<float> target, corrections;
  device_buffer<std::uint32_t> first_word, last_word;
  explicit device_constants(const training_constants& constants);
};

class slice_training {
 public:
  slice_training(const cuda_fleet& fleet, const device_constants& constants, int multiprocessors, std::uint64_t first,
                 std::uint64_t count);

  // Returns false if stopped; the GANs are paused then.
  bool run();

 private:
  struct launched {
    cuda_event begin = make_event(), end = make_event();
    std::uint64_t first_step = 0, last_step = 0;
  };
  // A temperature or learning rate: one value for all GANs, or the values of this slice.
  struct gan_values {
    device_buffer<float> values;
    float largest = 0;
  };

  void send(const std::vector<float>& all, gan_values& to) const;
  std::uint64_t epochs_at(std::uint64_t step) const { return step / slice_.steps_per_epoch; }
  void start(const launched& launch);
  // Copies rows of the history to the host, if they have so many bytes.
  void send_history(const launched& launch, std::uint64_t least_bytes);
  void load_state();
  // After the last launch.
  void pause(const launched& last);
  void wait() const;
  void fetch_results();

  const cuda_fleet& fleet_;
  const std::uint64_t first_, count_, begin_;  // GANs; the step from which on they train
  gan_values temperature_, generator_rate_, discriminator_rate_;
  device_buffer<float> state_, distribution_, logits_, weights_, bias_, generator_loss_, discriminator_loss_, history_;
  fleet_slice slice_{};
  std::uint64_t history_sent_;  // epochs
  // One stream runs launches, the other copies history. Declared last: both end before the memory they use is freed.
  cuda_stream training_ = make_stream(), leaving_ = make_stream();
};

}  // namespace gumbelcuda
