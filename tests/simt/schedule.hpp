// SPDX-License-Identifier: Apache-2.0
// The order in which lanes, warps and blocks run. A GPU promises none, so a correct kernel gives the same result under
// every order; tests run each kernel under several.
#pragma once

#include <array>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace gumbelcuda::simt {

// Seed 0 counts up, 1 counts down, all others shuffle before each turn. Under odd seeds a warp runs as long as it can
// before another one does; under even seeds they alternate at each operation.
class schedule {
 public:
  explicit schedule(std::uint64_t seed = 0) : seed_(seed), state_(seed) {}

  void arrange(std::vector<std::uint32_t>& order) { arrange(order.data(), order.size()); }
  void arrange_turn(unsigned warps) {
    warps_.resize(warps);
    arrange(warps_);
    arrange(lanes_.data(), lanes_.size());
  }
  [[nodiscard]] const std::vector<std::uint32_t>& warps() const { return warps_; }
  [[nodiscard]] const std::array<std::uint32_t, 32>& lanes() const { return lanes_; }
  [[nodiscard]] bool warps_run_ahead() const { return seed_ % 2 == 1; }

 private:
  void arrange(std::uint32_t* order, std::size_t count) {
    std::iota(order, order + count, 0u);
    if (seed_ == 1) {
      for (std::size_t i = 0; i < count / 2; ++i) std::swap(order[i], order[count - 1 - i]);
    } else if (seed_ > 1) {
      for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
    }
  }

  // SplitMix64: any seeds will do, including neighbouring ones.
  std::uint64_t random() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  std::uint64_t seed_;
  std::uint64_t state_;
  std::vector<std::uint32_t> warps_;
  std::array<std::uint32_t, 32> lanes_{};
};

// The seed of all further launches of this OS thread.
inline thread_local std::uint64_t schedule_seed = 0;

// Runs `body` once under each of `count` orders.
template <class Body>
void under_schedules(std::uint64_t count, Body&& body) {
  struct restore {
    std::uint64_t seed = schedule_seed;
    ~restore() { schedule_seed = seed; }
  } const restored;
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    schedule_seed = seed;
    body(seed);
  }
}

}  // namespace gumbelcuda::simt
