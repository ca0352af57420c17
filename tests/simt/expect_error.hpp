// SPDX-License-Identifier: Apache-2.0
// A planted bug must be reported with the right kind and the right thread, under every order of lanes and warps; and
// the machine must work normally afterwards.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "kernels/simt.cuh"

namespace gumbelcuda {

template <class Function>
__global__ void planted_kernel(const Function* body) {
  (*body)();
}

// Returns the message that the last order gave.
template <class Function>
std::string expect_error(simt::error_kind kind, const launch_shape& shape, const Function& body,
                         const std::function<bool(uint3 thread)>& blamed = {}) {
  std::string message;
  simt::under_schedules(8, [&](std::uint64_t seed) {
    try {
      launch(planted_kernel<Function>, shape, nullptr, &body);
      ADD_FAILURE() << "nothing found where " << name_of(kind) << " was planted, seed " << seed;
    } catch (const simt::error& found) {
      message = found.what();
      EXPECT_EQ(found.kind(), kind) << name_of(found.kind()) << " for " << name_of(kind) << ", seed " << seed << ": "
                                    << message;
      EXPECT_TRUE(!blamed || blamed(found.thread())) << message;
    }
    unsigned votes = 0;
    const auto healthy = [&votes] {
      __syncthreads();
      if (threadIdx.x < 32) votes = __ballot_sync(0xffffffffu, 1);
    };
    launch(planted_kernel<decltype(healthy)>, {1, 64}, nullptr, &healthy);
    EXPECT_EQ(votes, 0xffffffffu);
  });
  return message;
}

}  // namespace gumbelcuda
