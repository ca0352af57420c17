// SPDX-License-Identifier: Apache-2.0
// Executes the instructions of a warp: which lanes run, where they go, and whether they have written what they read.
#include "tests/ptx/warp.hpp"

#include <algorithm>

namespace gumbelcuda::ptx {
namespace {

std::uint32_t bits_of(const warp& w, slot predicate) {
  const std::int32_t* const lanes = w.lanes<std::int32_t>(predicate);
  std::uint32_t bits = 0;
  for (unsigned l = 0; l < lanes_per_warp; ++l) bits |= std::uint32_t(lanes[l] & 1) << l;
  return bits;
}

void require_written(const warp& w, const instruction& i, std::uint32_t written) {
  const std::uint32_t missing = w.executing & ~written;
  if (missing != 0)
    fail(w, i, error_kind::unwritten_register, unsigned(__builtin_ctz(missing)), "reads what it has not written");
}

std::uint32_t written_sources(const warp& w, const instruction& i) {
  return w.written[i.source[0]] & w.written[i.source[1]] & w.written[i.source[2]] & w.written[i.source[3]];
}

void wait_at(warp& w, std::uint32_t lanes, std::uint32_t where) {
  for_each_lane(lanes, [&](unsigned l) { w.next[l] = where; });
}

// The lanes that can go on with the lowest instruction; `others` becomes the lowest one of those that cannot yet.
std::uint32_t lanes_furthest_behind(const warp& w, std::uint32_t& others) {
  std::uint32_t lowest = ~0u, chosen = 0;
  others = ~0u;
  for_each_lane(w.alive & ~w.at_warp_operation & ~w.at_barrier & ~w.at_cluster_barrier, [&](unsigned l) {
    if (w.next[l] < lowest) {
      others = lowest;
      lowest = w.next[l];
      chosen = 0;
    }
    if (w.next[l] == lowest)
      chosen |= 1u << l;
    else
      others = std::min(others, w.next[l]);
  });
  return chosen;
}

// Lanes that run together until they part, wait, or catch up with others.
class running_lanes {
 public:
  running_lanes(warp& w, std::uint32_t lanes, std::uint32_t others) : w_(w), lanes_(lanes), others_(others) {}

  void go() {
    std::uint32_t at = w_.next[__builtin_ctz(lanes_)];
    execute_only(w_, lanes_);
    while (at < others_) {
      const instruction& i = w_.code->code[at];
      if (i.guard != 0) {
        require_written(w_, i, w_.written[i.guard]);
        const std::uint32_t guard = bits_of(w_, i.guard);
        execute_only(w_, lanes_ & (i.guard_negated ? ~guard : guard));
      }
      if (!step(i, at)) return;
      if (i.guard != 0) execute_only(w_, lanes_);
    }
    wait_at(w_, lanes_, at);
  }

 private:
  // Executes an instruction and moves on. Returns false if the lanes do not stay together.
  bool step(const instruction& i, std::uint32_t& at) {
    const std::uint32_t executing = w_.executing;
    if (i.what == action::branch) {
      if (executing == lanes_) {
        at = i.detail;
      } else if (executing == 0) {
        ++at;
      } else {
        wait_at(w_, executing, i.detail);
        wait_at(w_, lanes_ & ~executing, at + 1);
        return false;
      }
      return true;
    }
    ++at;
    if (executing == 0) return true;
    if (i.copies) {
      copy(i);
      return true;
    }
    if (i.what == action::pack || i.what == action::unpack) {
      (i.what == action::pack ? pack : unpack)(w_, i);
      return true;
    }
    require_written(
        w_, i,
        i.takes_lower ? w_.written[i.source[0]] | w_.written[lower_half_of(i.source[0])] : written_sources(w_, i));
    switch (i.what) {
      case action::compute:
        i.compute(w_, i);
        break;
      case action::load:
        load(w_, i);
        return true;
      case action::store:
        store(w_, i);
        return true;
      case action::to_generic:
      case action::from_generic:
        convert_address(w_, i);
        break;
      case action::in_other_block:
        address_in_other_block(w_, i);
        break;
      case action::atomic:
        change_atomically(w_, i);
        break;
      case action::end:
        wait_at(w_, lanes_, at);
        w_.alive &= ~executing;
        w_.of->alive -= unsigned(__builtin_popcount(executing));
        return false;
      case action::block_barrier:
        if (executing != lanes_) fail_guarded(i);
        wait_at(w_, lanes_, at);
        w_.at_barrier |= lanes_;
        return false;
      case action::cluster_arrival:
        if ((w_.arrived_at_cluster & executing) != 0) fail_at_cluster(i, w_.arrived_at_cluster, "arrives twice");
        w_.arrived_at_cluster |= executing;
        return true;
      case action::cluster_barrier:
        if (executing != lanes_) fail_guarded(i);
        if ((lanes_ & ~w_.arrived_at_cluster) != 0) fail_at_cluster(i, ~w_.arrived_at_cluster, "has not arrived");
        wait_at(w_, lanes_, at);
        w_.at_cluster_barrier |= lanes_;
        return false;
      default:
        return meet_others(i, at - 1);
    }
    w_.written[i.result] |= executing;
    return true;
  }

  void copy(const instruction& i) {
    std::uint32_t written = w_.written[i.source[0]];
    if (const slot chooses = i.source[2]; chooses != 0) {
      require_written(w_, i, w_.written[chooses]);
      const std::uint32_t first = bits_of(w_, chooses);
      written = (written & first) | (w_.written[i.source[1]] & ~first);
    }
    i.compute(w_, i);
    take_over_written(w_, i.result, written);
  }

  // A warp operation, at which some lanes of its masks may not have arrived.
  bool meet_others(const instruction& i, std::uint32_t at) {
    if (w_.executing != lanes_) fail_guarded(i);
    std::uint32_t here = lanes_;
    for_each_lane(w_.at_warp_operation, [&](unsigned l) {
      if (w_.next[l] == at) here |= 1u << l;
    });
    const std::uint32_t complete = warp_operation(w_, i, here);
    if (complete == lanes_) return true;
    wait_at(w_, here, at);
    wait_at(w_, complete, at + 1);
    w_.at_warp_operation = (w_.at_warp_operation | here) & ~complete;
    return false;
  }

  [[noreturn]] void fail_at_cluster(const instruction& i, std::uint32_t lanes, const char* what) const {
    fail(w_, i, error_kind::divergent_barrier, unsigned(__builtin_ctz(w_.executing & lanes)), what);
  }

  [[noreturn]] void fail_guarded(const instruction& i) const {
    fail(w_, i, error_kind::lane_never_arrives, unsigned(__builtin_ctz(lanes_ & ~w_.executing)),
         "the predicate of an operation on several lanes differs among them");
  }

  warp& w_;
  std::uint32_t lanes_, others_;
};

}  // namespace

void execute_only(warp& w, std::uint32_t lanes) {
  w.executing = lanes;
  for (unsigned l = 0; l < lanes_per_warp; ++l) w.takes_part[l] = -std::int32_t(lanes >> l & 1);
}

void run(warp& w) {
  for (;;) {
    std::uint32_t others;
    const std::uint32_t lanes = lanes_furthest_behind(w, others);
    if (lanes == 0) return;
    running_lanes(w, lanes, others).go();
  }
}

}  // namespace gumbelcuda::ptx
