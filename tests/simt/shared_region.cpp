// SPDX-License-Identifier: Apache-2.0
// See shared_region.hpp.
#include "tests/simt/shared_region.hpp"

#include <algorithm>

#include "tests/simt/machine.hpp"

namespace gumbelcuda::simt {
namespace {

constexpr std::byte poison{0xcb};

bool same_warp(std::uint32_t a, std::uint32_t b) { return a / lanes_per_warp == b / lanes_per_warp; }

}  // namespace

past_accesses::spread past_accesses::spread_with(const access_stamp& now, std::uint64_t cluster_epoch) const {
  if (latest_.barrier_epoch < cluster_epoch) return spread::of_one_thread;
  if (spread_ == spread::over_blocks || latest_.block != now.block) return spread::over_blocks;
  if (latest_.barrier_epoch != now.barrier_epoch) return spread::of_one_thread;
  if (spread_ == spread::over_warps || !same_warp(latest_.thread, now.thread)) return spread::over_warps;
  if (latest_.sync_epoch != now.sync_epoch) return spread::of_one_thread;
  return spread_ == spread::over_lanes || latest_.thread != now.thread ? spread::over_lanes : spread::of_one_thread;
}

void shared_region::renew(std::size_t size, std::uint64_t first_epoch, unsigned block) {
  bytes_.assign(size, poison);
  cells_.resize(size);
  first_epoch_ = first_epoch;
  block_ = block;
}

void shared_region::check(access how, std::ptrdiff_t offset, std::size_t size, std::size_t alignment) {
  machine& m = machine::running();
  const auto here = [&] { return " byte " + std::to_string(offset) + " of " + name_; };
  if (offset < 0 || std::size_t(offset) + size > bytes_.size()) {
    m.fail(error_kind::shared_out_of_bounds,
           std::to_string(size) + " bytes at" + here() + ", which has " + std::to_string(bytes_.size()));
  }
  if (offset % std::ptrdiff_t(alignment) != 0) {
    m.fail(error_kind::shared_misaligned, std::to_string(size) + " bytes at" + here());
  }
  const access_stamp now = m.stamp();
  if (now.block != block_) m.reach_block(block_);
  for (std::size_t i = 0; i < size; ++i) check_cell(cells_[std::size_t(offset) + i], how, now, offset);
}

void shared_region::check_cell(cell& c, access how, const access_stamp& now, std::ptrdiff_t offset) const {
  const machine& m = machine::running();
  const std::uint64_t cluster_epoch = m.cluster_epoch();
  const auto fail = [&](error_kind kind, const std::string& what) {
    m.fail(kind, what + ", byte " + std::to_string(offset) + " of " + name_);
  };
  const auto expect_ordered = [&](const past_accesses& others, const char* what) {
    if (others.are_ordered(now, cluster_epoch)) return;
    fail(error_kind::shared_race, std::string(what) + " thread " + std::to_string(others.latest().thread) +
                                      (others.are_several() ? " and others" : ""));
  };
  // What an earlier block or launch wrote is older.
  const bool written = c.written.latest().barrier_epoch >= first_epoch_;
  if (how != access::write && !written) fail(error_kind::shared_unwritten, "read of what nobody wrote");
  const char* const beside_write = how == access::read ? "read of what is being written by" : "write beside that of";
  expect_ordered(c.written, beside_write);
  if (how != access::atomic) expect_ordered(c.changed, beside_write);
  if (how != access::read) expect_ordered(c.read, "write of what is being read by");
  (how == access::read ? c.read : how == access::write ? c.written : c.changed).add(now, cluster_epoch);
}

}  // namespace gumbelcuda::simt
