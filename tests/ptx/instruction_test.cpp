// SPDX-License-Identifier: Apache-2.0
// Single instructions give the values that the PTX manual defines, at the borders of their definitions.
#include "tests/ptx/text_kernel.hpp"

namespace gumbelcuda::ptx {
namespace {

struct value_case {
  const char* instruction;
  const char* result;
  std::uint64_t expected;
};

void expect_values(const std::vector<value_case>& cases) {
  for (const value_case& c : cases) EXPECT_EQ(result_of(c.instruction, c.result), c.expected) << c.instruction;
}

TEST(PtxIntegers, WrapAroundAndExtend) {
  expect_values({
      {"add.s32 %r1, 0x7fffffff, 1;", "%r1", 0x80000000},
      {"sub.s64 %rd1, 0, 1;", "%rd1", ~0ull},
      {"mul.lo.s32 %r1, 0x10001, 0x10001;", "%r1", 0x20001},
      {"mul.lo.s64 %rd1, 0x100000001, 0x100000001;", "%rd1", 0x200000001},
      {"mul.hi.u32 %r1, 0xffffffff, 0xffffffff;", "%r1", 0xfffffffe},
      {"mul.hi.s32 %r1, -1, 5;", "%r1", 0xffffffff},
      {"mul.hi.u64 %rd1, 0xffffffffffffffff, 2;", "%rd1", 1},
      {"mul.wide.s32 %rd1, -3, 7;", "%rd1", std::uint64_t(-21)},
      {"mul.wide.u32 %rd1, 0xffffffff, 2;", "%rd1", 0x1fffffffe},
      {"mul.wide.u16 %r1, 0xffff, 0xffff;", "%r1", 0xfffe0001},
      {"mad.wide.s32 %rd1, -2, 3, 10;", "%rd1", 4},
      {"mad.wide.u32 %rd1, 0xffffffff, 0xffffffff, 1;", "%rd1", 0xfffffffe00000002},
      {"mad.lo.s32 %r1, -2, 3, 1;", "%r1", 0xfffffffb},
      {"div.s32 %r1, -7, 2;", "%r1", 0xfffffffd},
      {"rem.s32 %r1, -7, 2;", "%r1", 0xffffffff},
      {"div.s32 %r1, 0x80000000, -1;", "%r1", 0x80000000},
      {"div.u32 %r1, 0xfffffff9, 2;", "%r1", 0x7ffffffc},
      {"rem.u64 %rd1, 0xffffffffffffffff, 10;", "%rd1", 5},
      {"min.s32 %r1, -1, 1;", "%r1", 0xffffffff},
      {"min.u32 %r1, -1, 1;", "%r1", 1},
      {"max.u64 %rd1, 3, 0xffffffffffffffff;", "%rd1", ~0ull},
      {"abs.s32 %r1, 0x80000000;", "%r1", 0x80000000},
      {"shl.b32 %r1, 1, 31;", "%r1", 0x80000000},
      {"shl.b32 %r1, 1, 32;", "%r1", 0},
      {"shr.u32 %r1, 0x80000000, 31;", "%r1", 1},
      {"shr.u64 %rd1, 0x8000000000000000, 64;", "%rd1", 0},
      {"shr.s32 %r1, 0x80000000, 40;", "%r1", 0xffffffff},
      {"shr.s64 %rd1, -8, 1;", "%rd1", std::uint64_t(-4)},
      {"setp.lt.s32 %p1, -1, 0;", "%p1", 1},
      {"setp.lt.u32 %p1, -1, 0;", "%p1", 0},
      {"setp.ge.u64 %p1, 0x8000000000000000, 1;", "%p1", 1},
      {"setp.lt.s16 %p1, 0x8000, 1;", "%p1", 1},
      {"setp.eq.s16 %p1, 0xffff, -1;", "%p1", 1},
  });
}

TEST(PtxBits, AreFoundMovedAndChosen) {
  expect_values({
      {"bfind.u32 %r1, 0;", "%r1", 0xffffffff},
      {"bfind.u32 %r1, 0x00010000;", "%r1", 16},
      {"bfind.s32 %r1, -1;", "%r1", 0xffffffff},
      {"bfind.s32 %r1, -5;", "%r1", 2},
      {"bfind.shiftamt.u32 %r1, 0x00010000;", "%r1", 15},
      {"bfind.shiftamt.u32 %r1, 0;", "%r1", 0xffffffff},
      {"bfind.shiftamt.u32 %r1, 1;", "%r1", 31},
      {"bfind.u64 %r1, 0x100000000;", "%r1", 32},
      {"clz.b32 %r1, 0;", "%r1", 32},
      {"popc.b64 %r1, 0xf00000000000000f;", "%r1", 8},
      {"brev.b32 %r1, 0x00000005;", "%r1", 0xa0000000},
      {"bfi.b32 %r1, 0xff, 0x12345678, 8, 4;", "%r1", 0x12345f78},
      {"bfi.b32 %r1, 0xff, 0x12345678, 32, 4;", "%r1", 0x12345678},
      {"bfi.b32 %r1, 0xff, 0x12345678, 28, 32;", "%r1", 0xf2345678},
      {"bfe.u32 %r1, 0x12345678, 8, 8;", "%r1", 0x56},
      {"bfe.s32 %r1, 0x00008000, 8, 8;", "%r1", 0xffffff80},
      {"bfe.s32 %r1, 0x80000000, 28, 8;", "%r1", 0xfffffff8},
      {"bfe.u32 %r1, 0x12345678, 8, 0;", "%r1", 0},
      {"prmt.b32 %r1, 0x44332211, 0x88776655, 0x0123;", "%r1", 0x11223344},
      {"prmt.b32 %r1, 0x44332211, 0x88776655, 0x7654;", "%r1", 0x88776655},
      {"prmt.b32 %r1, 0x000000ff, 0x80000000, 0x8f08;", "%r1", 0xffffffff},
      {"lop3.b32 %r1, 0xf0f0f0f0, 0xcccccccc, 0xaaaaaaaa, 0x80;", "%r1", 0x80808080},
      {"lop3.b32 %r1, 0x0f, 0x33, 0x55, 0x96;", "%r1", 0x0f ^ 0x33 ^ 0x55},
      {"shf.l.wrap.b32 %r1, 0x80000000, 1, 33;", "%r1", 3},
      {"shf.r.wrap.b32 %r1, 0x80000000, 1, 1;", "%r1", 0xc0000000},
      {"shf.l.clamp.b32 %r1, 0x12345678, 1, 40;", "%r1", 0x12345678},
      {"shf.r.clamp.b32 %r1, 0x12345678, 0xabcdef01, 33;", "%r1", 0xabcdef01},
      {"not.b32 %r1, 0x0f0f0f0f;", "%r1", 0xf0f0f0f0},
      {"xor.b64 %rd1, 0xff, 0x0f;", "%rd1", 0xf0},
      {"mov.b64 %rd1, {0x1, 0x2};", "%rd1", 0x200000001},
      {"mov.b64 {%r1, %r2}, 0x200000001;", "%r2", 2},
      {"selp.b32 %r1, 5, 6, 0;", "%r1", 6},
      {"setp.eq.s32 %p1, 1, 1;\nxor.pred %p2, %p1, %p1;\nor.pred %p3, %p1, %p2;", "%p3", 1},
  });
}

TEST(PtxFloats, AreRoundedAndComparedAsTheManualSays) {
  expect_values({
      // 1 + 2^-24 is between two numbers, and rounds to the even one; fma rounds once.
      {"add.rn.f32 %f1, 0f3F800000, 0f33800000;", "%f1", 0x3f800000},
      {"fma.rn.f32 %f1, 0f3F800001, 0f3F800001, 0fBF800002;", "%f1", 0x28800000},
      {"mul.rn.f32 %f1, 0f00800000, 0f3F000000;", "%f1", 0x00400000},
      {"mul.rn.ftz.f32 %f1, 0f00800000, 0f3F000000;", "%f1", 0},
      {"add.rn.ftz.f32 %f1, 0f80000001, 0f80000000;", "%f1", 0x80000000},
      {"add.rn.f32 %f1, 0f7F800000, 0fFF800000;", "%f1", 0x7fffffff},
      {"div.rn.f32 %f1, 0f3F800000, 0f40400000;", "%f1", 0x3eaaaaab},
      {"rcp.rn.f32 %f1, 0f80000000;", "%f1", 0xff800000},
      {"sqrt.rn.f32 %f1, 0f40000000;", "%f1", 0x3fb504f3},
      {"sqrt.rn.f64 %fd1, 0d4000000000000000;", "%fd1", 0x3ff6a09e667f3bcd},
      {"fma.rn.f64 %fd1, 0d3FF0000000000001, 0d3FF0000000000001, 0dBFF0000000000002;", "%fd1", 0x3970000000000000},
      // The number, where the other one is NaN; −0 is below 0.
      {"min.f32 %f1, 0f7FC00000, 0f3F800000;", "%f1", 0x3f800000},
      {"max.f32 %f1, 0f3F800000, 0f7FC00000;", "%f1", 0x3f800000},
      {"max.f32 %f1, 0f7FC00000, 0fFFC00001;", "%f1", 0x7fffffff},
      {"min.f32 %f1, 0f00000000, 0f80000000;", "%f1", 0x80000000},
      {"max.f32 %f1, 0f80000000, 0f00000000;", "%f1", 0},
      {"min.f64 %fd1, 0d7FF8000000000000, 0d3FF0000000000000;", "%fd1", 0x3ff0000000000000},
      {"setp.eq.f32 %p1, 0f7FC00000, 0f7FC00000;", "%p1", 0},
      {"setp.ne.f32 %p1, 0f7FC00000, 0f3F800000;", "%p1", 0},
      {"setp.neu.f32 %p1, 0f7FC00000, 0f3F800000;", "%p1", 1},
      {"setp.equ.f32 %p1, 0f7FC00000, 0f3F800000;", "%p1", 1},
      {"setp.ltu.f32 %p1, 0f3F800000, 0f7FC00000;", "%p1", 1},
      {"setp.lt.f32 %p1, 0f3F800000, 0f7FC00000;", "%p1", 0},
      {"setp.geu.f32 %p1, 0f3F800000, 0f40000000;", "%p1", 0},
      {"setp.leu.f64 %p1, 0d7FF8000000000000, 0d0000000000000000;", "%p1", 1},
      {"setp.num.f32 %p1, 0f3F800000, 0f7FC00000;", "%p1", 0},
      {"setp.nan.f32 %p1, 0f3F800000, 0f7FC00000;", "%p1", 1},
      {"setp.eq.f32 %p1, 0f00000000, 0f80000000;", "%p1", 1},
      {"setp.eq.ftz.f32 %p1, 0f00000001, 0f00000000;", "%p1", 1},
      {"abs.f32 %f1, 0fBF800000;", "%f1", 0x3f800000},
      {"neg.f64 %fd1, 0d0000000000000000;", "%fd1", 0x8000000000000000},
  });
}

TEST(PtxConversions, ClampRoundAndExtend) {
  expect_values({
      // Ties to even, towards zero, down and up.
      {"cvt.rni.s32.f32 %r1, 0f40200000;", "%r1", 2},
      {"cvt.rzi.s32.f32 %r1, 0fC0200000;", "%r1", 0xfffffffe},
      {"cvt.rmi.s32.f32 %r1, 0fC0200000;", "%r1", 0xfffffffd},
      {"cvt.rpi.s32.f32 %r1, 0f40200000;", "%r1", 3},
      {"cvt.rzi.s32.f32 %r1, 0f4F000000;", "%r1", 0x7fffffff},
      {"cvt.rzi.u32.f32 %r1, 0fBF800000;", "%r1", 0},
      {"cvt.rzi.u32.f32 %r1, 0f4F800000;", "%r1", 0xffffffff},
      {"cvt.rzi.s32.f32 %r1, 0f7FC00000;", "%r1", 0},
      {"cvt.rzi.s64.f32 %rd1, 0f7FC00000;", "%rd1", 0x8000000000000000},
      {"cvt.rzi.u64.f64 %rd1, 0d7FF8000000000000;", "%rd1", 0x8000000000000000},
      {"cvt.rzi.s32.f64 %r1, 0d7FF8000000000000;", "%r1", 0x80000000},
      {"cvt.rzi.s64.f64 %rd1, 0d43E0000000000000;", "%rd1", 0x7fffffffffffffff},
      {"cvt.rni.f32.f32 %f1, 0f3FC00000;", "%f1", 0x40000000},
      {"cvt.rn.f32.s32 %f1, 0x01000001;", "%f1", 0x4b800000},
      {"cvt.rn.f32.u32 %f1, 0xffffffff;", "%f1", 0x4f800000},
      {"cvt.rn.f32.u64 %f1, 0xffffff7fffffffff;", "%f1", 0x5f7fffff},
      {"cvt.rn.f64.s64 %fd1, -1;", "%fd1", 0xbff0000000000000},
      {"cvt.rn.f32.f64 %f1, 0d3FF0000010000000;", "%f1", 0x3f800000},
      {"cvt.rn.f32.f64 %f1, 0d3690000000000000;", "%f1", 0},
      {"cvt.f64.f32 %fd1, 0f00000001;", "%fd1", 0x36a0000000000000},
      {"cvt.sat.f32.f32 %f1, 0f7FC00000;", "%f1", 0},
      {"cvt.sat.f32.f32 %f1, 0f40000000;", "%f1", 0x3f800000},
      {"cvt.rn.f16.f32 %rs1, 0f3F801000;", "%rs1", 0x3c00},
      {"cvt.rn.f16.f32 %rs1, 0f3F803000;", "%rs1", 0x3c02},
      {"cvt.rn.f16.f32 %rs1, 0f477FF000;", "%rs1", 0x7c00},
      {"cvt.rn.f16.f32 %rs1, 0f477FEFFF;", "%rs1", 0x7bff},
      {"cvt.rn.f16.f32 %rs1, 0f33000000;", "%rs1", 0},
      {"cvt.rn.f16.f32 %rs1, 0f33000001;", "%rs1", 1},
      {"cvt.rn.f16.f32 %rs1, 0f387FF000;", "%rs1", 0x0400},
      {"cvt.rn.f16.f32 %rs1, 0fFFC00000;", "%rs1", 0x7fff},
      {"cvt.f32.f16 %f1, 0x0001;", "%f1", 0x33800000},
      {"cvt.f32.f16 %f1, 0xfc00;", "%f1", 0xff800000},
      {"cvt.f32.f16 %f1, 0xfc01;", "%f1", 0x7fffffff},
      {"cvt.rn.bf16.f32 %rs1, 0f3F808000;", "%rs1", 0x3f80},
      {"cvt.rn.bf16.f32 %rs1, 0f3F818000;", "%rs1", 0x3f82},
      {"cvt.f32.bf16 %f1, 0x3f80;", "%f1", 0x3f800000},
      // From and to registers that are wider than the types.
      {"cvt.s32.s8 %r1, 0x180;", "%r1", 0xffffff80},
      {"mov.u32 %r2, 0x1ff;\ncvt.u32.u8 %r1, %r2;", "%r1", 0xff},
      {"mov.u64 %rd2, 0x1ffffffff;\ncvt.s64.s32 %rd1, %rd2;", "%rd1", ~0ull},
      {"mov.u64 %rd2, 0x1ffffffff;\ncvt.u32.u64 %r1, %rd2;", "%r1", 0xffffffff},
      {"mov.u16 %rs2, 0xff80;\ncvt.s64.s8 %rd1, %rs2;", "%rd1", std::uint64_t(-128)},
      {"mov.u32 %r2, 0x12345678;\ncvt.u16.u32 %rs1, %r2;", "%rs1", 0x5678},
      {"mov.u32 %r2, 0x12345678;\ncvt.u8.u32 %rs1, %r2;", "%rs1", 0x78},
      {"mov.u32 %r2, -5;\ncvt.u64.u32 %rd1, %r2;", "%rd1", 0xfffffffb},
  });
}

TEST(PtxMemory, KeepsSignsVectorsAndWidths) {
  expect_values({
      {"st.global.u32 [%me], 0x80;\nld.global.s8 %r1, [%me];", "%r1", 0xffffff80},
      {"st.global.u32 [%me], 0x80;\nld.global.u8 %r1, [%me];", "%r1", 0x80},
      {"st.global.u32 [%me], 0xffff;\nld.global.s16 %rd1, [%me];", "%rd1", ~0ull},
      {"st.global.v2.u32 [%me], {1, 2};\nld.global.u32 %r1, [%me+4];", "%r1", 2},
      {"st.global.v4.u16 [%me], {1, 2, 3, 4};\nld.global.v4.u16 {_, _, %rs1, _}, [%me];", "%rs1", 3},
      {".local .align 8 .b8 depot[16];\nmov.u64 %rd1, depot;\nst.local.u64 [%rd1+8], 7;\ncvta.local.u64 %rd2, %rd1;\n"
       "ld.u64 %rd3, [%rd2+8];",
       "%rd3", 7},
      {".shared .align 4 .b8 pad[4];\n.shared .align 8 .b8 cell[8];\nst.shared.u64 [cell], 9;\nmov.u32 %r1, cell;\n"
       "ld.shared.u64 %rd1, [%r1];",
       "%rd1", 9},
      {"mov.u64 %rd1, test_kernel_param_0;\nld.param.u64 %rd2, [%rd1];\nsub.s64 %rd3, %rd2, %out;", "%rd3", 0},
  });
}

TEST(PtxMemory, DynamicSharedMemoryFollowsTheStaticOne) {
  const auto values =
      run_text({.declarations = ".extern .shared .align 16 .b8 dynamic[];",
                .body = ".shared .align 4 .b8 fixed[20];\nmov.u32 %r1, dynamic;\nmov.u64 %rd1, dynamic;\n"
                        "st.shared.u32 [%r1+12], 5;\nst.shared.u32 [fixed+16], 3;\n"
                        "ld.shared.u32 %r2, [dynamic+12];\nmad.lo.s32 %r3, %r1, 100, %r2;\n"
                        "cvt.u64.u32 %rd2, %r3;\nst.global.u64 [%me], %rd2;"},
               1, 16);
  EXPECT_EQ(values[0], 3205u);
}

}  // namespace
}  // namespace gumbelcuda::ptx
