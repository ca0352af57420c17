// SPDX-License-Identifier: Apache-2.0
// Operations on the lanes of a warp and the threads of a block, and lanes that take different ways.
#include <algorithm>

#include "tests/ptx/text_kernel.hpp"

namespace gumbelcuda::ptx {
namespace {

// The source lane and the predicate of a shuffle whose lanes hold their own numbers, as the manual's pseudocode has
// them; c has the clamp in bits 0 to 4 and the segments in bits 8 to 12.
void expect_shuffle(const std::string& mode, unsigned b, unsigned c, int (*source)(int lane, int b), bool up,
                    unsigned width) {
  const auto values =
      run_text({.body = "shfl.sync." + mode + ".b32 %r1|%p1, %thread, " + std::to_string(b) + ", " + std::to_string(c) +
                        ", -1;\nselp.b32 %r2, 100, 0, %p1;\n"
                        "add.s32 %r1, %r1, %r2;\ncvt.u64.u32 %rd1, %r1;\nst.global.u64 [%me], %rd1;"});
  for (int lane = 0; lane < 32; ++lane) {
    const int first = lane / int(width) * int(width), last = first + int(width) - 1, from = source(lane, int(b));
    const bool within = up ? from >= first : from <= last;
    EXPECT_EQ(int(values[std::size_t(lane)]), within ? from + 100 : lane) << mode << " " << b << ", lane " << lane;
  }
}

TEST(PtxShuffle, ReadsTheLaneOfItsMode) {
  for (const unsigned b : {0u, 1u, 5u, 16u, 31u}) {
    expect_shuffle(
        "down", b, 31, [](int lane, int by) { return lane + by; }, false, 32);
    expect_shuffle(
        "up", b, 0, [](int lane, int by) { return lane - by; }, true, 32);
    expect_shuffle(
        "bfly", b, 31, [](int lane, int by) { return lane ^ by; }, false, 32);
    expect_shuffle(
        "idx", b, 31, [](int, int by) { return by; }, false, 32);
  }
  for (const unsigned b : {1u, 3u, 7u}) {  // segments of 8 lanes
    expect_shuffle(
        "down", b, 0x181f, [](int lane, int by) { return lane + by; }, false, 8);
    expect_shuffle(
        "up", b, 0x1800, [](int lane, int by) { return lane - by; }, true, 8);
    expect_shuffle(
        "bfly", b, 0x181f, [](int lane, int by) { return lane ^ by; }, false, 8);
    expect_shuffle(
        "idx", b, 0x181f, [](int lane, int by) { return lane / 8 * 8 + by; }, false, 8);
  }
}

TEST(PtxVote, CountsTheLanesOfTheMask) {
  const std::string store = "\nselp.b32 %r2, 1, 0, %p2;\ncvt.u64.u32 %rd1, %r2;\nst.global.u64 [%me], %rd1;";
  const auto votes = [&](const std::string& condition, const std::string& mode) {
    return run_text({.body = "setp." + condition + ";\nvote.sync." + mode + ".pred %p2, %p1, -1;" + store})[7];
  };
  EXPECT_EQ(votes("lt.u32 %p1, %thread, 32", "all"), 1u);
  EXPECT_EQ(votes("lt.u32 %p1, %thread, 31", "all"), 0u);
  EXPECT_EQ(votes("eq.u32 %p1, %thread, 3", "any"), 1u);
  EXPECT_EQ(votes("eq.u32 %p1, %thread, 32", "any"), 0u);
  EXPECT_EQ(votes("eq.u32 %p1, %thread, 32", "uni"), 1u);
  EXPECT_EQ(votes("eq.u32 %p1, %thread, 3", "uni"), 0u);
  const auto ballot = run_text({.body = "and.b32 %r1, %thread, 1;\nsetp.eq.u32 %p1, %r1, 1;\n"
                                        "vote.sync.ballot.b32 %r2, %p1, -1;\ncvt.u64.u32 %rd1, %r2;\n"
                                        "st.global.u64 [%me], %rd1;"});
  EXPECT_EQ(ballot[0], 0xaaaaaaaau);
}

// Halves of the warp exchange values in different branches, each with a mask of its own, and meet again.
TEST(PtxWarp, LanesThatPartMeetAgain) {
  const auto values = run_text({.body = R"(
setp.lt.u32 %p1, %thread, 16;
@%p1 bra LOW;
shfl.sync.idx.b32 %r1, %thread, 31, 31, 0xffff0000;
bra.uni JOINED;
LOW:
shfl.sync.idx.b32 %r1, %thread, 0, 31, 0x0000ffff;
JOINED:
shfl.sync.bfly.b32 %r2, %r1, 16, 31, -1;
cvt.u64.u32 %rd1, %r2;
st.global.u64 [%me], %rd1;)"});
  for (unsigned lane = 0; lane < 32; ++lane) EXPECT_EQ(values[lane], lane < 16 ? 31u : 0u) << lane;
}

// Groups of 8 lanes are at one instruction with masks of their own; one group comes later.
TEST(PtxWarp, GroupsWaitForTheirOwnLanesOnly) {
  const auto values = run_text({.body = R"(
mov.u32 %r1, 0;
and.b32 %r2, %thread, 24;
mov.u32 %r3, 255;
shl.b32 %r3, %r3, %r2;
LOOP:
shfl.sync.idx.b32 %r4, %thread, 0, 0x181f, %r3;
add.s32 %r1, %r1, %r4;
sub.s32 %r2, %r2, 8;
setp.ge.s32 %p1, %r2, 0;
@%p1 bra LOOP;
cvt.u64.u32 %rd1, %r1;
st.global.u64 [%me], %rd1;)"});
  // Group g makes g + 1 rounds and adds the number of its first lane in each.
  for (unsigned lane = 0; lane < 32; ++lane) EXPECT_EQ(values[lane], lane / 8 * 8 * (lane / 8 + 1)) << lane;
}

TEST(PtxWarp, LoopsEndLaneByLane) {
  const auto values = run_text({.body = R"(
mov.u32 %r1, 0;
mov.u64 %rd1, 0;
LOOP:
add.s64 %rd1, %rd1, 3;
add.s32 %r1, %r1, 1;
setp.le.u32 %p1, %r1, %thread;
@%p1 bra LOOP;
st.global.u64 [%me], %rd1;)"});
  for (unsigned lane = 0; lane < 32; ++lane) EXPECT_EQ(values[lane], 3u * (lane + 1));
}

// 64 threads change one number by `thread` − 5; the first sets it to 7 before, all read it afterwards.
std::vector<std::uint64_t> after_atomics(const std::string& operation, bool old_value = false) {
  return run_text({.body = R"(
.shared .align 4 .b8 s[4];
setp.ne.u32 %p1, %thread, 0;
@%p1 bra READY;
st.shared.u32 [s], 7;
READY:
bar.sync 0;
sub.s32 %r1, %thread, 5;
atom.shared.)" + operation +
                           R"( %r2, [s], %r1;
bar.sync 0;
ld.volatile.shared.u32 %r3, [s];
cvt.u64.u32 %rd1, %r)" + (old_value ? "2" : "3") +
                           ";\nst.global.u64 [%me], %rd1;"},
                  64);
}

TEST(PtxBlock, AtomicsOfAllThreadsAreDone) {
  const auto expect = [](const std::string& operation, std::uint64_t value) {
    EXPECT_EQ(after_atomics(operation), std::vector<std::uint64_t>(64, value)) << operation;
  };
  expect("max.s32", 58);
  expect("min.s32", 0xfffffffb);
  expect("max.u32", 0xffffffff);
  expect("min.u32", 0);
  expect("add.u32", 7 + 63 * 64 / 2 - 5 * 64);
  const std::vector<std::uint64_t> before = after_atomics("exch.b32", true);
  EXPECT_EQ(std::count(before.begin(), before.end(), 7u), 2) << "at first, and after the thread that leaves it so";
}

TEST(PtxBlock, BarriersOrderWarpsUnderEveryOrder) {
  const std::string body = R"(
.shared .align 8 .b8 of_threads[768];
shl.b32 %r1, %thread, 3;
mov.u32 %r2, of_threads;
add.s32 %r1, %r1, %r2;
cvt.u64.u32 %rd1, %thread;
st.shared.u64 [%r1], %rd1;
bar.sync 0;
sub.s32 %r3, 95, %thread;
shl.b32 %r3, %r3, 3;
add.s32 %r3, %r3, %r2;
ld.shared.u64 %rd2, [%r3];
st.global.u64 [%me], %rd2;)";
  for (const std::uint64_t order : {0, 1, 2, 3}) {
    const auto values = run_text({.body = body}, 96, 0, order);
    for (unsigned thread = 0; thread < 96; ++thread) EXPECT_EQ(values[thread], 95 - thread);
  }
}

}  // namespace
}  // namespace gumbelcuda::ptx
