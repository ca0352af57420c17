// SPDX-License-Identifier: Apache-2.0
// Training on one device, in that device's thread: in slices that fit its memory, each in launches so short that
// training can be stopped between them.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "gumbelcuda/detail/gan/training_constants.hpp"
#include "gumbelcuda/detail/training_watch.hpp"
#include "gumbelcuda/fleet.hpp"
#include "host/cpu/training_state.hpp"
#include "host/cuda/handles.hpp"

namespace gumbelcuda {

// The result's history, registered with CUDA for as long as a device's thread holds it. It is registered in such a
// thread, not in the caller's, which may have a current device of its own.
class history_pages {
 public:
  explicit history_pages(std::vector<float>& history) : history_(history) {}

  class holder {
   public:
    explicit holder(history_pages& pages) : pages_(pages) {
      const std::lock_guard lock(pages_.mutex_);
      if (pages_.holders_++ == 0 && !pages_.history_.empty())
        pages_.known_.emplace(pages_.history_.data(), pages_.history_.size() * sizeof(float));
    }
    ~holder() {
      const std::lock_guard lock(pages_.mutex_);
      if (--pages_.holders_ == 0) pages_.known_.reset();
    }
    holder(const holder&) = delete;
    holder& operator=(const holder&) = delete;

   private:
    history_pages& pages_;
  };

 private:
  std::vector<float>& history_;
  std::mutex mutex_;
  int holders_ = 0;
  std::optional<known_pages> known_;
};

// What all devices that train one fleet share.
struct cuda_fleet {
  const fleet_config& config;
  const training_constants& constants;
  fleet_result& result;
  training_watch& watch;
  history_pages& history;
  training_state& state;
};

// Trains these GANs of the fleet, and marks them. Returns early if the watch says stop.
void train_on_device(const cuda_fleet& fleet, const cuda_device& device, const std::vector<gan_range>& ranges);

}  // namespace gumbelcuda
