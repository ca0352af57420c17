// SPDX-License-Identifier: Apache-2.0
// Kernels of the usual kinds give their known answers under any order of lanes, warps and blocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>
#include <vector>

#include "tests/simt/example_kernels.cuh"

namespace gumbelcuda {
namespace {

constexpr std::uint64_t schedules = 8;

std::vector<unsigned> numbers(unsigned count) {
  std::vector<unsigned> values(count);
  for (unsigned i = 0; i < count; ++i) values[i] = i * 2654435761u >> 7;
  return values;
}

template <class T, int Width>
void expect_group_sums() {
  constexpr unsigned count = 300;  // the last of three blocks is only partly used
  const std::vector<unsigned> source = numbers(count);
  std::vector<T> values(count), sums(count);
  for (unsigned i = 0; i < count; ++i) values[i] = T(source[i] % 1000);  // so that sums are exact in float
  simt::under_schedules(schedules, [&](std::uint64_t seed) {
    sums.assign(count, T(-1));
    launch(examples::group_sum_kernel<T, Width>, {3, 128}, nullptr, values.data(), sums.data(), count);
    for (unsigned i = 0; i < count; ++i) {
      T expected = 0;
      for (unsigned j = i / Width * Width; j < std::min(count, (i / Width + 1) * Width); ++j) expected += values[j];
      ASSERT_EQ(sums[i], expected) << "element " << i << ", groups of " << Width << ", seed " << seed;
    }
  });
}

template <class T>
void expect_group_sums_of_all_widths() {
  expect_group_sums<T, 1>();
  expect_group_sums<T, 2>();
  expect_group_sums<T, 4>();
  expect_group_sums<T, 8>();
  expect_group_sums<T, 16>();
  expect_group_sums<T, 32>();
}

TEST(Kernel, SumsOfLaneGroups) {
  expect_group_sums_of_all_widths<float>();
  expect_group_sums_of_all_widths<double>();
  expect_group_sums_of_all_widths<int>();
  expect_group_sums_of_all_widths<unsigned long long>();
}

TEST(Kernel, BlockSumsForOddBlockSizes) {
  for (const unsigned threads : {1u, 2u, 31u, 32u, 33u, 64u, 97u, 255u, 256u, 1000u, 1024u}) {
    const unsigned blocks = 3, count = blocks * threads - threads / 2;
    const std::vector<unsigned> source = numbers(count);
    const std::vector<double> values(source.begin(), source.end());
    simt::under_schedules(schedules, [&](std::uint64_t seed) {
      std::vector<double> sums(blocks, -1);
      launch(examples::block_sum_kernel<double>, {blocks, threads}, nullptr, values.data(), sums.data(), count);
      EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), 0.0), std::accumulate(values.begin(), values.end(), 0.0))
          << threads << " threads, seed " << seed;
      EXPECT_EQ(sums[0], std::accumulate(values.begin(), values.begin() + threads, 0.0));
    });
  }
}

TEST(Kernel, BallotsUnderPartialMasks) {
  const std::vector<unsigned> values = numbers(32);
  for (const unsigned active : {0x1u, 0x80000000u, 0x0000ffffu, 0xaaaaaaaau, 0x7fffffffu, 0xffffffffu}) {
    unsigned odd = 0;
    for (unsigned l = 0; l < 32; ++l) odd |= (values[l] & 1) << l;
    simt::under_schedules(schedules, [&](std::uint64_t seed) {
      std::vector<unsigned> ballots(32, 77u);
      launch(examples::partial_ballot_kernel<unsigned>, {1, 32}, nullptr, values.data(), ballots.data(), active);
      for (unsigned l = 0; l < 32; ++l) {
        EXPECT_EQ(ballots[l], active >> l & 1 ? odd & active : 77u) << "lane " << l << ", seed " << seed;
      }
    });
  }
}

TEST(Kernel, HistogramInDynamicSharedMemory) {
  constexpr unsigned count = 5000, bins = 67;
  std::vector<unsigned> values = numbers(count);
  std::vector<unsigned> expected(bins);
  for (unsigned& v : values) ++expected[v %= bins];
  for (const unsigned threads : {33u, 97u, 256u}) {
    simt::under_schedules(schedules, [&](std::uint64_t seed) {
      std::vector<unsigned> totals(bins);
      launch(examples::histogram_kernel<unsigned>, {5, threads, bins * sizeof(unsigned)}, nullptr, values.data(), count,
             bins, totals.data());
      EXPECT_EQ(totals, expected) << threads << " threads, seed " << seed;
    });
  }
}

TEST(Kernel, TransposeInTwoDimensions) {
  constexpr unsigned rows = 21, columns = 37, side = 8;
  std::vector<float> values(rows * columns);
  std::iota(values.begin(), values.end(), 0.0f);
  simt::under_schedules(schedules, [&](std::uint64_t seed) {
    std::vector<float> turned(values.size(), -1.0f);
    const dim3 grid((columns + side - 1) / side, (rows + side - 1) / side);
    launch(examples::transpose_kernel<float, side>, {grid, dim3(side, side)}, nullptr, values.data(), turned.data(),
           rows, columns);
    for (unsigned r = 0; r < rows; ++r) {
      for (unsigned c = 0; c < columns; ++c) {
        ASSERT_EQ(turned[c * rows + r], values[r * columns + c]) << r << ", " << c << ", seed " << seed;
      }
    }
  });
}

TEST(Kernel, LastBlockAddsUp) {
  constexpr unsigned blocks = 7, threads = 33, count = blocks * threads - 5;
  const std::vector<unsigned> values = numbers(count);
  simt::under_schedules(schedules, [&](std::uint64_t seed) {
    std::vector<unsigned> partial(blocks);
    unsigned finished = 0, total = 0;
    launch(examples::last_block_sum_kernel<unsigned>, {blocks, threads}, nullptr, values.data(), count, partial.data(),
           &finished, &total);
    EXPECT_EQ(total, std::accumulate(values.begin(), values.end(), 0u)) << "seed " << seed;
  });
}

TEST(Kernel, OnOtherThreadsOfTheOperatingSystem) {
  const std::vector<unsigned> values = numbers(1000);
  unsigned totals[2] = {};
  const auto work = [&](unsigned* total) {
    for (int turn = 0; turn < 20; ++turn) {
      std::vector<unsigned> partial(10);
      unsigned finished = 0;
      launch(examples::last_block_sum_kernel<unsigned>, {10, 100}, nullptr, values.data(), 1000u, partial.data(),
             &finished, total);
    }
  };
  std::thread first(work, totals), second(work, totals + 1);
  first.join();
  second.join();
  EXPECT_EQ(totals[0], std::accumulate(values.begin(), values.end(), 0u));
  EXPECT_EQ(totals[1], totals[0]);
}

TEST(Kernel, NoBlocksRunNothing) {
  unsigned touched = 0;
  for (const dim3 grid : {dim3(0), dim3(1, 0), dim3(1, 1, 0)}) {
    EXPECT_EQ(launch(examples::partial_ballot_kernel<unsigned>, {grid, 32}, nullptr, nullptr, &touched, 1u),
              launch_success);
  }
  EXPECT_EQ(touched, 0u);
}

}  // namespace
}  // namespace gumbelcuda
