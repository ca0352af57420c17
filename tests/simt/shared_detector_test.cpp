// SPDX-License-Identifier: Apache-2.0
// One planted bug for each misuse of shared memory, and next to it the correct use, which must pass.
#include <string>

#include "tests/simt/expect_error.hpp"

namespace gumbelcuda {
namespace {

using simt::error_kind;

template <class Function>
void expect_right(const launch_shape& shape, const Function& body) {
  simt::under_schedules(8, [&](std::uint64_t seed) {
    EXPECT_NO_THROW(launch(planted_kernel<Function>, shape, nullptr, &body)) << "seed " << seed;
  });
}

TEST(SharedDetector, ReadOfWhatNobodyWrote) {
  float out = 0;
  const std::string message = expect_error(
      error_kind::shared_unwritten, {1, 33},
      [&out] {
        GUMBELCUDA_SHARED(float, 64, values);
        values[threadIdx.x] = 1;
        __syncthreads();
        if (threadIdx.x == 7) out = values[33];
      },
      [](uint3 thread) { return thread.x == 7; });
  EXPECT_NE(message.find("byte 132 of values"), std::string::npos) << message;
}

TEST(SharedDetector, WhatTheLastBlockWroteIsGone) {
  float out = 0;
  expect_error(error_kind::shared_unwritten, {2, 1}, [&out] {
    GUMBELCUDA_SHARED(float, 1, value);
    static bool first;
    first = !first;
    if (first) value[0] = 1;
    if (!first) out = value[0];
  });
}

TEST(SharedDetector, WhatTheLastBlockWroteIsGoneFromDynamicMemory) {
  float out = 0;
  bool first = false;
  expect_error(error_kind::shared_unwritten, {2, 1, 4}, [&] {
    first = !first;
    if (first) dynamic_shared<float>()[0] = 1;
    if (!first) out = dynamic_shared<float>()[0];
  });
}

TEST(SharedDetector, DynamicReadOfWhatNobodyWrote) {
  unsigned out = 0;
  const auto body = [&out](unsigned written) {
    const shared_pointer<unsigned> words = dynamic_shared<unsigned>();
    if (threadIdx.x < written) words[threadIdx.x] = 3;
    __syncthreads();
    if (threadIdx.x == 0) out = words[31];
  };
  expect_error(error_kind::shared_unwritten, {1, 32, 128}, [&] { body(31); });
  expect_right({1, 32, 128}, [&] { body(32); });
}

TEST(SharedDetector, HalfWrittenWord) {
  unsigned out = 0;
  expect_error(error_kind::shared_unwritten, {1, 1, 16}, [&out] {
    const shared_pointer<unsigned short> halves = dynamic_shared<unsigned short>(4);
    halves[0] = 1;
    out = *shared_cast<unsigned>(halves);
  });
  expect_right({1, 1, 16}, [&out] {
    const shared_pointer<unsigned short> halves = dynamic_shared<unsigned short>(4);
    halves[0] = 1;
    halves[1] = 2;
    out = *shared_cast<unsigned>(halves);
  });
  EXPECT_EQ(out, 0x00020001u);
}

TEST(SharedDetector, CompoundAssignmentReads) {
  expect_error(error_kind::shared_unwritten, {1, 1}, [] {
    GUMBELCUDA_SHARED(int, 1, value);
    value[0] += 1;
  });
  expect_error(error_kind::shared_unwritten, {1, 1}, [] {
    GUMBELCUDA_SHARED(int, 1, value);
    atomicAdd(&value[0], 1);
  });
}

TEST(SharedDetector, IndexOutOfBounds) {
  for (const int index : {-1, 16, 1 << 20}) {
    expect_error(error_kind::shared_out_of_bounds, {1, 32}, [index] {
      GUMBELCUDA_SHARED(double, 16, values);
      if (threadIdx.x == 9) values[index] = 1;
    });
  }
  double out = 0;
  expect_error(error_kind::shared_out_of_bounds, {1, 32}, [&out] {
    GUMBELCUDA_SHARED(double, 16, values);
    if (threadIdx.x == 9) out = values[16];
  });
}

TEST(SharedDetector, DynamicIndexOutOfBounds) {
  expect_error(error_kind::shared_out_of_bounds, {1, 32, 127}, [] { dynamic_shared<float>()[threadIdx.x] = 1; });
  expect_right({1, 32, 128}, [] { dynamic_shared<float>()[threadIdx.x] = 1; });
}

TEST(SharedDetector, Misaligned) {
  expect_error(error_kind::shared_misaligned, {1, 1, 64}, [] { *dynamic_shared<float4>(8) = float4{}; });
  expect_right({1, 1, 64}, [] { *dynamic_shared<float4>(16) = float4{}; });
}

TEST(SharedDetector, ReadBeforeTheBarrier) {
  int out[64];
  const auto neighbour = [&out](bool barrier) {
    GUMBELCUDA_SHARED(int, 64, values);
    values[threadIdx.x] = 0;
    __syncthreads();
    values[threadIdx.x] = 1;
    if (barrier) __syncthreads();
    out[threadIdx.x] = values[threadIdx.x ^ 32];
  };
  expect_error(error_kind::shared_race, {1, 64}, [&] { neighbour(false); });
  expect_right({1, 64}, [&] { neighbour(true); });
}

TEST(SharedDetector, OverwrittenBeforeAllHaveRead) {
  int out[64];
  const auto broadcast = [&out](bool barrier) {
    GUMBELCUDA_SHARED(int, 1, value);
    for (int turn = 0; turn < 3; ++turn) {
      if (threadIdx.x == 0) value[0] = turn;
      __syncthreads();
      out[threadIdx.x] = value[0];
      if (barrier) __syncthreads();
    }
  };
  expect_error(error_kind::shared_race, {1, 64}, [&] { broadcast(false); });
  expect_right({1, 64}, [&] { broadcast(true); });
}

TEST(SharedDetector, TwoWritersOfOneElement) {
  expect_error(error_kind::shared_race, {1, 40}, [] {
    GUMBELCUDA_SHARED(int, 32, values);
    values[threadIdx.x % 32] = 1;
  });
}

// A shuffle exchanges values but does not order memory accesses; __syncwarp does.
TEST(SharedDetector, WithinAWarpOnlySyncwarpOrders) {
  int out[32];
  const auto rotate = [&out](bool sync) {
    GUMBELCUDA_SHARED(int, 32, values);
    for (int turn = 0; turn < 4; ++turn) {
      values[threadIdx.x] = int(threadIdx.x);
      sync ? __syncwarp() : void(__shfl_sync(0xffffffffu, 0, 0));
      out[threadIdx.x] = values[(threadIdx.x + 1) % 32] + values[0];
      sync ? __syncwarp() : void(__shfl_sync(0xffffffffu, 0, 0));
      if (threadIdx.x == 0) out[0] += values[0];
    }
  };
  expect_error(error_kind::shared_race, {1, 32}, [&] { rotate(false); });
  expect_right({1, 32}, [&] { rotate(true); });
}

// Two lanes, one of which writes and both of which may read: the shortest possible races.
TEST(SharedDetector, TwoLanesOfOneWarp) {
  int out[32] = {};
  const auto meet = [&out](bool lane_0_reads, bool sync) {
    GUMBELCUDA_SHARED(int, 1, value);
    if (threadIdx.x == 0) value[0] = 1;
    __syncthreads();
    if (threadIdx.x == 1 || lane_0_reads) out[threadIdx.x] = value[0];
    if (sync) __syncwarp();
    if (threadIdx.x == 0) value[0] = 2;
  };
  for (const unsigned threads : {2u, 32u}) {
    for (const bool lane_0_reads : {false, true}) {
      expect_error(error_kind::shared_race, {1, threads}, [&] { meet(lane_0_reads, false); });
    }
  }
  expect_right({1, 32}, [&] { meet(true, true); });
}

TEST(SharedDetector, LastReaderOfSeveralWrites) {
  int out[32] = {};
  for (const unsigned writer : {0u, 7u, 31u}) {
    expect_error(error_kind::shared_race, {1, 32}, [&out, writer] {
      GUMBELCUDA_SHARED(int, 1, value);
      if (threadIdx.x == 0) value[0] = 1;
      __syncthreads();
      out[threadIdx.x] = value[0];
      if (threadIdx.x == writer) value[0] = 2;
    });
  }
}

TEST(SharedDetector, AnotherWarpHasReadToo) {
  int out[64] = {};
  for (const unsigned writer : {0u, 32u}) {
    expect_error(error_kind::shared_race, {1, 64}, [&out, writer] {
      GUMBELCUDA_SHARED(int, 1, value);
      if (threadIdx.x == 0) value[0] = 1;
      __syncthreads();
      out[threadIdx.x] = value[0];
      __syncwarp();
      if (threadIdx.x == writer) value[0] = 2;
    });
  }
}

TEST(SharedDetector, SyncwarpOrdersNotTheOtherWarps) {
  int out[64];
  expect_error(error_kind::shared_race, {1, 64}, [&out] {
    GUMBELCUDA_SHARED(int, 64, values);
    values[threadIdx.x] = 1;
    __syncwarp();
    out[threadIdx.x] = values[threadIdx.x];
    __syncwarp();
    values[threadIdx.x ^ 32] = 2;
  });
}

// Atomics need no order among themselves, so the last of them says nothing about the others.
TEST(SharedDetector, AnotherWarpsAtomicBeforeTheLastOne) {
  int out = 0;
  const auto meet = [&out](bool barrier, bool writes) {
    GUMBELCUDA_SHARED(int, 1, count);
    if (threadIdx.x == 0) count[0] = 0;
    __syncthreads();
    if (threadIdx.x % 32 == 0) atomicAdd(&count[0], 1);
    if (barrier) __syncthreads();
    if (threadIdx.x == 32 && writes) count[0] = 7;
    if (threadIdx.x == 32 && !writes) out = count[0];
  };
  for (const bool writes : {false, true}) {
    expect_error(error_kind::shared_race, {1, 64}, [&] { meet(false, writes); });
    expect_right({1, 64}, [&] { meet(true, writes); });
  }
}

TEST(SharedDetector, AWriteBeforeAnotherThreadsAtomic) {
  const auto meet = [](bool barrier) {
    GUMBELCUDA_SHARED(int, 1, count);
    if (threadIdx.x == 0) count[0] = 0;
    __syncthreads();
    if (threadIdx.x == 0) count[0] = 1;
    __syncwarp();
    if (threadIdx.x == 1) atomicAdd(&count[0], 1);
    if (barrier) __syncthreads();
    if (threadIdx.x == 32) atomicAdd(&count[0], 1);
  };
  expect_error(error_kind::shared_race, {1, 64}, [&] { meet(false); });
  expect_right({1, 64}, [&] { meet(true); });
}

TEST(SharedDetector, PlainReadBesideAtomics) {
  int out[64];
  expect_error(error_kind::shared_race, {1, 64}, [&out] {
    GUMBELCUDA_SHARED(int, 1, count);
    if (threadIdx.x == 0) count[0] = 0;
    __syncthreads();
    atomicAdd(&count[0], 1);
    out[threadIdx.x] = count[0];
  });
}

}  // namespace
}  // namespace gumbelcuda
