// SPDX-License-Identifier: Apache-2.0
// The result of each warp operation, as the PTX manual defines it (shfl.sync, vote.sync, match.sync, redux.sync).
#include <algorithm>
#include <bit>

#include "tests/simt/machine.hpp"

namespace gumbelcuda::simt {
namespace {

// The lane that `self` reads; it is `self` itself if the source lies outside its segment of `width` lanes.
unsigned source_lane(const request& asked, unsigned self) {
  const unsigned within = asked.width - 1;
  const unsigned first = self & ~within;
  const unsigned last = self | within;
  const unsigned b = asked.argument & (lanes_per_warp - 1);
  switch (asked.what) {
    case operation::shuffle_up:
      return self >= first + b ? self - b : self;
    case operation::shuffle_down:
      return self + b <= last ? self + b : self;
    case operation::shuffle_xor:
      return (self ^ b) <= last ? self ^ b : self;  // earlier segments can be read, later ones cannot
    default:
      return first | (b & within);
  }
}

bool is_shuffle(operation what) { return what >= operation::shuffle_index && what <= operation::shuffle_xor; }

std::uint64_t combine(operation what, std::uint64_t a, std::uint64_t b) {
  const auto ua = std::uint32_t(a), ub = std::uint32_t(b);
  const auto sa = std::int32_t(ua), sb = std::int32_t(ub);
  switch (what) {
    case operation::add_unsigned:
      return std::uint32_t(ua + ub);
    case operation::min_unsigned:
      return std::min(ua, ub);
    case operation::max_unsigned:
      return std::max(ua, ub);
    case operation::min_signed:
      return std::uint32_t(std::min(sa, sb));
    case operation::max_signed:
      return std::uint32_t(std::max(sa, sb));
    case operation::bits_and:
      return ua & ub;
    case operation::bits_or:
      return ua | ub;
    default:
      return ua ^ ub;
  }
}

template <class Each>
void each_lane(unsigned mask, const Each& each) {
  for (unsigned left = mask; left != 0; left &= left - 1) each(unsigned(std::countr_zero(left)));
}

}  // namespace

const char* name_of(operation what) {
  switch (what) {
    case operation::sync:
      return "__syncwarp";
    case operation::shuffle_index:
      return "__shfl_sync";
    case operation::shuffle_up:
      return "__shfl_up_sync";
    case operation::shuffle_down:
      return "__shfl_down_sync";
    case operation::shuffle_xor:
      return "__shfl_xor_sync";
    case operation::ballot:
      return "__ballot_sync";
    case operation::any:
      return "__any_sync";
    case operation::all:
      return "__all_sync";
    case operation::match_any:
      return "__match_any_sync";
    case operation::add_unsigned:
      return "__reduce_add_sync";
    case operation::min_unsigned:
    case operation::min_signed:
      return "__reduce_min_sync";
    case operation::max_unsigned:
    case operation::max_signed:
      return "__reduce_max_sync";
    case operation::bits_and:
      return "__reduce_and_sync";
    case operation::bits_or:
      return "__reduce_or_sync";
    case operation::bits_xor:
      return "__reduce_xor_sync";
    case operation::active_mask:
      return "__activemask";
    case operation::cluster_barrier:
      return "cluster_sync";
    case operation::barrier:
      return "__syncthreads";
    case operation::barrier_or:
      return "__syncthreads_or";
    case operation::barrier_and:
      return "__syncthreads_and";
    case operation::barrier_count:
      return "__syncthreads_count";
  }
  return "unknown operation";
}

int answer_warp_operation(lane* warp, unsigned mask) {
  const operation what = warp[std::countr_zero(mask)].asked.what;
  if (what == operation::sync) return -1;
  if (is_shuffle(what)) {
    int outside = -1;
    each_lane(mask, [&](unsigned l) {
      const unsigned from = source_lane(warp[l].asked, l);
      if ((mask >> from & 1) == 0) {
        if (outside < 0) outside = int(l);
      } else {
        warp[l].answer = warp[from].asked.value;
      }
    });
    return outside;
  }
  if (what == operation::match_any) {
    each_lane(mask, [&](unsigned l) {
      warp[l].answer = 0;
      each_lane(mask, [&](unsigned other) {
        if (warp[other].asked.value == warp[l].asked.value) warp[l].answer |= 1u << other;
      });
    });
    return -1;
  }
  unsigned ballot = 0;
  std::uint64_t sum = warp[std::countr_zero(mask)].asked.value;
  each_lane(mask & (mask - 1), [&](unsigned l) { sum = combine(what, sum, warp[l].asked.value); });
  each_lane(mask, [&](unsigned l) { ballot |= unsigned(warp[l].asked.value != 0) << l; });
  const std::uint64_t answer = what == operation::ballot ? ballot
                               : what == operation::any  ? ballot != 0
                               : what == operation::all  ? ballot == mask
                                                         : sum;
  each_lane(mask, [&](unsigned l) { warp[l].answer = answer; });
  return -1;
}

}  // namespace gumbelcuda::simt
