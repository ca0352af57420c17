// SPDX-License-Identifier: Apache-2.0
#include "tests/ptx/launch.hpp"

#include <cstring>
#include <numeric>
#include <span>

#include "tests/simt/schedule.hpp"

namespace gumbelcuda::ptx {
namespace {

unsigned count_of(dim3 size) { return size.x * size.y * size.z; }

void fill(warp& w, slot at, unsigned bytes, unsigned lane, std::uint64_t value) {
  std::memcpy(w.registers + at * slot_bytes + lane * bytes, &value, bytes);
}

std::uint32_t value_of_special(const std::string& name, const block& of, const warp& w, unsigned lane) {
  const unsigned thread = w.number * lanes_per_warp + lane;
  const auto component = [&](dim3 size) { return name.back() == 'x' ? size.x : name.back() == 'y' ? size.y : size.z; };
  if (name.starts_with("%tid.")) {
    const dim3 size = of.threads;
    return component({thread % size.x, thread / size.x % size.y, thread / size.x / size.y});
  }
  if (name.starts_with("%ntid.")) return component(of.threads);
  if (name.starts_with("%ctaid.")) return component(of.index);
  if (name.starts_with("%nctaid.")) return component(of.grid);
  if (name == "%laneid") return lane;
  if (name == "%warpid") return w.number;
  if (name == "%cluster_ctarank") return of.number_in_cluster;
  if (name == "%cluster_nctarank") return of.blocks_of_cluster;
  const std::uint32_t self = 1u << lane, below = self - 1;
  if (name == "%lanemask_eq") return self;
  if (name == "%lanemask_lt") return below;
  if (name == "%lanemask_le") return below | self;
  if (name == "%lanemask_gt") return ~(below | self);
  return ~below;  // %lanemask_ge
}

// A grid's memory, which its clusters use one after another. A block alone is a cluster of one.
class grid_run {
 public:
  grid_run(const function& kernel, const launch_shape& shape, const void* const* arguments, const global_memory& global,
           std::uint64_t order)
      : kernel_(kernel),
        order_(order),
        threads_(count_of(shape.threads)),
        warps_of_block_((threads_ + lanes_per_warp - 1) / lanes_per_warp),
        blocks_(shape.blocks_of_cluster),
        warps_(std::size_t{warps_of_block_} * shape.blocks_of_cluster),
        register_bytes_((kernel.slots * slot_bytes + 63) / 64 * 64) {
    for (block& each : blocks_) {
      each.grid = shape.grid;
      each.threads = shape.threads;
      each.cluster = blocks_.data();
      each.number_in_cluster = unsigned(&each - blocks_.data());
      each.blocks_of_cluster = shape.blocks_of_cluster;
      each.shared_bytes = kernel.static_shared_bytes + shape.dynamic_shared_bytes;
      each.local_bytes = (kernel.local_bytes + 15) / 16 * 16;
      each.global = &global;
      each.parameters.resize(kernel.parameter_bytes);
      for (std::size_t n = 0; n < kernel.parameters.size(); ++n)
        std::memcpy(each.parameters.data() + kernel.parameters[n].offset, arguments[n], kernel.parameters[n].bytes);
    }
    initially_written_.assign(kernel.slots, 0);
    initially_written_[0] = all_lanes;
    for (const literal& l : kernel.literals) initially_written_[l.at] = all_lanes;
    for (const special_register& s : kernel.specials) initially_written_[s.at] = all_lanes;
    make_warps();
  }

  void run_all() {
    const dim3 size = blocks_[0].grid;
    const auto of_cluster = std::uint32_t(blocks_.size());
    std::vector<std::uint32_t> clusters(count_of(size) / of_cluster);
    order_.arrange(clusters);
    for (const std::uint32_t c : clusters) {
      for (block& each : blocks_) {
        const std::uint32_t b = c * of_cluster + each.number_in_cluster;
        each.index = {b % size.x, b / size.x % size.y, b / size.x / size.y};
      }
      run_cluster();
    }
  }

 private:
  // Memory that is large for each launch and used again by the next.
  static std::vector<unsigned char>& register_file() {
    static thread_local std::vector<unsigned char> file;
    return file;
  }

  void make_warps() {
    auto& file = register_file();
    if (file.size() < register_bytes_ * warps_.size() + 64) file.assign(register_bytes_ * warps_.size() + 64, 0xcd);
    auto* const begin =
        reinterpret_cast<unsigned char*>((reinterpret_cast<std::uintptr_t>(file.data()) + 63) & ~std::uintptr_t(63));
    written_.resize(kernel_.slots * warps_.size());
    for (unsigned n = 0; n < warps_.size(); ++n) {
      warp& w = warps_[n];
      w.code = &kernel_;
      w.of = &blocks_[n / warps_of_block_];
      w.number = n % warps_of_block_;
      w.registers = begin + n * register_bytes_;
      w.written = written_.data() + n * kernel_.slots;
      for (const literal& l : kernel_.literals)
        for (unsigned lane = 0; lane < lanes_per_warp; ++lane) fill(w, l.at, l.bytes, lane, l.bits);
    }
  }

  void run_cluster() {
    for (block& each : blocks_) {
      each.shared.begin(each.shared_bytes);
      each.local.begin(each.local_bytes * lanes_per_warp * warps_of_block_);
      each.alive = threads_;
    }
    for (warp& w : warps_) {
      w.alive = threads_of(w);
      w.at_warp_operation = w.at_barrier = w.arrived_at_cluster = w.at_cluster_barrier = 0;
      std::fill(std::begin(w.next), std::end(w.next), 0);
      std::copy(initially_written_.begin(), initially_written_.end(), w.written);
      for (const special_register& s : kernel_.specials)
        for (unsigned lane = 0; lane < lanes_per_warp; ++lane)
          fill(w, s.at, 4, lane, value_of_special(s.name, *w.of, w, lane));
    }
    do {
      order_.arrange_turn(unsigned(warps_.size()));
      for (const std::uint32_t n : order_.warps()) run(warps_[n]);
    } while (pass_barriers());
  }

  [[nodiscard]] std::uint32_t threads_of(const warp& w) const {
    const unsigned threads = threads_ - w.number * lanes_per_warp;
    return threads >= lanes_per_warp ? all_lanes : (1u << threads) - 1;
  }

  // Returns false if all threads have ended.
  bool pass_barriers() {
    for (const warp& w : warps_)
      if (w.at_warp_operation != 0) fail_waiting(w);
    bool passed = false;
    for (std::size_t b = 0; b < blocks_.size(); ++b)
      passed |= pass_barrier({&warps_[b * warps_of_block_], warps_of_block_});
    return passed || pass_cluster_barrier();
  }

  // A block's. Returns false if no thread waits at one.
  bool pass_barrier(std::span<warp> warps) {
    const warp* first = nullptr;
    for (const warp& w : warps)
      if (w.at_barrier != 0 && first == nullptr) first = &w;
    if (first == nullptr) return false;
    const std::uint32_t where = first->next[__builtin_ctz(first->at_barrier)];
    const instruction& barrier = kernel_.code[where - 1];
    for (warp& w : warps) {
      if (const std::uint32_t ended = threads_of(w) & ~w.alive; ended != 0)
        fail(w, barrier, error_kind::divergent_barrier, unsigned(__builtin_ctz(ended)), "has ended, others wait here");
      for_each_lane(w.at_barrier | w.at_cluster_barrier, [&](unsigned l) {
        if (w.next[l] != where)
          fail(w, kernel_.code[w.next[l] - 1], error_kind::divergent_barrier, l,
               "waits here, others in line " + std::to_string(barrier.line));
      });
      w.at_barrier = 0;
    }
    return true;
  }

  // Threads that have ended count as arrived. Returns false if no thread waits at one.
  bool pass_cluster_barrier() {
    bool waiting = false;
    for (warp& w : warps_) {
      waiting |= w.at_cluster_barrier != 0;
      w.arrived_at_cluster = w.at_cluster_barrier = 0;
    }
    return waiting;
  }

  [[noreturn]] void fail_waiting(const warp& w) const {
    const auto lane = unsigned(__builtin_ctz(w.at_warp_operation));
    std::uint32_t missing = 0;
    for_each_lane(w.mask[lane], [&](unsigned l) {
      if ((w.at_warp_operation >> l & 1) == 0 || w.next[l] != w.next[lane]) missing |= 1u << l;
    });
    const auto other = unsigned(__builtin_ctz(missing));
    const bool ended = (w.alive >> other & 1) == 0;
    fail(w, kernel_.code[w.next[lane]], error_kind::lane_never_arrives, lane,
         "waits for lane " + std::to_string(other) +
             (ended ? ", which has ended" : ", which waits in line " + std::to_string(line_where_waits(w, other))));
  }

  [[nodiscard]] std::uint32_t line_where_waits(const warp& w, unsigned lane) const {
    const bool at_barrier = (w.at_barrier | w.at_cluster_barrier) >> lane & 1;
    return kernel_.code[w.next[lane] - std::uint32_t(at_barrier)].line;
  }

  const function& kernel_;
  simt::schedule order_;
  unsigned threads_, warps_of_block_;
  std::vector<block> blocks_;
  std::vector<warp> warps_;  // block by block
  std::size_t register_bytes_;
  std::vector<std::uint32_t> written_, initially_written_;
};

[[noreturn]] void refuse(const function& kernel, const std::string& what) {
  throw error(error_kind::launch_shape, "launch_shape: " + kernel.name + ": " + what);
}

}  // namespace

void check_launch(const function& kernel, const launch_shape& shape, const launch_limits& limits) {
  const auto& [grid, threads, dynamic_shared_bytes, cluster] = shape;
  const unsigned each = count_of(threads);
  if (grid.x == 0 || grid.y == 0 || grid.z == 0) refuse(kernel, "no blocks");
  if (grid.x > 0x7fffffff || grid.y > 65535 || grid.z > 65535) refuse(kernel, "too many blocks");
  if (each == 0 || each > limits.threads || threads.z > 64)
    refuse(kernel, std::to_string(each) + " threads, " + std::to_string(limits.threads) + " allowed");
  if (kernel.most_threads > 0 && each > kernel.most_threads)
    refuse(kernel, std::to_string(each) + " threads, compiled for " + std::to_string(kernel.most_threads));
  if (cluster == 0 || cluster > limits.blocks_of_cluster || grid.x % cluster != 0)
    refuse(kernel, std::to_string(grid.x) + " blocks in clusters of " + std::to_string(cluster));
  const std::size_t shared = kernel.static_shared_bytes + dynamic_shared_bytes;
  if (shared > limits.shared_bytes)
    refuse(kernel,
           std::to_string(shared) + " bytes of shared memory, " + std::to_string(limits.shared_bytes) + " allowed");
}

void launch(const function& kernel, const launch_shape& shape, const void* const* arguments,
            const global_memory& global, const launch_limits& limits, std::uint64_t order) {
  check_launch(kernel, shape, limits);
  grid_run(kernel, shape, arguments, global, order).run_all();
}

}  // namespace gumbelcuda::ptx
