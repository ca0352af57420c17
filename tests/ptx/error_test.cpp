// SPDX-License-Identifier: Apache-2.0
// Each kind of error is found where it is planted, and names the line and what is wrong.
#include "tests/ptx/expect_error.hpp"
#include "tests/ptx/text_kernel.hpp"

namespace gumbelcuda::ptx {
namespace {

void expect_error_in(error_kind kind, const std::string& says, const std::string& body, unsigned threads = 32) {
  expect_error(kind, says, [&] { run_text({.body = body}, threads); });
}

TEST(PtxErrors, AccessesOutsideOfTheirMemory) {
  expect_error_in(error_kind::out_of_bounds, "lane 31", "ld.global.u64 %rd1, [%me+8];");
  expect_error_in(error_kind::out_of_bounds, "lane 0", "ld.global.u64 %rd1, [%me+-8];");
  expect_error_in(error_kind::out_of_bounds, "st.global.u64 [%me+248], 1;", "st.global.u64 [%me+248], 1;");
  expect_error_in(error_kind::out_of_bounds, "lane 0", "mov.u64 %rd1, 16;\nld.u64 %rd2, [%rd1];");
  expect_error_in(error_kind::out_of_bounds, "16, of 16", ".shared .align 8 .b8 s[16];\nst.shared.u64 [s+16], 1;");
  expect_error_in(error_kind::out_of_bounds, "14, of 16", ".shared .align 8 .b8 s[16];\nst.shared.u32 [s+14], 1;");
  expect_error_in(error_kind::out_of_bounds, "16, of 16", ".local .align 8 .b8 l[16];\nst.local.u32 [l+16], 1;");
  expect_error_in(error_kind::out_of_bounds, "8, of 8", "ld.param.u32 %r1, [test_kernel_param_0+8];");
}

TEST(PtxErrors, MisalignedAccesses) {
  expect_error_in(error_kind::misaligned, "4 bytes", "ld.global.u32 %r1, [%out+2];");
  expect_error_in(error_kind::misaligned, "16 bytes at 8",
                  ".shared .align 16 .b8 s[32];\nst.shared.v2.u64 [s+8], {1, 2};");
  expect_error_in(error_kind::misaligned, "8 bytes at 4", ".local .align 16 .b8 s[32];\nst.local.u64 [s+4], 1;");
}

TEST(PtxErrors, LaunchesThatCudaRefuses) {
  const auto refused = [](const text_kernel& kernel, unsigned threads, std::size_t shared, const std::string& says) {
    expect_error(error_kind::launch_shape, says, [&] { run_text(kernel, threads, shared); });
  };
  refused({.body = ""}, 1025, 0, "1025 threads, 1024 allowed");
  refused({.body = ""}, 0, 0, "0 threads");
  refused({.limits = ".maxntid 64, 1, 1", .body = ""}, 96, 0, "96 threads, compiled for 64");
  refused({.body = ".shared .align 4 .b8 s[100];"}, 32, 49060, "49160 bytes of shared memory, 49152 allowed");
  EXPECT_EQ(run_text({.limits = ".maxntid 64, 1, 1", .body = ".shared .align 4 .b8 s[100];"}, 64, 49000).size(), 64u);
}

TEST(PtxErrors, ReadsOfWhatNobodyHasWritten) {
  expect_error_in(error_kind::unwritten_register, "lane 0", "add.s32 %r1, %r2, 1;");
  expect_error_in(error_kind::unwritten_register, "lane 0", "st.global.u32 [%me], %r2;");
  expect_error_in(error_kind::unwritten_register, "lane 0", "@%p1 bra END;\nEND:");
  // Only lanes from 4 on have written it.
  expect_error_in(error_kind::unwritten_register, "lane 0",
                  "setp.ge.u32 %p1, %thread, 4;\n@%p1 mov.u32 %r1, 1;\nadd.s32 %r2, %r1, 1;");
  expect_error_in(error_kind::unwritten_memory, "lane 0", ".shared .align 8 .b8 s[8];\nld.shared.u32 %r1, [s];");
  expect_error_in(error_kind::unwritten_memory, "lane 0",
                  ".shared .align 8 .b8 s[8];\nst.shared.u32 [s], 1;\nld.shared.u64 %rd1, [s];");
  const std::string half = ".local .align 8 .b8 l[8];\nst.local.u32 [l], 1;\nld.local.v2.u32 {%r1, %r2}, [l];\n";
  expect_error_in(error_kind::unwritten_register, "lane 0", half + "mov.u32 %r3, %r2;\nadd.s32 %r4, %r3, 1;");
  EXPECT_NO_THROW(run_text({.body = half + "mov.u32 %r3, %r2;\nadd.s32 %r4, %r1, 1;"}));
  const std::string packed = half + "mov.b64 %rd1, {%r1, %r2};\nmov.b64 {%r3, %r4}, %rd1;\n";
  expect_error_in(error_kind::unwritten_register, "lane 0", packed + "add.s32 %r5, %r4, 1;");
  EXPECT_NO_THROW(run_text({.body = packed}));
  EXPECT_NO_THROW(run_text({.body = packed + "cvt.u32.u64 %r5, %rd1;\nadd.s32 %r5, %r5, 1;"}));
  expect_error_in(error_kind::unwritten_register, "lane 0", packed + "shr.u64 %rd2, %rd1, 32;");
  expect_error_in(error_kind::unwritten_memory, "lane 0",
                  ".shared .align 4 .b8 s[4];\natom.shared.max.s32 %r1, [s], 1;");
}

TEST(PtxErrors, SharedMemoryIsNotKeptFromBlockToBlock) {
  module text(text_of({.body = R"(
.shared .align 4 .b8 s[4];
mov.u32 %r1, %ctaid.x;
setp.ne.u32 %p1, %r1, 0;
@%p1 bra SECOND;
st.shared.u32 [s], 1;
SECOND:
ld.shared.u32 %r2, [s];)"}));
  memory_of_test memory(1);
  const void* const out = memory.values.data();
  const void* const arguments[] = {&out};
  EXPECT_NO_THROW(launch(*text.find("test_kernel"), {1, 1}, arguments, memory));
  expect_error(error_kind::unwritten_memory, "block (1, 0, 0)", [&] {
    launch(*text.find("test_kernel"), {2, 1}, arguments, memory);
  });
}

TEST(PtxErrors, LanesThatDoNotTakePart) {
  const std::string shuffle = "shfl.sync.idx.b32 %r1, %thread, 0, 31, -1;";
  const std::string upper_half_ends = "setp.ge.u32 %p1, %thread, 16;\n@%p1 ret;\n";
  expect_error_in(error_kind::lane_never_arrives, "names lane 16, which has ended", upper_half_ends + shuffle);
  expect_error_in(error_kind::lane_never_arrives, "names lane 8, which has ended or does not exist", shuffle, 8);
  // They wait, and then it is too late.
  expect_error_in(error_kind::lane_never_arrives, "waits for lane 16, which has ended",
                  "setp.lt.u32 %p1, %thread, 16;\n@!%p1 bra UPPER;\n" + shuffle + "\nbra.uni END;\nUPPER:\nret;\nEND:");
  expect_error_in(error_kind::lane_never_arrives, "waits for lane 16, which waits in line",
                  "setp.lt.u32 %p1, %thread, 16;\n@!%p1 bra UPPER;\n" + shuffle +
                      "\nbra.uni END;\nUPPER:\nvote.sync.any.pred %p2, %p1, -1;\nEND:");
  expect_error_in(error_kind::lane_never_arrives, "predicate", "setp.lt.u32 %p1, %thread, 16;\n@%p1 " + shuffle);
  expect_error_in(error_kind::lane_outside_mask, "omits the lane itself",
                  "shfl.sync.idx.b32 %r1, %thread, 0, 31, 0xffff;");
  expect_error_in(error_kind::lane_outside_mask, "reads from lane 3, which its mask omits",
                  "shfl.sync.idx.b32 %r1, %thread, 3, 31, 0x7;", 3);
  expect_error_in(error_kind::masks_differ, "gives another mask",
                  "setp.lt.u32 %p1, %thread, 16;\nselp.b32 %r1, 0xffff, -1, %p1;\n"
                  "shfl.sync.idx.b32 %r2, %thread, 0, 31, %r1;");
  expect_error_in(error_kind::lane_never_arrives, "vote.sync",
                  upper_half_ends + "setp.eq.u32 %p2, %thread, 0;\nvote.sync.any.pred %p3, %p2, -1;");
}

TEST(PtxErrors, BarriersThatNotAllThreadsReach) {
  expect_error_in(error_kind::divergent_barrier, "has ended", "setp.ge.u32 %p1, %thread, 48;\n@%p1 ret;\nbar.sync 0;",
                  64);
  expect_error_in(error_kind::divergent_barrier, "has ended", "setp.ge.u32 %p1, %thread, 32;\n@%p1 ret;\nbar.sync 0;",
                  64);
  expect_error_in(error_kind::divergent_barrier, "waits here, others in line",
                  "setp.ge.u32 %p1, %thread, 32;\n@%p1 bra OTHER;\nbar.sync 0;\nret;\nOTHER:\nbar.sync 0;", 64);
  expect_error_in(error_kind::lane_never_arrives, "which waits in line",
                  "setp.eq.u32 %p1, %thread, 0;\n@%p1 bra OTHER;\nbar.sync 0;\nret;\nOTHER:\nbar.warp.sync -1;");
}

TEST(PtxErrors, TextThatIsNotUnderstood) {
  expect_error_in(error_kind::unknown_instruction, "frobnicate.s32", "frobnicate.s32 %r1, %r2;");
  expect_error_in(error_kind::unknown_instruction, "add.s32", "add.s32 %r1, %rd1, 1;");  // a register of another width
  expect_error_in(error_kind::unknown_instruction, "bar.sync", "bar.sync 1;");
  expect_error_in(error_kind::unreadable, "no label NOWHERE", "bra NOWHERE;");
  expect_error_in(error_kind::unreadable, "what is %q1?", "mov.u32 %r1, %q1;");
  expect_error_in(error_kind::unreadable, "a second register", ".reg .b32 a;\n{ .reg .b32 a; }");
  EXPECT_EQ(run_text({.body = "{ .reg .b32 a; mov.u32 a, 1; }\n{ .reg .b64 a; mov.u64 a, 2; st.global.u64 [%me], a; }"},
                     1)[0],
            2u);
  expect_error(error_kind::unreadable, "declares", [] { run_text({.declarations = ".func helper()", .body = ""}); });
  const std::string table = ".global .align 4 .b8 table[4];";
  EXPECT_NO_THROW(run_text({.declarations = table, .body = ""}));
  expect_error(error_kind::unreadable, "what is table?",
               [&] { run_text({.declarations = table, .body = "mov.u64 %rd1, table;"}); });
}

}  // namespace
}  // namespace gumbelcuda::ptx
