// SPDX-License-Identifier: Apache-2.0
// In a sanitizer build, errors of a kernel in global memory or on its own stack are found, although it runs on a
// fiber's stack.
#include <gtest/gtest.h>

#include <vector>

#include "tests/simt/expect_error.hpp"

namespace gumbelcuda {
namespace {

template <class Function>
void run(const launch_shape& shape, const Function& body) {
  launch(planted_kernel<Function>, shape, nullptr, &body);
}

TEST(SanitizerDeathTest, GlobalReadBeyondTheEnd) {
  const std::vector<float> values(40, 1.0f);
  const float* const data = values.data();
  float out = 0;
  EXPECT_DEATH(run({1, 41}, [&] { out += __ldg(data + threadIdx.x); }), "heap-buffer-overflow");
}

TEST(SanitizerDeathTest, GlobalWriteAfterABarrier) {
  std::vector<float> values(40);
  float* const data = values.data();
  EXPECT_DEATH(run({1, 64},
                   [&] {
                     __syncthreads();
                     data[threadIdx.x] = 1;
                   }),
               "heap-buffer-overflow");
}

TEST(SanitizerDeathTest, ArrayOfALaneBeyondItsEnd) {
  const volatile int last = 8;
  EXPECT_DEATH(run({1, 64},
                   [&] {
                     volatile float own[8] = {};
                     __syncwarp();
                     for (int i = 0; i <= last; ++i) own[i] = own[i] + 1;
                   }),
               "stack-buffer-overflow|out of bounds");
}

TEST(SanitizerDeathTest, MisalignedVectorLoad) {
  alignas(16) const float values[8] = {};
  float4 out{};
  EXPECT_DEATH(run({1, 1}, [&] { out = __ldg(reinterpret_cast<const float4*>(values + 1)); }), "misaligned");
}

}  // namespace
}  // namespace gumbelcuda
