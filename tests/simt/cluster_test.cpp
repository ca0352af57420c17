// SPDX-License-Identifier: Apache-2.0
// Clusters of blocks: each other's shared memory, their barrier, and one planted bug for each misuse.
#include <string>
#include <vector>

#include "kernels/cluster.cuh"
#include "tests/simt/expect_error.hpp"

namespace gumbelcuda {
namespace {

using simt::error_kind;

launch_shape clusters(unsigned grid, unsigned blocks, unsigned threads, std::size_t dynamic_shared_bytes = 0) {
  return {dim3(grid), dim3(threads), dynamic_shared_bytes, blocks};
}

template <class Function>
void expect_right(const launch_shape& shape, const Function& body) {
  simt::under_schedules(8, [&](std::uint64_t seed) {
    EXPECT_NO_THROW(launch(planted_kernel<Function>, shape, nullptr, &body)) << "seed " << seed;
  });
}

TEST(SimtCluster, BlocksReadAndWriteEachOthersSharedMemory) {
  std::vector<unsigned> read(256), received(256);
  expect_right(clusters(4, 2, 64, 256), [&] {
    GUMBELCUDA_SHARED(unsigned, 64, values);
    const shared_pointer<unsigned> inbox = dynamic_shared<unsigned>();
    const unsigned thread = threadIdx.x, other = 1 - block_of_cluster(), me = blockIdx.x * 64 + thread;
    values[thread] = me;
    cluster_sync();
    read[me] = *in_block(&values[63 - thread], other);
    *in_block(&inbox[thread], other) = 1000 + me;
    cluster_sync();
    const unsigned mine = inbox[thread];
    received[me] = mine;
  });
  for (unsigned me = 0; me < 256; ++me) {
    const unsigned other_block = (me / 64) ^ 1;
    EXPECT_EQ(read[me], other_block * 64 + 63 - me % 64);
    EXPECT_EQ(received[me], 1000 + other_block * 64 + me % 64);
  }
}

TEST(SimtCluster, LaunchesThatCudaRefuses) {
  const auto nothing = [] {};
  expect_error(error_kind::launch_shape, clusters(3, 2, 32), nothing);
  expect_error(error_kind::launch_shape, clusters(16, 16, 32), nothing);
  expect_error(error_kind::launch_shape, clusters(2, 2, 33), nothing);
}

TEST(SimtCluster, ABarrierOfTheBlockDoesNotOrderBlocks) {
  unsigned out = 0;
  const auto body = [&out](bool of_cluster) {
    GUMBELCUDA_SHARED(unsigned, 32, values);
    values[threadIdx.x] = 1;
    cluster_sync();
    if (block_of_cluster() == 0) *in_block(&values[threadIdx.x], 1) = 2;
    if (of_cluster)
      cluster_sync();
    else
      __syncthreads();
    if (block_of_cluster() == 1) {
      const unsigned value = values[threadIdx.x];
      out = value;
    }
    cluster_sync();
  };
  expect_error(error_kind::shared_race, clusters(2, 2, 32), [&] { body(false); });
  expect_right(clusters(2, 2, 32), [&] { body(true); });
  EXPECT_EQ(out, 2u);
}

// The owner's own read and barrier come between another block's read and the owner's write.
TEST(SimtCluster, TheOwnersReadHidesNoOther) {
  unsigned out[2] = {};
  const auto body = [&out](bool of_cluster) {
    GUMBELCUDA_SHARED(unsigned, 1, value);
    const unsigned block = block_of_cluster();
    if (threadIdx.x == 0) value[0] = 1;
    cluster_sync();
    if (threadIdx.x == 0) out[block] = *in_block(&value[0], 0);
    if (of_cluster)
      cluster_sync();
    else
      __syncthreads();
    if (block == 0 && threadIdx.x == 0) value[0] = 2;
    cluster_sync();
  };
  expect_error(error_kind::shared_race, clusters(2, 2, 32), [&] { body(false); });
  expect_right(clusters(2, 2, 32), [&] { body(true); });
}

// Of three blocks that read, add to or write a number, each in turn, the one that does so last is ordered.
TEST(SimtCluster, TheLastOfSeveralBlocksHidesNoOther) {
  unsigned out[4] = {};
  const auto body = [&out](bool adds, bool of_cluster) {
    GUMBELCUDA_SHARED(unsigned, 1, value);
    const unsigned block = block_of_cluster();
    if (threadIdx.x == 0) value[0] = 1;
    cluster_sync();
    if (threadIdx.x == 0 && block < 3) {
      if (adds)
        atomicAdd(in_block(&value[0], 3), 1u);
      else
        out[block] = *in_block(&value[0], 3);
    }
    if (of_cluster)
      cluster_sync();
    else
      __syncthreads();
    if (threadIdx.x == 0 && block < 2) {
      if (adds)
        out[block] = *in_block(&value[0], 3);
      else if (block == 1)
        *in_block(&value[0], 3) = 2;
    }
    cluster_sync();
  };
  for (const bool adds : {false, true}) {
    expect_error(error_kind::shared_race, clusters(4, 4, 32), [&] { body(adds, false); });
    expect_right(clusters(4, 4, 32), [&] { body(adds, true); });
  }
}

TEST(SimtCluster, WhatAnotherBlockHasNotWritten) {
  unsigned out = 0;
  expect_error(error_kind::shared_unwritten, clusters(2, 2, 32), [&out] {
    GUMBELCUDA_SHARED(unsigned, 1, value);
    if (block_of_cluster() == 0 && threadIdx.x == 0) value[0] = 1;
    cluster_sync();
    if (block_of_cluster() == 0 && threadIdx.x == 0) out = *in_block(&value[0], 1);
    cluster_sync();
  });
}

TEST(SimtCluster, ABlockThatHasEndedOrMayHave) {
  unsigned out = 0;
  const auto body = [&out](int most_waits, bool barrier) {
    GUMBELCUDA_SHARED(unsigned, 1, value);
    if (threadIdx.x == 0) value[0] = 1;
    cluster_sync();
    const shared_pointer<unsigned> of_other = in_block(&value[0], 1);
    if (block_of_cluster() == 0) {
      for (int waits = 0; waits < most_waits; ++waits)
        __threadfence();  // until the other block has ended, in any order
      const unsigned read = *of_other;
      out = read;
    }
    if (barrier) cluster_sync();
  };
  const std::string message =
      expect_error(error_kind::shared_out_of_bounds, clusters(2, 2, 32), [&] { body(1000, false); });
  EXPECT_NE(message.find("block 1 of the cluster has ended"), std::string::npos) << message;
  expect_error(error_kind::shared_out_of_bounds, clusters(2, 2, 32), [&] { body(0, false); });
  expect_right(clusters(2, 2, 32), [&] { body(0, true); });
}

TEST(SimtCluster, ABlockThatMayNotHaveBegun) {
  const auto body = [](bool barrier) {
    GUMBELCUDA_SHARED(unsigned, 1, value);
    if (barrier) cluster_sync();
    if (threadIdx.x == 0) *in_block(&value[0], 1 - block_of_cluster()) = 1;
    cluster_sync();
  };
  const std::string message = expect_error(error_kind::shared_out_of_bounds, clusters(2, 2, 32), [&] { body(false); });
  EXPECT_NE(message.find("may not have begun"), std::string::npos) << message;
  expect_right(clusters(2, 2, 32), [&] { body(true); });
  expect_error(error_kind::shared_out_of_bounds, clusters(2, 2, 32), [] {
    GUMBELCUDA_SHARED(unsigned, 1, value);
    *in_block(&value[0], 2) = 1;
  });
}

TEST(SimtCluster, AThreadThatEndsBeforeTheBarrier) {
  const std::string message = expect_error(error_kind::divergent_barrier, clusters(2, 2, 64), [] {
    if (blockIdx.x == 1 && threadIdx.x == 40) return;
    cluster_sync();
  });
  EXPECT_NE(message.find("127 of 128 threads wait, 1 have ended"), std::string::npos) << message;
}

}  // namespace
}  // namespace gumbelcuda
