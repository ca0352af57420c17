// SPDX-License-Identifier: Apache-2.0
// Results of .approx are off, at random, by as much as was said and no more; the same seed gives the same ones.
#include <algorithm>
#include <set>

#include "tests/ptx/operations.hpp"
#include "tests/ptx/text_kernel.hpp"

namespace gumbelcuda::ptx {
namespace {

std::vector<std::uint64_t> many(const std::string& instruction) {
  return run_text({.body = instruction + "\nmov.b32 %r1, %f1;\ncvt.u64.u32 %rd1, %r1;\nst.global.u64 [%me], %rd1;"},
                  1024);
}

class PtxApproximations : public testing::Test {
 protected:
  ~PtxApproximations() override { set_approximation_error(2); }
};

TEST_F(PtxApproximations, AreOffByAtMostWhatWasSaid) {
  const std::pair<const char*, std::int64_t> cases[] = {{"rcp.approx.ftz.f32 %f1, 0f40400000;", 0x3eaaaaab},
                                                        {"div.approx.f32 %f1, 0f3F800000, 0f40400000;", 0x3eaaaaab},
                                                        {"ex2.approx.f32 %f1, 0f3F000000;", 0x3fb504f3},
                                                        {"lg2.approx.ftz.f32 %f1, 0f40400000;", 0x3fcae00d},
                                                        {"sqrt.approx.f32 %f1, 0f40000000;", 0x3fb504f3}};
  for (const int ulps : {0, 1, 2, 5})
    for (const auto& [instruction, exact] : cases) {
      set_approximation_error(ulps);
      std::set<std::int64_t> off;
      for (const std::uint64_t bits : many(instruction)) off.insert(std::int64_t(bits) - exact);
      EXPECT_EQ(*off.begin(), -ulps) << instruction;
      EXPECT_EQ(*off.rbegin(), ulps) << instruction;
      EXPECT_EQ(off.size(), std::size_t(2 * ulps + 1)) << instruction;
    }
}

TEST_F(PtxApproximations, KeepZerosInfinitiesAndNan) {
  const std::pair<const char*, std::uint64_t> cases[] = {{"rcp.approx.ftz.f32 %f1, 0f00000001;", 0x7f800000},
                                                         {"rcp.approx.ftz.f32 %f1, 0fFF800000;", 0x80000000},
                                                         {"lg2.approx.f32 %f1, 0f00000000;", 0xff800000},
                                                         {"lg2.approx.f32 %f1, 0fBF800000;", 0x7fffffff},
                                                         {"ex2.approx.f32 %f1, 0fFF800000;", 0},
                                                         {"div.approx.f32 %f1, 0f40000000, 0f7F000000;", 0}};
  for (const auto& [instruction, exact] : cases)
    for (const std::uint64_t bits : many(instruction)) ASSERT_EQ(bits, exact) << instruction;
}

TEST_F(PtxApproximations, FollowTheirSeed) {
  const char* const instruction = "rcp.approx.f32 %f1, 0f40400000;";
  set_approximation_error(2, 7);
  const auto first = many(instruction), second = many(instruction);
  EXPECT_NE(first, second);
  set_approximation_error(2, 7);
  EXPECT_EQ(many(instruction), first);
  set_approximation_error(2, 8);
  EXPECT_NE(many(instruction), first);
}

}  // namespace
}  // namespace gumbelcuda::ptx
