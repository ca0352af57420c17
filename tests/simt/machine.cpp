// SPDX-License-Identifier: Apache-2.0
// Runs a grid, and answers the requests of lanes. See machine.hpp.
#include "tests/simt/machine.hpp"

#include <algorithm>
#include <span>

#include "tests/simt/device_functions.hpp"

namespace gumbelcuda::simt {
namespace {

thread_local machine* running_machine = nullptr;

// After so many polls, a lane lets the others run.
constexpr unsigned polls_in_a_row = 64;

std::string refused(const launch_shape& shape) {
  const auto& [grid, block, shared, cluster] = shape;
  if (grid.x > 0x7fffffffu || grid.y > 65535 || grid.z > 65535) return "more blocks than CUDA numbers";
  if (block.x == 0 || block.y == 0 || block.z == 0) return "blocks of no threads";
  const std::uint64_t threads = std::uint64_t{block.x} * block.y * block.z;
  if (block.x > most_threads || block.y > most_threads || block.z > 64 || threads > most_threads) {
    return std::to_string(threads) + " threads a block";
  }
  if (cluster == 0 || cluster > most_blocks_of_cluster || grid.x % cluster != 0) {
    return std::to_string(grid.x) + " blocks in clusters of " + std::to_string(cluster);
  }
  if (cluster > 1 && threads % lanes_per_warp != 0) return "clusters of blocks whose last warp is not whole";
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
  const auto& [grid, block, dynamic_bytes, cluster] = shape;
  threads_of_block_ = block.x * block.y * block.z;
  threads_ = threads_of_block_ * cluster;
  lanes_.resize(threads_);
  for (unsigned t = 0; t < threads_; ++t) {
    const unsigned of_block = t % threads_of_block_;
    lanes_[t].index = {of_block % block.x, of_block / block.x % block.y, of_block / block.x / block.y};
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
  blocks_.resize(cluster);
  std::vector<std::uint32_t> clusters(std::size_t{grid.x} * grid.y * grid.z / cluster);
  order_.arrange(clusters);
  for (const std::uint32_t c : clusters) {
    begin_epoch_ = cluster_epoch_ = ++barrier_epoch_;
    for (unsigned b = 0; b < cluster; ++b) {
      block_state& each = blocks_[b];
      each.statics.clear();
      each.static_bytes = 0;
      each.dynamic.renew(dynamic_bytes, cluster_epoch_, b);
      each.at_barrier = each.ended = 0;
      each.barrier_epoch = cluster_epoch_;
      each.reached_epoch = 0;
    }
    const std::uint32_t b = c * cluster;
    run_cluster({b % grid.x, b / grid.x % grid.y, b / grid.x / grid.y});
  }
}

uint3 machine::index_of(unsigned block) const { return {first_block_.x + block, first_block_.y, first_block_.z}; }

void machine::fail(error_kind kind, const std::string& what, const std::source_location* where) const {
  throw error(kind, blockIdx, lanes_[current_].index, what, where);
}

access_stamp machine::stamp() const {
  const unsigned block = block_of(current_);
  return {blocks_[block].barrier_epoch, warps_[current_ / lanes_per_warp].sync_epoch, std::uint16_t(current_),
          std::uint8_t(block)};
}

shared_region& machine::static_shared(const void* site, const char* name, std::size_t bytes) {
  return static_shared_of(block_of(current_), site, name, bytes);
}

shared_region& machine::static_shared_of(unsigned block, const void* site, const std::string& name, std::size_t bytes) {
  block_state& of = blocks_[block];
  for (const auto& region : of.statics) {
    if (region->site() == site) return *region;
  }
  // The largest alignment that any kernel needs.
  of.static_bytes += (bytes + 15) / 16 * 16;
  if (of.static_bytes + of.dynamic.size() > shared_bytes_of_block) {
    fail(error_kind::launch_shape, std::to_string(of.static_bytes + of.dynamic.size()) + " bytes of shared memory");
  }
  of.statics.push_back(std::make_unique<shared_region>(name, site));
  // What an earlier cluster wrote is not there any more; what this one wrote is, whichever block asked first.
  of.statics.back()->renew(bytes, 1, block);
  return *of.statics.back();
}

shared_region& machine::in_block(const shared_region& region, unsigned block) {
  if (block >= blocks_.size()) {
    fail(error_kind::shared_out_of_bounds, "the cluster has no block " + std::to_string(block));
  }
  if (&region == &blocks_[block_of(current_)].dynamic) return blocks_[block].dynamic;
  return static_shared_of(block, region.site(), region.name(), region.size());
}

void machine::reach_block(unsigned block) {
  const auto fail_if = [&](bool wrong, const char* what) {
    if (wrong) fail(error_kind::shared_out_of_bounds, "block " + std::to_string(block) + " of the cluster " + what);
  };
  fail_if(cluster_epoch_ == begin_epoch_, "may not have begun");
  fail_if(blocks_[block].ended == threads_of_block_, "has ended");
  blocks_[block].reached_epoch = cluster_epoch_;
}

// Called by the block's last thread.
void machine::end_block(unsigned block) const {
  if (blocks_[block].reached_epoch == cluster_epoch_)
    fail(error_kind::shared_out_of_bounds, "the block ends, and no barrier since another one's access to its memory");
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
  if (asked.what == operation::cluster_barrier) {
    if (++at_cluster_barrier_ == threads_) complete_cluster_barrier();
  } else if (const unsigned block = block_of(current_); ++blocks_[block].at_barrier == threads_of_block_) {
    complete_barrier(block);
  }
  if (self.state != lane_state::ready) wait();
  return self.answer;
}

// All threads of a block wait at a barrier. If they wait at different kinds of barriers, none of them can continue.
void machine::complete_barrier(unsigned block) {
  const std::span<lane> lanes(&lanes_[std::size_t{block} * threads_of_block_], threads_of_block_);
  std::uint64_t count = 0;
  for (const lane& l : lanes) {
    if (l.asked.what != lanes[0].asked.what) return;
    count += l.asked.value != 0;
  }
  for (lane& l : lanes) {
    l.state = lane_state::ready;
    l.answer = l.asked.what == operation::barrier_or    ? count > 0
               : l.asked.what == operation::barrier_and ? count == threads_of_block_
                                                        : count;
  }
  blocks_[block].at_barrier = 0;
  blocks_[block].barrier_epoch = ++barrier_epoch_;
}

void machine::complete_cluster_barrier() {
  for (lane& l : lanes_) l.state = lane_state::ready;
  at_cluster_barrier_ = 0;
  cluster_epoch_ = ++barrier_epoch_;
  for (block_state& each : blocks_) each.barrier_epoch = cluster_epoch_;
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
