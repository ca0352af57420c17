// SPDX-License-Identifier: Apache-2.0
// One planted bug for each mistake in synchronising threads.
#include <string>

#include "tests/simt/expect_error.hpp"

namespace gumbelcuda {
namespace {

using simt::error_kind;

constexpr unsigned all = 0xffffffffu;

TEST(Detector, BarrierThatSomeThreadsHaveLeft) {
  const std::string message = expect_error(
      error_kind::divergent_barrier, {2, 97},
      [] {
        if (threadIdx.x == 96) return;
        __syncthreads();
      },
      [](uint3 thread) { return thread.x == 0; });
  EXPECT_NE(message.find("96 of 97 threads wait, 1 have ended"), std::string::npos) << message;
  EXPECT_NE(message.find("__syncthreads"), std::string::npos) << message;
  EXPECT_NE(message.find("detector_test.cpp:"), std::string::npos) << message;
}

TEST(Detector, BarriersOfTwoKinds) {
  expect_error(error_kind::divergent_barrier, {1, 64}, [] {
    if (threadIdx.x < 32) {
      __syncthreads();
    } else {
      __syncthreads_or(1);
    }
  });
}

TEST(Detector, BarrierCalledMoreOftenBySome) {
  expect_error(error_kind::divergent_barrier, {1, 64}, [] {
    for (unsigned i = 0; i <= threadIdx.x / 32; ++i) __syncthreads();
  });
}

TEST(Detector, BarrierWhileALaneWaitsInItsWarp) {
  expect_error(
      error_kind::mask_lane_elsewhere, {1, 32},
      [] {
        if (threadIdx.x < 16) {
          __syncthreads();
        } else {
          __shfl_xor_sync(all, 1, 1);
        }
      },
      [](uint3 thread) { return thread.x == 16; });
}

TEST(Detector, LockThatIsNeverReleased) {
  unsigned lock = 0;
  expect_error(error_kind::deadlock, {1, 2}, [&lock] {
    while (atomicCAS(&lock, 0u, 1u) != 0u) {
    }
  });
}

TEST(Detector, FlagOfALaneThatWaitsAtABarrier) {
  unsigned flag = 0;
  expect_error(
      error_kind::deadlock, {1, 64},
      [&flag] {
        if (threadIdx.x == 40) {
          while (atomicAdd(&flag, 0u) == 0u) {
          }
        }
        __syncthreads();
        flag = 1;
      },
      [](uint3 thread) { return thread.x == 40; });
}

TEST(Detector, MaskWithoutItsCaller) {
  expect_error(
      error_kind::mask_without_caller, {1, 32}, [] { __ballot_sync(0xfffffff7u, 1); },
      [](uint3 thread) { return thread.x == 3; });
}

TEST(Detector, EmptyMask) {
  expect_error(error_kind::mask_without_caller, {1, 1}, [] { __syncwarp(0); });
}

TEST(Detector, MaskNamesALaneThatHasEnded) {
  const std::string message = expect_error(error_kind::mask_names_ended_lane, {1, 32}, [] {
    if (threadIdx.x == 5) return;
    __shfl_down_sync(all, 1.0f, 1);
  });
  EXPECT_NE(message.find("lane 5 of warp 0 has ended"), std::string::npos) << message;
}

TEST(Detector, MaskNamesALaneThatTheBlockDoesNotHave) {
  const std::string message = expect_error(
      error_kind::mask_names_ended_lane, {1, 33}, [] { __any_sync(all, 1); },
      [](uint3 thread) { return thread.x == 32; });
  EXPECT_NE(message.find("lane 1 of warp 1 does not exist"), std::string::npos) << message;
}

TEST(Detector, MaskNamesALaneAtAnotherOperation) {
  expect_error(error_kind::mask_lane_elsewhere, {1, 32}, [] {
    if (threadIdx.x < 16) {
      __shfl_xor_sync(all, 1, 1);
    } else {
      __ballot_sync(all, 1);
    }
  });
}

TEST(Detector, OneShuffleOfTwoTypes) {
  expect_error(error_kind::mask_lane_elsewhere, {1, 32}, [] {
    if (threadIdx.x < 16) {
      __shfl_xor_sync(all, 1.0f, 1);
    } else {
      __shfl_xor_sync(all, 1.0, 1);
    }
  });
}

TEST(Detector, MasksOfOneOperationDiffer) {
  expect_error(error_kind::masks_differ, {1, 32}, [] { __syncwarp(threadIdx.x == 0 ? 0x0000ffffu : all); });
}

TEST(Detector, ShuffleReadsALaneOutsideTheMask) {
  const std::string message = expect_error(
      error_kind::shuffle_from_outside, {1, 32},
      [] {
        if (threadIdx.x < 16) __shfl_down_sync(0x0000ffffu, threadIdx.x, 1);
      },
      [](uint3 thread) { return thread.x == 15; });
  EXPECT_NE(message.find("__shfl_down_sync"), std::string::npos) << message;
}

TEST(Detector, ShuffleOfAWidthThatIsNoPowerOfTwo) {
  for (const int width : {0, 3, 33, 64, -1}) {
    expect_error(error_kind::shuffle_width, {1, 32}, [width] { __shfl_sync(all, 1, 0, width); });
  }
}

TEST(Detector, LaunchesThatCudaRefuses) {
  const auto nothing = [] {};
  for (const launch_shape& shape :
       {launch_shape{1, 1025}, launch_shape{1, 0}, launch_shape{1, dim3(32, 33)}, launch_shape{1, dim3(1, 1, 65)},
        launch_shape{1, dim3(1, 0)}, launch_shape{1, 32, 227 * 1024 + 1}, launch_shape{dim3(1, 65536), 1},
        launch_shape{0x80000000u, 1}}) {
    expect_error(error_kind::launch_shape, shape, nothing);
  }
}

TEST(Detector, StaticAndDynamicSharedMemoryTogether) {
  const auto body = [] {
    GUMBELCUDA_SHARED(float, 1024, values);
    values[threadIdx.x] = 1;
  };
  launch(planted_kernel<decltype(body)>, {1, 32, 223 * 1024}, nullptr, &body);
  expect_error(error_kind::launch_shape, {1, 32, 223 * 1024 + 1}, body);
}

TEST(Detector, DeviceFunctionOutsideAKernel) {
  try {
    __syncthreads();
    ADD_FAILURE();
  } catch (const simt::error& found) {
    EXPECT_EQ(found.kind(), error_kind::outside_kernel);
  }
}

// An exception that a kernel throws leaves launch(), and every object on the lanes' stacks is destroyed.
TEST(Detector, ExceptionsLeaveTheKernelAndStacksUnwind) {
  static int alive;
  struct counted {
    counted() { ++alive; }
    ~counted() { --alive; }
  };
  const auto body = [] {
    const counted here;
    if (threadIdx.x == 70) throw std::runtime_error("planted");
    __syncthreads();
  };
  simt::under_schedules(8, [&](std::uint64_t) {
    alive = 0;
    EXPECT_THROW(launch(planted_kernel<decltype(body)>, {4, 128}, nullptr, &body), std::runtime_error);
    EXPECT_EQ(alive, 0);
  });
}

TEST(Detector, NamesTheBlock) {
  const auto body = [] {
    if (blockIdx.x == 2 && blockIdx.y == 1) __syncwarp(0);
  };
  try {
    launch(planted_kernel<decltype(body)>, {dim3(3, 2), 32}, nullptr, &body);
    ADD_FAILURE();
  } catch (const simt::error& found) {
    EXPECT_EQ(found.block().x, 2u);
    EXPECT_EQ(found.block().y, 1u);
  }
}

}  // namespace
}  // namespace gumbelcuda
