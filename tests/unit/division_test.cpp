// SPDX-License-Identifier: Apache-2.0
// division_by_products gives the bits of `/` with every estimate within its bound: for the reciprocal of every
// mantissa, and for the two quotients of a sigmoid. By hand it was tried with every e^−|x| from 2^-26 to 1.
#include "gumbelcuda/math/division.hpp"

#include <gtest/gtest.h>

namespace gumbelcuda {
namespace {

constexpr int most_ulps = 4;

// Of the quotients a/b with every estimate of 1/b, how many differ from `/`.
int wrong(float a, float b) {
  const float quotient = a / b;
  const std::uint32_t reciprocal = to_bits(1 / b);
  int count = 0;
  for (std::uint32_t ulps = 0; ulps <= 2 * most_ulps; ++ulps)
    count += division_by_products::divide(a, b, from_bits(reciprocal + ulps - most_ulps)) != quotient;
  return count;
}

TEST(DivisionByProducts, GivesTheReciprocalOfEveryMantissa) {
  long long differ = 0;
  for (const float least : {1.0f, 4.0f, 0x1p+90f})
    for (std::uint32_t mantissa = 0; mantissa < 1u << 23; ++mantissa)
      differ += wrong(1, from_bits(to_bits(least) + mantissa));
  EXPECT_EQ(differ, 0);
}

TEST(DivisionByProducts, GivesSigmoids) {
  long long differ = 0;
  const auto try_all = [&](float from, float to, std::uint32_t stride) {
    for (std::uint32_t bits = to_bits(from); bits <= to_bits(to); bits += stride) {
      const float e = from_bits(bits), b = 1 + e;
      differ += wrong(e, b) + wrong(1, b);
    }
  };
  try_all(0.25f, 1, 1);
  try_all(0x1p-26f, 0.25f, 61);  // below, 1 + e is 1
  EXPECT_EQ(differ, 0);
  for (const float e : {0.0f, 0x1p-149f, 0x1.8p-126f, 0x1.23456p-100f, 0x1.fffffep-27f}) EXPECT_EQ(wrong(e, 1), 0) << e;
}

TEST(DivisionByProducts, PassesNanOn) {
  EXPECT_NE(division_by_products{}(NAN, 1), division_by_products{}(NAN, 1));
  EXPECT_NE(division_by_products{}(1, NAN), division_by_products{}(1, NAN));
}

// Without its correction the iteration ends half an ulp low here, as it does from the estimates of some devices.
TEST(DivisionByProducts, CorrectsTheOneMantissaThatTheIterationMisses) {
  EXPECT_EQ(division_by_products::divide(1, 0x1.fffffep+0f, 0.5f), 0x1.000002p-1f);
}

}  // namespace
}  // namespace gumbelcuda
