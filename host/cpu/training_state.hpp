// SPDX-License-Identifier: Apache-2.0
// Which GANs of a training have ended, and which are paused. Backends train the others from their beginning and the
// paused ones from where they are, mark GANs as they end, and pause those that they train when they are stopped.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

#include "gumbelcuda/partial_training.hpp"
#include "host/cpu/gan_range.hpp"

namespace gumbelcuda {

class training_state {
 public:
  // Of a partial training, which must outlive this object. paused: by number.
  training_state(std::vector<std::uint8_t>& ended, std::vector<paused_gan>& paused) : ended_(ended), paused_(paused) {}
  template <class Result>
  explicit training_state(partial_training<Result>& run) : training_state(run.ended, run.paused) {}
  // Gives the partial training the GANs that have been paused. Without memory for them it keeps those that it had.
  ~training_state() {
    try {
      settle();
    } catch (...) {
      std::erase_if(paused_, [this](const paused_gan& each) { return has_ended(each.gan); });
    }
  }
  training_state(const training_state&) = delete;
  training_state& operator=(const training_state&) = delete;

  // Before any thread marks one.
  bool has_ended(std::uint64_t gan) const { return ended_[gan] != 0; }
  bool all_ended() const { return std::find(ended_.begin(), ended_.end(), std::uint8_t{0}) == ended_.end(); }
  // The steps that the GAN had made when this training began.
  std::uint64_t steps(std::uint64_t gan) const {
    const paused_gan* const paused = find(gan);
    return paused ? paused->steps : 0;
  }
  // Null if it begins anew.
  const paused_gan* find(std::uint64_t gan) const {
    const auto at = std::lower_bound(paused_.begin(), paused_.end(), gan,
                                     [](const paused_gan& each, std::uint64_t number) { return each.gan < number; });
    return at != paused_.end() && at->gan == gan ? &*at : nullptr;
  }
  // Epochs that paused GANs have trained.
  std::uint64_t paused_epochs(std::uint64_t steps_per_epoch) const {
    std::uint64_t epochs = 0;
    for (const paused_gan& each : paused_) epochs += each.steps / steps_per_epoch;
    return epochs;
  }
  // The GANs that have not ended, as few ranges as possible; those of a range have made the same number of steps.
  std::vector<gan_range> left() const {
    std::vector<gan_range> ranges;
    auto paused = paused_.begin();
    std::uint64_t steps_of_last = 0;
    for (std::uint64_t gan = 0; gan < ended_.size(); ++gan) {
      if (has_ended(gan)) continue;
      while (paused != paused_.end() && paused->gan < gan) ++paused;
      const std::uint64_t steps = paused != paused_.end() && paused->gan == gan ? paused->steps : 0;
      if (!ranges.empty() && steps == steps_of_last && ranges.back().first + ranges.back().count == gan)
        ++ranges.back().count;
      else
        ranges.push_back({gan, 1});
      steps_of_last = steps;
    }
    return ranges;
  }

  // The results of these GANs are final, for every thread that sees the marks.
  void mark(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t gan = first; gan < first + count; ++gan)
      std::atomic_ref(ended_[gan]).store(1, std::memory_order_release);
  }
  // By any thread. One that has made no step is not paused.
  void pause(paused_gan gan) {
    if (gan.steps == 0) return;
    const std::lock_guard lock(mutex_);
    new_.push_back(std::move(gan));
  }

 private:
  void settle() {
    const auto by_number = [](const paused_gan& a, const paused_gan& b) { return a.gan < b.gan; };
    std::sort(new_.begin(), new_.end(), by_number);
    std::vector<paused_gan> all;
    all.reserve(paused_.size() + new_.size());
    for (paused_gan& each : paused_)
      if (!has_ended(each.gan) && !std::binary_search(new_.begin(), new_.end(), each, by_number))
        all.push_back(std::move(each));
    std::move(new_.begin(), new_.end(), std::back_inserter(all));
    std::sort(all.begin(), all.end(), by_number);
    paused_ = std::move(all);
  }

  std::vector<std::uint8_t>& ended_;
  std::vector<paused_gan>& paused_;
  std::vector<paused_gan> new_;
  std::mutex mutex_;
};

}  // namespace gumbelcuda
