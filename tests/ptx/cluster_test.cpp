// SPDX-License-Identifier: Apache-2.0
// Clusters of blocks: addresses in each other's shared memory, their barrier, and what goes wrong with them.
#include "tests/ptx/expect_error.hpp"
#include "tests/ptx/text_kernel.hpp"

namespace gumbelcuda::ptx {
namespace {

// Each thread writes its number and its block's, 100·block + thread, to shared memory; %rd3 becomes its place in block
// %r5, and %me its own place in the result.
const std::string writes = R"(
.shared .align 8 .b8 of_threads[512];
mov.u32 %r1, %cluster_ctarank;
mov.u32 %r2, %cluster_nctarank;
mov.u32 %r3, %ntid.x;
mad.lo.u32 %r4, %r1, %r3, %thread;
mad.wide.u32 %me, %r4, 8, %out;
mad.lo.u32 %r4, %r1, 100, %thread;
cvt.u64.u32 %rd1, %r4;
cvta.shared.u64 %rd2, of_threads;
mad.wide.u32 %rd2, %thread, 8, %rd2;
st.u64 [%rd2], %rd1;
)";
const std::string maps_to_next = R"(
add.u32 %r5, %r1, 1;
rem.u32 %r5, %r5, %r2;
mapa.u64 %rd3, %rd2, %r5;
)";
const std::string meets = "barrier.cluster.arrive;\nbarrier.cluster.wait;\n";

TEST(PtxCluster, BlocksReadEachOthersSharedMemoryUnderEveryOrder) {
  for (const std::uint64_t order : {0, 1, 2, 3}) {
    const auto values =
        run_text({.body = writes + meets + maps_to_next + "ld.u64 %rd4, [%rd3];\nst.global.u64 [%me], %rd4;\n" + meets,
                  .blocks_of_cluster = 4},
                 64, 0, order);
    for (unsigned n = 0; n < 256; ++n) EXPECT_EQ(values[n], 100 * ((n / 64 + 1) % 4) + n % 64) << order;
  }
}

TEST(PtxCluster, ABlockThatHasEnded) {
  expect_error(error_kind::out_of_bounds, "lane 0", [] {
    run_text({.body = writes + meets + maps_to_next + "setp.eq.u32 %p1, %r1, 1;\n@%p1 bra END;\n" + meets +
                      "ld.u64 %rd4, [%rd3];\nEND:",
              .blocks_of_cluster = 2});
  });
}

TEST(PtxCluster, ABlockThatIsNotThere) {
  expect_error(error_kind::out_of_bounds, "block 2 of a cluster of 2",
               [] { run_text({.body = writes + "mapa.u64 %rd3, %rd2, 2;", .blocks_of_cluster = 2}); });
  expect_error(error_kind::out_of_bounds, "is not in its block's shared memory",
               [] { run_text({.body = writes + "mapa.u64 %rd3, %me, 1;", .blocks_of_cluster = 2}); });
}

TEST(PtxCluster, BarriersThatAreNotArrivedAtOnce) {
  expect_error(error_kind::divergent_barrier, "has not arrived", [] { run_text({.body = "barrier.cluster.wait;"}); });
  expect_error(error_kind::divergent_barrier, "arrives twice",
               [] { run_text({.body = "barrier.cluster.arrive;\nbarrier.cluster.arrive;"}); });
  expect_error(error_kind::divergent_barrier, "waits here, others in line", [] {
    run_text({.body = "setp.eq.u32 %p1, %thread, 40;\n@%p1 bra OTHER;\nbar.sync 0;\nbra END;\nOTHER:\n" + meets +
                      "bra END;\nEND:"},
             64);
  });
}

TEST(PtxCluster, LaunchesThatCudaRefuses) {
  module text(text_of({.body = ""}));
  const function& kernel = *text.find("test_kernel");
  const auto refused = [&](const launch_shape& shape, const std::string& says) {
    expect_error(error_kind::launch_shape, says, [&] { check_launch(kernel, shape); });
  };
  refused({3, 32, 0, 2}, "3 blocks in clusters of 2");
  refused({16, 32, 0, 16}, "16 blocks in clusters of 16");
  refused({16, 32, 0, 0}, "16 blocks in clusters of 0");
}

}  // namespace
}  // namespace gumbelcuda::ptx
