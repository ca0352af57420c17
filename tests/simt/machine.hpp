// SPDX-License-Identifier: Apache-2.0
// The machine that runs a grid: blocks one after another, or clusters of blocks, and the lanes of a block or of all
// blocks of a cluster as fibers on this OS thread. Each lane runs until it reaches an operation that involves others.
// Errors are found when no lane can continue, so reports do not depend on the order of lanes.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <source_location>
#include <vector>

#include "tests/simt/error.hpp"
#include "tests/simt/fiber.hpp"
#include "tests/simt/schedule.hpp"
#include "tests/simt/shared_region.hpp"

namespace gumbelcuda {

struct launch_shape {
  dim3 grid;
  dim3 block;
  std::size_t dynamic_shared_bytes = 0;
  unsigned blocks_of_cluster = 1;
};

namespace simt {

inline constexpr unsigned lanes_per_warp = 32;
inline constexpr unsigned most_threads = 1024;
inline constexpr unsigned most_blocks_of_cluster = 8;             // that every device with clusters allows
inline constexpr std::size_t shared_bytes_of_block = 227 * 1024;  // of compute capability 9.0

enum class operation : std::uint8_t {
  // Operations of a warp.
  sync,
  shuffle_index,
  shuffle_up,
  shuffle_down,
  shuffle_xor,
  ballot,
  any,
  all,
  match_any,
  add_unsigned,
  min_unsigned,
  max_unsigned,
  min_signed,
  max_signed,
  bits_and,
  bits_or,
  bits_xor,
  active_mask,
  // Operations of a block.
  barrier,
  barrier_or,
  barrier_and,
  barrier_count,
  // Of a cluster.
  cluster_barrier,
};

const char* name_of(operation what);

// A lane's request to other lanes.
struct request {
  operation what;
  unsigned mask = 0;
  std::uint64_t value = 0;
  unsigned bytes = 4;     // of value
  unsigned argument = 0;  // of a shuffle: the lane, the distance or the bits
  unsigned width = lanes_per_warp;
  std::source_location where;
};

enum class lane_state : std::uint8_t { ready, at_warp_operation, at_barrier, ended };

struct lane {
  uint3 index{};
  lane_state state = lane_state::ended;
  bool started = false;
  unsigned polls = 0;  // atomics and fences since the lane last let others run
  request asked{};
  std::uint64_t answer = 0;
};

// Answers the operation, at which all lanes in `mask` have arrived; `warp` is the warp's lane 0. Returns a lane that
// reads from outside the mask, or -1.
int answer_warp_operation(lane* warp, unsigned mask);

class machine {
 public:
  static machine& of_this_thread();
  static machine& running();  // throws unless a kernel is running

  void run(const launch_shape& shape, const std::function<void()>& kernel);

  // These are called by the running lane.
  std::uint64_t warp_operation(const request& asked);
  std::uint64_t barrier(const request& asked);
  void poll();                     // the lane looked at something that another lane may change
  void atomic_done(bool changed);  // an atomic that changes nothing counts as a poll
  shared_region& static_shared(const void* site, const char* name, std::size_t bytes);
  shared_region& dynamic_shared() { return blocks_[block_of(current_)].dynamic; }
  [[nodiscard]] unsigned block_of_cluster() const { return block_of(current_); }
  // What block `block` of the cluster has in the place of the caller's `region`.
  shared_region& in_block(const shared_region& region, unsigned block);
  // The running lane accesses the shared memory of another block. This fails unless barriers of the cluster separate
  // the access from that block's beginning and end.
  void reach_block(unsigned block);
  [[nodiscard]] access_stamp stamp() const;
  // Of the cluster's last barrier, or of its beginning. Accesses with an earlier one lie before it.
  [[nodiscard]] std::uint64_t cluster_epoch() const { return cluster_epoch_; }
  [[noreturn]] void fail(error_kind kind, const std::string& what, const std::source_location* where = nullptr) const;

 private:
  struct abandoned {};  // thrown into the lanes of a failed block, to unwind their stacks

  void run_cluster(uint3 first_block);
  void run_pass();
  bool run_ready_lanes(unsigned warp);
  void run_lane(unsigned thread);
  void lane_body(unsigned thread);
  void end_block(unsigned block) const;
  void wait();
  void complete_barrier(unsigned block);
  void complete_cluster_barrier();
  [[nodiscard]] unsigned block_of(unsigned thread) const { return thread / threads_of_block_; }
  [[nodiscard]] uint3 index_of(unsigned block) const;
  shared_region& static_shared_of(unsigned block, const void* site, const std::string& name, std::size_t bytes);
  bool release_active_masks();
  void abandon_block();
  [[noreturn]] void diagnose() const;
  void diagnose_mask(unsigned thread, error_kind looked_for) const;
  [[noreturn]] void fail_at(error_kind kind, unsigned thread, const std::string& what) const;
  [[nodiscard]] unsigned lanes_of(unsigned warp) const;

  std::vector<std::unique_ptr<lane_fiber>> fibers_;
  std::vector<lane> lanes_;
  struct warp_state {
    unsigned waiting = 0;          // lanes at a warp operation
    std::uint32_t sync_epoch = 0;  // number of __syncwarps so far
  };
  std::vector<warp_state> warps_;
  struct block_state {
    std::vector<std::unique_ptr<shared_region>> statics;
    std::size_t static_bytes = 0;
    shared_region dynamic{"dynamic shared memory"};
    unsigned at_barrier = 0, ended = 0;  // threads
    std::uint64_t barrier_epoch = 0;
    std::uint64_t reached_epoch = 0;  // of the cluster, when another block last accessed this one's memory
  };
  std::vector<block_state> blocks_;  // of the cluster

  const std::function<void()>* kernel_ = nullptr;
  schedule order_;
  unsigned threads_ = 0;  // of the cluster
  unsigned threads_of_block_ = 1;
  unsigned current_ = 0;
  unsigned alive_ = 0;
  unsigned at_cluster_barrier_ = 0;
  uint3 first_block_{};
  std::uint64_t events_ = 0;         // lanes that ended or met an operation, and atomics that changed memory
  std::uint64_t barrier_epoch_ = 0;  // never decreases, so that no stamp of an earlier block looks recent
  std::uint64_t cluster_epoch_ = 0;
  std::uint64_t begin_epoch_ = 0;  // of the cluster
  bool abandoning_ = false;
  std::exception_ptr failure_;
};

}  // namespace simt
}  // namespace gumbelcuda
