// SPDX-License-Identifier: Apache-2.0
// Operations that lanes of a warp execute together, as the PTX manual defines shfl.sync, vote.sync and bar.warp.sync.
// Operands are in source: the mask last, before it what the operation computes with.
#include "tests/ptx/warp.hpp"

namespace gumbelcuda::ptx {
namespace {

// Where the lanes of an operation differ, groups of them execute it side by side, each with a mask of its own.
std::uint32_t lanes_with_complete_masks(warp& w, const instruction& i, std::uint32_t here) {
  const std::uint32_t* const masks = w.lanes<std::uint32_t>(i.source[3]);
  for_each_lane(w.executing, [&](unsigned l) {
    w.mask[l] = masks[l];
    if ((masks[l] >> l & 1) == 0) fail(w, i, error_kind::lane_outside_mask, l, "its mask omits the lane itself");
    const std::uint32_t ended = masks[l] & ~w.alive;
    if (ended != 0)
      fail(w, i, error_kind::lane_never_arrives, l,
           "its mask names lane " + std::to_string(__builtin_ctz(ended)) + ", which has ended or does not exist");
  });
  std::uint32_t complete = 0;
  for_each_lane(here, [&](unsigned l) {
    for_each_lane(w.mask[l] & here, [&](unsigned other) {
      if (w.mask[other] != w.mask[l])
        fail(w, i, error_kind::masks_differ, l, "lane " + std::to_string(other) + " gives another mask");
    });
    if ((w.mask[l] & ~here) == 0) complete |= 1u << l;
  });
  return complete;
}

// The lane that `self` reads, and whether it lies in self's segment; c is the last operand of the instruction.
unsigned source_lane(action what, unsigned self, std::uint32_t b, std::uint32_t c, bool& within) {
  const std::uint32_t segment = c >> 8 & 31, clamp = c & 31;
  const unsigned last = (self & segment) | (clamp & ~segment), first = self & segment;
  b &= 31;
  int from = 0;
  switch (what) {
    case action::shuffle_up:
      from = int(self) - int(b);
      within = from >= int(last);
      break;
    case action::shuffle_down:
      from = int(self + b);
      within = from <= int(last);
      break;
    case action::shuffle_xor:
      from = int(self ^ b);
      within = from <= int(last);
      break;
    default:
      from = int(first | (b & ~segment));
      within = from <= int(last);
  }
  return within ? unsigned(from) : self;
}

void shuffle(warp& w, const instruction& i, std::uint32_t lanes) {
  const std::uint32_t* const values = w.lanes<std::uint32_t>(i.source[0]);
  const std::uint32_t* const b = w.lanes<std::uint32_t>(i.source[1]);
  const std::uint32_t* const c = w.lanes<std::uint32_t>(i.source[2]);
  std::uint32_t result[lanes_per_warp];
  std::int32_t valid[lanes_per_warp];
  for_each_lane(lanes, [&](unsigned l) {
    bool within = false;
    const unsigned from = source_lane(i.what, l, b[l], c[l], within);
    if ((w.mask[l] >> from & 1) == 0)
      fail(w, i, error_kind::lane_outside_mask, l,
           "it reads from lane " + std::to_string(from) + ", which its mask omits");
    result[l] = values[from];
    valid[l] = -std::int32_t(within);
  });
  for_each_lane(lanes, [&](unsigned l) {
    w.lanes<std::uint32_t>(i.result)[l] = result[l];
    if (i.detail != 0) w.lanes<std::int32_t>(i.detail)[l] = valid[l];
  });
  w.written[i.detail] |= lanes;
}

void vote(warp& w, const instruction& i, std::uint32_t lanes) {
  const std::int32_t* const predicate = w.lanes<std::int32_t>(i.source[0]);
  std::uint32_t for_it = 0;
  for_each_lane(lanes, [&](unsigned l) { for_it |= std::uint32_t(predicate[l] & 1) << l; });
  for_each_lane(lanes, [&](unsigned l) {
    const std::uint32_t mask = w.mask[l], votes = for_it & mask;
    const bool answer = i.what == action::vote_all   ? votes == mask
                        : i.what == action::vote_any ? votes != 0
                                                     : votes == 0 || votes == mask;
    w.lanes<std::uint32_t>(i.result)[l] = i.what == action::ballot ? votes : -std::uint32_t(answer);
  });
}

}  // namespace

std::uint32_t warp_operation(warp& w, const instruction& i, std::uint32_t here) {
  const std::uint32_t complete = lanes_with_complete_masks(w, i, here);
  if (i.what >= action::vote_all && i.what <= action::ballot)
    vote(w, i, complete);
  else if (i.what != action::warp_barrier)
    shuffle(w, i, complete);
  w.written[i.result] |= complete;
  return complete;
}

}  // namespace gumbelcuda::ptx
