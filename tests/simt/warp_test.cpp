// SPDX-License-Identifier: Apache-2.0
// Every operation of a warp and of a block, lane by lane, against its definition. Also, the orders under which kernels
// are tested are indeed different.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "kernels/simt.cuh"

namespace gumbelcuda {
namespace {

constexpr std::uint64_t schedules = 6;

// Runs one warp in which lane l writes `what(l)` to element l.
template <class T, class Function>
__global__ void each_lane_kernel(T* out, const Function* what) {
  out[threadIdx.x] = (*what)(int(threadIdx.x));
}

template <class T = unsigned, class Function>
std::vector<T> each_lane(const Function& what) {
  std::vector<T> out(32);
  launch(each_lane_kernel<T, Function>, {1, 32}, nullptr, out.data(), &what);
  return out;
}

constexpr unsigned all = 0xffffffffu;

TEST(Warp, ShufflesForEveryWidthAndArgument) {
  simt::under_schedules(schedules, [](std::uint64_t) {
    for (int width = 1; width <= 32; width *= 2) {
      for (int by = 0; by < 32; ++by) {
        const auto value = [](int l) { return l * 1000; };
        const auto index = each_lane<int>([&](int l) { return __shfl_sync(all, value(l), by, width); });
        const auto up = each_lane<int>([&](int l) { return __shfl_up_sync(all, value(l), unsigned(by), width); });
        const auto down = each_lane<int>([&](int l) { return __shfl_down_sync(all, value(l), unsigned(by), width); });
        const auto exchange = each_lane<int>([&](int l) { return __shfl_xor_sync(all, value(l), by, width); });
        for (int l = 0; l < 32; ++l) {
          const int first = l / width * width, last = first + width - 1;
          EXPECT_EQ(index[l], value(first + by % width));
          EXPECT_EQ(up[l], value(l - by >= first ? l - by : l));
          EXPECT_EQ(down[l], value(l + by <= last ? l + by : l));
          EXPECT_EQ(exchange[l], value((l ^ by) <= last ? l ^ by : l));
        }
      }
    }
  });
}

TEST(Warp, EveryLaneMayReadItsOwnChoice) {
  const auto rotated = each_lane<double>([](int l) { return __shfl_sync(all, l + 0.5, l + 5); });
  for (int l = 0; l < 32; ++l) EXPECT_EQ(rotated[l], (l + 5) % 32 + 0.5);
}

TEST(Warp, Votes) {
  simt::under_schedules(schedules, [](std::uint64_t) {
    EXPECT_EQ(each_lane([](int l) { return __ballot_sync(all, l % 3 == 0); }), std::vector<unsigned>(32, 0x49249249u));
    EXPECT_EQ(each_lane([](int l) { return unsigned(__any_sync(all, l == 17)); }), std::vector<unsigned>(32, 1u));
    EXPECT_EQ(each_lane([](int) { return unsigned(__any_sync(all, 0)); }), std::vector<unsigned>(32, 0u));
    EXPECT_EQ(each_lane([](int l) { return unsigned(__all_sync(all, l + 1)); }), std::vector<unsigned>(32, 1u));
    EXPECT_EQ(each_lane([](int l) { return unsigned(__all_sync(all, l)); }), std::vector<unsigned>(32, 0u));
    const auto same = each_lane([](int l) { return __match_any_sync(all, l % 2); });
    for (int l = 0; l < 32; ++l) EXPECT_EQ(same[l], l % 2 ? 0xaaaaaaaau : 0x55555555u);
  });
}

TEST(Warp, Reductions) {
  const auto value = [](int l) { return unsigned(l) * 0x9e3779b9u; };
  unsigned sum = 0, least = ~0u, most = 0, both = ~0u, either = 0, odd = 0;
  for (int l = 0; l < 32; ++l) {
    const unsigned v = value(l);
    sum += v, least = std::min(least, v), most = std::max(most, v), both &= v, either |= v, odd ^= v;
  }
  simt::under_schedules(schedules, [&](std::uint64_t) {
    EXPECT_EQ(each_lane([&](int l) { return __reduce_add_sync(all, value(l)); }), std::vector<unsigned>(32, sum));
    EXPECT_EQ(each_lane([&](int l) { return __reduce_min_sync(all, value(l)); }), std::vector<unsigned>(32, least));
    EXPECT_EQ(each_lane([&](int l) { return __reduce_max_sync(all, value(l)); }), std::vector<unsigned>(32, most));
    EXPECT_EQ(each_lane([&](int l) { return __reduce_and_sync(all, value(l)); }), std::vector<unsigned>(32, both));
    EXPECT_EQ(each_lane([&](int l) { return __reduce_or_sync(all, value(l)); }), std::vector<unsigned>(32, either));
    EXPECT_EQ(each_lane([&](int l) { return __reduce_xor_sync(all, value(l)); }), std::vector<unsigned>(32, odd));
    EXPECT_EQ(each_lane<int>([](int l) { return __reduce_min_sync(all, 3 - l); }), std::vector<int>(32, -28));
    EXPECT_EQ(each_lane<int>([](int l) { return __reduce_max_sync(all, -3 - l); }), std::vector<int>(32, -3));
    EXPECT_EQ(each_lane<int>([](int) { return __reduce_add_sync(all, -2); }), std::vector<int>(32, -64));
  });
}

TEST(Warp, HalvesGoTheirOwnWays) {
  simt::under_schedules(schedules, [](std::uint64_t) {
    const auto out = each_lane([](int l) {
      if (l < 16) {
        unsigned sum = 0;
        for (int turn = 0; turn < 10; ++turn) sum += __reduce_add_sync(0x0000ffffu, 1u);
        return sum;
      }
      return __ballot_sync(0xffff0000u, l % 2);
    });
    for (int l = 0; l < 32; ++l) EXPECT_EQ(out[l], l < 16 ? 160u : 0xaaaa0000u);
  });
}

// A lane may be waited for under one mask while it first meets other lanes under another mask.
TEST(Warp, OverlappingMasksOneAfterTheOther) {
  simt::under_schedules(schedules, [](std::uint64_t) {
    const auto out = each_lane([](int l) {
      unsigned met = 0;
      if (l == 1 || l == 2) met += __reduce_add_sync(0x6u, 1u);
      if (l == 0 || l == 1) met += __reduce_add_sync(0x3u, 10u);
      return met;
    });
    EXPECT_EQ(out[0], 20u);
    EXPECT_EQ(out[1], 22u);
    EXPECT_EQ(out[2], 2u);
  });
}

TEST(Warp, ActiveMaskNamesThoseAtTheSamePlace) {
  simt::under_schedules(schedules, [](std::uint64_t) {
    const auto out = each_lane([](int l) {
      if (l % 4 == 3) return 0u;
      if (l % 2 == 0) {
        const unsigned mask = __activemask();
        return __ballot_sync(mask, 1);
      }
      return __activemask();
    });
    for (int l = 0; l < 32; ++l) EXPECT_EQ(out[l], l % 4 == 3 ? 0u : l % 2 == 0 ? 0x55555555u : 0x22222222u);
  });
}

__global__ void block_vote_kernel(int* out, int threshold) {
  const int predicate = int(threadIdx.x) < threshold;
  out[3 * threadIdx.x] = __syncthreads_or(predicate);
  out[3 * threadIdx.x + 1] = __syncthreads_and(predicate);
  out[3 * threadIdx.x + 2] = __syncthreads_count(predicate);
}

TEST(Block, Votes) {
  simt::under_schedules(schedules, [](std::uint64_t) {
    for (const int threshold : {0, 1, 40, 69, 70}) {
      std::vector<int> out(3 * 70, -1);
      launch(block_vote_kernel, {1, 70}, nullptr, out.data(), threshold);
      for (std::size_t t = 0; t < 70; ++t) {
        EXPECT_EQ(out[3 * t], threshold > 0);
        EXPECT_EQ(out[3 * t + 1], threshold == 70);
        EXPECT_EQ(out[3 * t + 2], threshold);
      }
    }
  });
}

__global__ void index_kernel(unsigned* seen) {
  const unsigned block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  const unsigned thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  ++seen[block * blockDim.x * blockDim.y * blockDim.z + thread];
}

TEST(Block, EveryIndexOnce) {
  simt::under_schedules(schedules, [](std::uint64_t) {
    std::vector<unsigned> seen(2 * 3 * 4 * 5 * 6 * 7);
    launch(index_kernel, {dim3(2, 3, 4), dim3(5, 6, 7)}, nullptr, seen.data());
    EXPECT_EQ(seen, std::vector<unsigned>(seen.size(), 1u));
  });
}

__global__ void arrival_kernel(std::vector<unsigned>* arrivals) {
  arrivals->push_back(blockIdx.x * blockDim.x + threadIdx.x);
  __syncwarp();
  arrivals->push_back(blockIdx.x * blockDim.x + threadIdx.x);
}

TEST(Schedule, SeedsGiveDifferentOrdersAndTheSameSeedTheSame) {
  const auto arrivals = [] {
    std::vector<unsigned> order;
    launch(arrival_kernel, {3, 64}, nullptr, &order);
    return order;
  };
  std::set<std::vector<unsigned>> orders;
  simt::under_schedules(20, [&](std::uint64_t) {
    orders.insert(arrivals());
    orders.insert(arrivals());
  });
  EXPECT_EQ(orders.size(), 20u);
}

}  // namespace
}  // namespace gumbelcuda
