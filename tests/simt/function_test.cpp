// SPDX-License-Identifier: Apache-2.0
// The device functions of one thread at edge cases, where CUDA's results differ from the host's; and the atomic
// functions on global and shared memory.
#include <gtest/gtest.h>

#include <vector>

#include "kernels/simt.cuh"

namespace gumbelcuda {
namespace {

TEST(LaneFunction, Bits) {
  EXPECT_EQ(__popc(0), 0);
  EXPECT_EQ(__popc(0xf0f00001u), 9);
  EXPECT_EQ(__popcll(~0ull), 64);
  EXPECT_EQ(__clz(0), 32);
  EXPECT_EQ(__clz(-1), 0);
  EXPECT_EQ(__clzll(1), 63);
  EXPECT_EQ(__ffs(0), 0);
  EXPECT_EQ(__ffs(0x50), 5);
  EXPECT_EQ(__ffsll(1ll << 40), 41);
  EXPECT_EQ(__brev(0x00000003u), 0xc0000000u);
  EXPECT_EQ(__brevll(0x2ull), 0x4000000000000000ull);
  EXPECT_EQ(__umulhi(0xffffffffu, 0xffffffffu), 0xfffffffeu);
  EXPECT_EQ(__umul64hi(~0ull, ~0ull), ~0ull - 1);
  EXPECT_EQ(__funnelshift_l(0x80000001u, 0x00000001u, 1), 0x00000003u);
  EXPECT_EQ(__funnelshift_l(5u, 7u, 32), 7u);
  EXPECT_EQ(__funnelshift_r(0x00000002u, 0x00000001u, 1), 0x80000001u);
  EXPECT_EQ(__funnelshift_r(5u, 7u, 32), 5u);
}

TEST(LaneFunction, Values) {
  EXPECT_EQ(__float_as_uint(1.0f), 0x3f800000u);
  EXPECT_EQ(__float_as_int(-0.0f), int(0x80000000u));
  EXPECT_EQ(__uint_as_float(0x40000000u), 2.0f);
  EXPECT_EQ(__int_as_float(0x3f000000), 0.5f);
  EXPECT_EQ(__longlong_as_double(__double_as_longlong(-2.5)), -2.5);
  EXPECT_EQ(__fmaf_rn(1.0f + 0x1p-12f, 1.0f + 0x1p-12f, -1.0f), 0x1p-11f + 0x1p-24f);
  EXPECT_EQ(__fadd_rn(__fmul_rn(1.0f + 0x1p-12f, 1.0f + 0x1p-12f), -1.0f), 0x1p-11f);
  EXPECT_EQ(__fsqrt_rn(__fdiv_rn(__fsub_rn(10.0f, 1.0f), 4.0f)), 1.5f);
}

__global__ void atomics_kernel(unsigned* u, int* i, unsigned long long* w, float* f) {
  const unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
  atomicAdd(u, 3u);
  atomicMax(u + 1, t);
  atomicMin(u + 2, t + 7);
  atomicOr(u + 3, 1u << t % 32);
  atomicAnd(u + 4, ~(1u << t % 32));
  atomicXor(u + 5, t);
  atomicAdd(i, -1);
  atomicMax(i + 1, -int(t) - 1);
  atomicMin(i + 2, -int(t));
  atomicAdd(w, 1ull << 32);
  atomicMax(w + 1, 1ull << 40 | t);
  atomicAdd(f, 0.5f);
  unsigned seen = u[6];
  while (true) {
    const unsigned before = atomicCAS(u + 6, seen, seen + t);
    if (before == seen) break;
    seen = before;
  }
  atomicExch(u + 7, 9u);
}

TEST(Atomic, OnGlobalMemory) {
  simt::under_schedules(6, [](std::uint64_t) {
    std::vector<unsigned> u = {0, 0, 99, 0, ~0u, 0, 0, 1};
    std::vector<int> i = {0, -1000, 0};
    std::vector<unsigned long long> w = {0, 0};
    float f = 0;
    launch(atomics_kernel, {3, 33}, nullptr, u.data(), i.data(), w.data(), &f);
    EXPECT_EQ(u, (std::vector<unsigned>{297, 98, 7, ~0u, 0, 99, 4851, 9}));
    EXPECT_EQ(i, (std::vector<int>{-99, -1, -98}));
    EXPECT_EQ(w, (std::vector<unsigned long long>{99ull << 32, 1ull << 40 | 98}));
    EXPECT_EQ(f, 49.5f);
  });
}

// A lock that each lane takes in turn: a waiting lane must let the others run.
__global__ void lock_kernel(unsigned* lock, unsigned* counter) {
  while (atomicCAS(lock, 0u, 1u) != 0u) {
  }
  const unsigned before = *counter;
  __threadfence();
  *counter = before + 1;
  atomicExch(lock, 0u);
}

TEST(Atomic, SpinLock) {
  simt::under_schedules(6, [](std::uint64_t) {
    unsigned lock = 0, counter = 0;
    launch(lock_kernel, {2, 64}, nullptr, &lock, &counter);
    EXPECT_EQ(counter, 128u);
  });
}

// One lane waits for another's flag between fences.
__global__ void flag_kernel(volatile unsigned* flag, unsigned* out) {
  if (threadIdx.x == 32) {
    __nanosleep(100);
    *flag = 5;
  } else {
    while (*flag == 0) __threadfence();
  }
  out[threadIdx.x] = *flag;
}

TEST(Atomic, WaitingForAFlag) {
  simt::under_schedules(6, [](std::uint64_t) {
    volatile unsigned flag = 0;
    std::vector<unsigned> out(64);
    launch(flag_kernel, {1, 64}, nullptr, &flag, out.data());
    EXPECT_EQ(out, std::vector<unsigned>(64, 5u));
  });
}

// Many fences without an atomic between them are work, and not yet a deadlock.
__global__ void fences_kernel(volatile unsigned* flag, volatile unsigned* out) {
  if (threadIdx.x == 0) {
    for (unsigned i = 1; i <= 10000; ++i) {
      *out = i;
      __threadfence();
    }
    *flag = 1;
  } else {
    while (*flag == 0) __threadfence();
  }
}

TEST(Atomic, WaitingLongForAFlag) {
  simt::under_schedules(6, [](std::uint64_t) {
    volatile unsigned flag = 0, out = 0;
    launch(fences_kernel, {1, 40}, nullptr, &flag, &out);
    EXPECT_EQ(out, 10000u);
  });
}

__global__ void shared_atomics_kernel(unsigned* out) {
  GUMBELCUDA_SHARED(unsigned, 4, words);
  GUMBELCUDA_SHARED(float, 1, sum);
  if (threadIdx.x < 4) words[threadIdx.x] = 0;
  if (threadIdx.x == 0) sum[0] = 0;
  __syncthreads();
  atomicAdd(&words[0], threadIdx.x);
  atomicMax(words + 1, threadIdx.x);
  atomicOr(&words[2], 1u << threadIdx.x % 32);
  atomicCAS(&words[3], 0u, threadIdx.x + 1);
  atomicAdd(&sum[0], 1.0f);
  __syncthreads();
  if (threadIdx.x < 4) out[threadIdx.x] = words[threadIdx.x];
  if (threadIdx.x == 4) out[4] = unsigned(sum[0]);
}

TEST(Atomic, OnSharedMemory) {
  simt::under_schedules(6, [](std::uint64_t) {
    std::vector<unsigned> out(5);
    launch(shared_atomics_kernel, {1, 40}, nullptr, out.data());
    EXPECT_EQ(out[0], 780u);
    EXPECT_EQ(out[1], 39u);
    EXPECT_EQ(out[2], ~0u);
    EXPECT_TRUE(out[3] >= 1 && out[3] <= 40);
    EXPECT_EQ(out[4], 40u);
  });
}

}  // namespace
}  // namespace gumbelcuda
