// SPDX-License-Identifier: Apache-2.0
// See shared_region.hpp.
#include "tests/simt/shared_region.hpp"

#include <algorithm>

#include "tests/simt/machine.hpp"

namespace gumbelcuda::simt {
namespace {

constexpr std::byte poison{0xcb};

bool same_warp(std::uint32_t a, std::uint32_t b) { return a / lanes_per_warp == b / lanes_per_warp; }

// Whether a barrier separates an earlier access from this one.
bool ordered(const access_stamp& earlier, const access_stamp& now) {
  return earlier.thread == now.thread || machine::running().barrier_since(earlier) ||
         (same_warp(earlier.thread, now.thread) && earlier.sync_epoch != now.sync_epoch);
}

}  // namespace

void shared_region::renew(std::size_t size, std::uint64_t first_epoch) {
  bytes_.assign(size, poison);
  cells_.resize(size);
  first_epoch_ = first_epoch;
}

void shared_region::check(access how, std::ptrdiff_t offset, std::size_t size, std::size_t alignment) {
  const machine& m = machine::running();
  const auto here = [&] { return " byte " + std::to_string(offset) + " of " + name_; };
  if (offset < 0 || std::size_t(offset) + size > bytes_.size()) {
    m.fail(error_kind::shared_out_of_bounds,
           std::to_string(size) + " bytes at" + here() + ", which has " + std::to_string(bytes_.size()));
  }
  if (offset % std::ptrdiff_t(alignment) != 0) {
    m.fail(error_kind::shared_misaligned, std::to_string(size) + " bytes at" + here());
  }
  const access_stamp now = m.stamp();
  for (std::size_t i = 0; i < size; ++i) check_cell(cells_[std::size_t(offset) + i], how, now, offset);
}

void shared_region::check_cell(cell& c, access how, const access_stamp& now, std::ptrdiff_t offset) const {
  const machine& m = machine::running();
  const auto fail = [&](error_kind kind, const char* what, const access_stamp* other) {
    m.fail(kind, std::string(what) + (other ? " thread " + std::to_string(other->thread) : "") + ", byte " +
                     std::to_string(offset) + " of " + name_);
  };
  const bool written = c.written.barrier_epoch >= first_epoch_;
  if (how != access::write && !written) fail(error_kind::shared_unwritten, "read of what nobody wrote", nullptr);
  if (written && !(how == access::atomic && c.atomically) && !ordered(c.written, now)) {
    fail(error_kind::shared_race, how == access::read ? "read of what is being written by" : "write beside that of",
         &c.written);
  }
  const bool read_lately = !m.barrier_since(c.read);
  if (how == access::read) {
    // Readers that have since met the present reader at a __syncwarp no longer count.
    if (!read_lately || (!c.read_by_warps && ordered(c.read, now) && c.read.sync_epoch != now.sync_epoch)) {
      c.read_by_several = c.read_by_warps = false;
    } else if (c.read.thread != now.thread) {
      c.read_by_several = true;
      c.read_by_warps = c.read_by_warps || !same_warp(c.read.thread, now.thread);
    }
    c.read = now;
    return;
  }
  // Only the last of several readers is recorded. If the writer is that reader, this says nothing about the others.
  const bool others_read =
      c.read_by_several && !(same_warp(c.read.thread, now.thread) && c.read.sync_epoch != now.sync_epoch);
  if (read_lately && (c.read_by_warps || others_read || !ordered(c.read, now))) {
    fail(error_kind::shared_race, "write of what is being read by", &c.read);
  }
  c.written = now;
  c.atomically = how == access::atomic;
}

}  // namespace gumbelcuda::simt
