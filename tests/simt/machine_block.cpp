// SPDX-License-Identifier: Apache-2.0
// Runs one block, or the blocks of one cluster, from start to end, and diagnoses errors when no lane can continue.
#include <bit>
#include <utility>

#include "tests/simt/device_functions.hpp"
#include "tests/simt/machine.hpp"

namespace gumbelcuda::simt {
namespace {

constexpr unsigned idle_turns_of_a_deadlock = 5000;

std::string lane_text(unsigned thread) {
  return "lane " + std::to_string(thread % lanes_per_warp) + " of warp " + std::to_string(thread / lanes_per_warp);
}

bool at_same_place(const std::source_location& a, const std::source_location& b) {
  return a.line() == b.line() && a.column() == b.column() && std::string(a.file_name()) == b.file_name();
}

}  // namespace

void machine::run_cluster(uint3 first_block) {
  first_block_ = first_block;
  for (lane& l : lanes_) {
    const uint3 index = l.index;
    l = {};
    l.index = index;
    l.state = lane_state::ready;
  }
  alive_ = threads_;
  at_cluster_barrier_ = 0;
  unsigned idle_turns = 0;
  try {
    while (alive_ > 0) {
      const std::uint64_t before = events_;
      run_pass();
      if (events_ != before) {
        idle_turns = 0;
        continue;
      }
      bool polling = false;
      for (const lane& l : lanes_) polling = polling || l.state == lane_state::ready;
      if (polling && ++idle_turns < idle_turns_of_a_deadlock) continue;
      if (!polling && release_active_masks()) continue;
      diagnose();
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
  // Outside the handler: a switch to another lane with an exception in flight is not allowed.
  if (failure_) {
    abandon_block();
    std::rethrow_exception(std::exchange(failure_, nullptr));
  }
}

void machine::run_pass() {
  order_.arrange_turn(unsigned(warps_.size()));
  for (const unsigned warp : order_.warps()) {
    std::uint64_t before;
    do {
      before = events_;
    } while (run_ready_lanes(warp) && order_.warps_run_ahead() && events_ != before);
  }
}

// Returns whether any lane was ready.
bool machine::run_ready_lanes(unsigned warp) {
  bool any = false;
  for (const unsigned l : order_.lanes()) {
    const unsigned thread = warp * lanes_per_warp + l;
    if (thread >= threads_ || lanes_[thread].state != lane_state::ready) continue;
    any = true;
    run_lane(thread);
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }
  return any;
}

void machine::run_lane(unsigned thread) {
  current_ = thread;
  threadIdx = lanes_[thread].index;
  blockIdx = index_of(block_of(thread));
  lanes_[thread].started = true;
  fibers_[thread]->resume();
}

void machine::lane_body(unsigned thread) {
  try {
    (*kernel_)();
    if (const unsigned block = block_of(thread); blocks_[block].ended + 1 == threads_of_block_) end_block(block);
  } catch (const abandoned&) {
  } catch (...) {
    failure_ = std::current_exception();
  }
  lanes_[thread].state = lane_state::ended;
  --alive_;
  ++blocks_[block_of(thread)].ended;
  ++events_;
}

void machine::wait() {
  fibers_[current_]->suspend();
  if (abandoning_) throw abandoned();
}

// Unwinds the stack of every lane that has started but not ended, by an exception.
void machine::abandon_block() {
  const std::exception_ptr first = std::exchange(failure_, nullptr);
  abandoning_ = true;
  for (unsigned t = 0; t < threads_; ++t) {
    if (lanes_[t].started && lanes_[t].state != lane_state::ended) run_lane(t);
  }
  abandoning_ = false;
  failure_ = first;
}

// If no thread can continue, the lanes of a warp that ask for the active mask at the same place are the active ones.
bool machine::release_active_masks() {
  bool any = false;
  for (unsigned warp = 0; warp < warps_.size(); ++warp) {
    lane* const first = &lanes_[std::size_t{warp} * lanes_per_warp];
    const auto asks = [&](unsigned l) {
      return (warps_[warp].waiting >> l & 1) != 0 && first[l].asked.what == operation::active_mask;
    };
    for (unsigned l = 0; l < lanes_per_warp; ++l) {
      if (!asks(l)) continue;
      any = true;
      unsigned together = 0;
      for (unsigned other = l; other < lanes_per_warp; ++other) {
        if (asks(other) && at_same_place(first[other].asked.where, first[l].asked.where)) together |= 1u << other;
      }
      for (unsigned left = together; left != 0; left &= left - 1) {
        lane& member = first[std::countr_zero(left)];
        member.answer = together;
        member.state = lane_state::ready;
      }
      warps_[warp].waiting &= ~together;
    }
  }
  return any;
}

void machine::fail_at(error_kind kind, unsigned thread, const std::string& what) const {
  const lane& l = lanes_[thread];
  const bool waits = l.state == lane_state::at_warp_operation || l.state == lane_state::at_barrier;
  throw error(kind, index_of(block_of(thread)), l.index,
              (waits ? std::string(name_of(l.asked.what)) + ": " : std::string()) + what,
              waits ? &l.asked.where : nullptr);
}

// In the order of certainty: one mistake often leaves many lanes waiting, and the first of these kinds that is present
// is the cause.
void machine::diagnose() const {
  for (const error_kind kind :
       {error_kind::mask_names_ended_lane, error_kind::mask_lane_elsewhere, error_kind::masks_differ}) {
    for (unsigned t = 0; t < threads_; ++t) {
      if (lanes_[t].state == lane_state::at_warp_operation) diagnose_mask(t, kind);
    }
  }
  for (unsigned t = 0; t < threads_; ++t) {
    if (lanes_[t].state != lane_state::ready) continue;
    fail_at(error_kind::deadlock, t, "spins for what never comes");
  }
  for (unsigned t = 0; t < threads_; ++t) {
    if (lanes_[t].state != lane_state::at_barrier) continue;
    const bool of_cluster = lanes_[t].asked.what == operation::cluster_barrier;
    const block_state& block = blocks_[block_of(t)];
    fail_at(error_kind::divergent_barrier, t,
            std::to_string(of_cluster ? at_cluster_barrier_ : block.at_barrier) + " of " +
                std::to_string(of_cluster ? threads_ : threads_of_block_) + " threads wait, " +
                std::to_string(of_cluster ? threads_ - alive_ : block.ended) + " have ended");
  }
  fail_at(error_kind::deadlock, 0, "nobody can go on");
}

void machine::diagnose_mask(unsigned thread, error_kind looked_for) const {
  const request& asked = lanes_[thread].asked;
  const unsigned warp = thread / lanes_per_warp;
  for (unsigned l = 0; l < lanes_per_warp; ++l) {
    if ((asked.mask >> l & 1) == 0) continue;
    const unsigned other = warp * lanes_per_warp + l;
    const bool exists = (lanes_of(warp) >> l & 1) != 0;
    error_kind found;
    if (!exists || lanes_[other].state == lane_state::ended) {
      found = error_kind::mask_names_ended_lane;
    } else if (lanes_[other].state == lane_state::ready) {
      continue;
    } else if (lanes_[other].asked.what != asked.what || lanes_[other].asked.bytes != asked.bytes) {
      found = error_kind::mask_lane_elsewhere;
    } else if (lanes_[other].asked.mask != asked.mask) {
      found = error_kind::masks_differ;
    } else {
      continue;
    }
    if (found != looked_for) continue;
    const char* const which = !exists                                      ? " does not exist"
                              : found == error_kind::mask_names_ended_lane ? " has ended"
                              : found == error_kind::masks_differ          ? " gives another mask"
                                                                           : " waits at ";
    fail_at(
        found, thread,
        lane_text(other) + which + (found == error_kind::mask_lane_elsewhere ? name_of(lanes_[other].asked.what) : ""));
  }
}

}  // namespace gumbelcuda::simt
