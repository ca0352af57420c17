// SPDX-License-Identifier: Apache-2.0
// Runs a grid, and answers the requests of lanes. See machine.hpp.
#include "tests/simt/machine.hpp"

#include <algorithm>

#include "tests/simt/device_functions.hpp"

namespace gumbelcuda::simt {
namespace {

thread_local machine* running_machine = nullptr;

// After so many polls, a lane lets the others run.
constexpr unsigned polls_in_a_row = 64;

std::string refused(const launch_shape& shape) {
  const auto& [grid, block, shared] = shape;
  if (grid.x > 0x7fffffffu || grid.y > 65535 || grid.z > 65535) return "more blocks than CUDA numbers";
  if (block.x == 0 || block.y == 0 || block.z == 0) return "blocks of no threads";
  const std::uint64_t threads = std::uint64_t{block.x} * block.y * block.z;
  if (block.x > most_threads || block.y > most_threads || block.z > 64 || threads > most_threads) {
    return std::to_string(threads) + " threads a block";
  }
  if (shared > shared_bytes_of_block) return std::to_string(shared) + " bytes of dynamic shared memory";
  return {};
}

struct restore_index {
  ~restore_index() { running_machine = nullptr; }
};

}  // namespace

machine& machine::of_this_thread() {
  thread_local machine own;
  return own;
}

machine& machine::running() {
  if (running_machine == nullptr) {
    throw error(error_kind::outside_kernel, {}, {}, "a device function called where no kernel runs", nullptr);
  }
  return *running_machine;
}

void machine::run(const launch_shape& shape, const std::function<void()>& kernel) {
  if (const std::string why = refused(shape); !why.empty()) throw error(error_kind::launch_shape, {}, {}, why, nullptr);
  const auto& [grid, block, dynamic_bytes] = shape;
  threads_ = block.x * block.y * block.z;
  lanes_.resize(threads_);
  for (unsigned t = 0; t < threads_; ++t) {
    lanes_[t].index = {t % block.x, t / block.x % block.y, t / block.x / block.y};
  }
  while (fibers_.size() < threads_) {
    fibers_.push_back(std::make_unique<lane_fiber>([this, t = unsigned(fibers_.size())] { lane_body(t); }));
  }
  warps_.assign((threads_ + lanes_per_warp - 1) / lanes_per_warp, {});
  kernel_ = &kernel;
  order_ = schedule(schedule_seed);
  gridDim = grid;
  blockDim = block;

  const restore_index restored;
  running_machine = this;
  std::vector<std::uint32_t> blocks(std::size_t{grid.x} * grid.y * grid.z);
  order_.arrange(blocks);
  for (const std::uint32_t b : blocks) {
    statics_.clear();
    static_bytes_ = 0;
    dynamic_.renew(dynamic_bytes, ++barrier_epoch_);
    run_block({b % grid.x, b / grid.x % grid.y, b / grid.x / grid.y});
  }
}

void machine::fail(error_kind kind, const std::string& what, const std::source_location* where) const {
  throw error(kind, blockIdx, lanes_[current_].index, what, where);
}

access_stamp machine::stamp() const { return {barrier_epoch_, warps_[current_ / lanes_per_warp].sync_epoch, current_}; }

shared_region& machine::static_shared(const void* site, const char* name, std::size_t bytes) {
  for (const auto& region : statics_) {
    if (region->site() == site) return *region;
  }
  // The largest alignment that any kernel needs.
  static_bytes_ += (bytes + 15) / 16 * 16;
  if (static_bytes_ + dynamic_.size() > shared_bytes_of_block) {
    fail(error_kind::launch_shape, std::to_string(static_bytes_ + dynamic_.size()) + " bytes of shared memory");
  }
  statics_.push_back(std::make_unique<shared_region>(name, site));
  statics_.back()->renew(bytes, barrier_epoch_);
  return *statics_.back();
}

unsigned machine::lanes_of(unsigned warp) const {
  const unsigned count = std::min(lanes_per_warp, threads_ - warp * lanes_per_warp);
  return count == lanes_per_warp ? ~0u : (1u << count) - 1;
}

std::uint64_t machine::warp_operation(const request& asked) {
  lane& self = lanes_[current_];
  const unsigned warp = current_ / lanes_per_warp;
  const unsigned bit = 1u << current_ % lanes_per_warp;
  ++events_;
  self.polls = 0;
  self.asked = asked;
  self.state = lane_state::at_warp_operation;
  unsigned& waiting = warps_[warp].waiting;
  waiting |= bit;
  if (asked.what != operation::active_mask) {
    if ((asked.mask & bit) == 0) fail(error_kind::mask_without_caller, "mask of another lane", &asked.where);
    bool complete = (waiting & asked.mask) == asked.mask;
    lane* const first = &lanes_[std::size_t{warp} * lanes_per_warp];
    for (unsigned l = 0; l < lanes_per_warp && complete; ++l) {
      if ((asked.mask >> l & 1) == 0) continue;
      const request& other = first[l].asked;
      complete = other.what == asked.what && other.mask == asked.mask && other.bytes == asked.bytes;
    }
    if (complete) {
      if (const int reader = answer_warp_operation(first, asked.mask); reader >= 0) {
        fail_at(error_kind::shuffle_from_outside, warp * lanes_per_warp + unsigned(reader),
                "reads a lane that its mask leaves out");
      }
      for (unsigned l = 0; l < lanes_per_warp; ++l) {
        if (asked.mask >> l & 1) first[l].state = lane_state::ready;
      }
      waiting &= ~asked.mask;
      if (asked.what == operation::sync) ++warps_[warp].sync_epoch;
      return self.answer;
    }
  }
  wait();
  return self.answer;
}

std::uint64_t machine::barrier(const request& asked) {
  lane& self = lanes_[current_];
  ++events_;
  self.polls = 0;
  self.asked = asked;
  self.state = lane_state::at_barrier;
  if (++at_barrier_ == threads_) complete_barrier();
  if (self.state != lane_state::ready) wait();
  return self.answer;
}

// All threads wait at a barrier. If they wait at different kinds of barriers, none of them can continue.
void machine::complete_barrier() {
  std::uint64_t count = 0;
  for (const lane& l : lanes_) {
    if (l.asked.what != lanes_[0].asked.what) return;
    count += l.asked.value != 0;
  }
  for (lane& l : lanes_) {
    l.state = lane_state::ready;
    l.answer = l.asked.what == operation::barrier_or    ? count > 0
               : l.asked.what == operation::barrier_and ? count == threads_
                                                        : count;
  }
  at_barrier_ = 0;
  ++barrier_epoch_;
}

void machine::atomic_done(bool changed) {
  if (changed) {
    ++events_;
  } else {
    poll();
  }
}

void machine::poll() {
  if (++lanes_[current_].polls % polls_in_a_row == 0) wait();
}

}  // namespace gumbelcuda::simt
