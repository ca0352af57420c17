// SPDX-License-Identifier: Apache-2.0
// float16 and bfloat16 in memory: every value is read exactly, and every number is stored as the nearest value. The
// references are a decoder and a search that share no code with the library. Storing with exactly one mistake must be
// rejected.
#include "gumbelcuda/math/storage.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "tests/unit/random_numbers.hpp"

namespace {

using gumbelcuda::bfloat16, gumbelcuda::float16, gumbelcuda::narrow, gumbelcuda::widen;
using testing::AssertionFailure, testing::AssertionResult, testing::AssertionSuccess;

// The number of bits of the exponent and of the fraction.
template <class Stored>
struct format;
template <>
struct format<float16> {
  static constexpr int exponent_bits = 5, fraction_bits = 10;
};
template <>
struct format<bfloat16> {
  static constexpr int exponent_bits = 8, fraction_bits = 7;
};

// The number that a bit pattern represents: IEEE 754-2019, 3.4.
template <class Stored>
double decoded(unsigned bits) {
  constexpr int e = format<Stored>::exponent_bits, f = format<Stored>::fraction_bits, bias = (1 << (e - 1)) - 1;
  const int exponent = int(bits >> f) & ((1 << e) - 1), fraction = int(bits) & ((1 << f) - 1);
  const double sign = bits >> 15 ? -1 : 1;
  if (exponent == (1 << e) - 1) return fraction ? double(NAN) : sign * double(INFINITY);
  return exponent == 0 ? sign * std::ldexp(fraction, 1 - bias - f)
                       : sign * std::ldexp(fraction + (1 << f), exponent - bias - f);
}

// The bit pattern of the value nearest to a number, found by searching all values.
template <class Stored>
class nearest_value {
 public:
  nearest_value() {
    for (double x = 0; std::isfinite(x); x = decoded<Stored>(unsigned(values_.size()))) values_.push_back(x);
    // Rounding treats infinity as the next number that a larger exponent would give.
    values_.push_back(2 * values_.back() - values_[values_.size() - 2]);
  }
  std::size_t infinity() const { return values_.size() - 1; }
  double operator[](std::size_t bits) const { return values_[bits]; }

  unsigned operator()(float x) const {
    if (std::isnan(x)) return unsigned(infinity()) + (1u << (format<Stored>::fraction_bits - 1));
    const double magnitude = std::abs(double(x));
    const auto next = std::size_t(std::lower_bound(values_.begin(), values_.end(), magnitude) - values_.begin());
    std::size_t bits = std::min(next, infinity());
    if (next > 0 && next <= infinity()) {
      const double below = magnitude - values_[next - 1], above = values_[next] - magnitude;
      if (below < above || (below == above && next % 2 == 1)) bits = next - 1;
    }
    return unsigned(bits) | (std::signbit(x) ? 0x8000u : 0u);
  }

 private:
  std::vector<double> values_;
};

template <class Stored>
using store_function = Stored (*)(float);

// Every value, every midpoint between two values, and the floats next to these; random floats; NaN of both signs and
// with any payload.
template <class Stored>
AssertionResult stores_the_nearest(store_function<Stored> store) {
  const nearest_value<Stored> nearest;
  std::vector<float> numbers = {INFINITY, std::numeric_limits<float>::max(), std::numeric_limits<float>::denorm_min()};
  for (std::size_t bits = 0; bits < nearest.infinity(); ++bits)
    for (const double x : {nearest[bits], (nearest[bits] + nearest[bits + 1]) / 2}) {
      if (double(float(x)) != x) return AssertionFailure() << x << " is no float";
      for (const float end : {-INFINITY, float(x), INFINITY}) numbers.push_back(std::nextafter(float(x), end));
    }
  random_numbers random(1);
  for (int i = 0; i < 1 << 20; ++i) numbers.push_back(gumbelcuda::from_bits(random.word()));
  for (const std::uint32_t nan : {0x7fc00000u, 0x7f800001u, 0x7fffffffu, 0x7f812345u})
    numbers.push_back(gumbelcuda::from_bits(nan));
  for (const float number : numbers)
    for (const float x : {number, -number})
      if (const unsigned bits = store(x).bits; bits != nearest(x))
        return AssertionFailure() << x << " became " << decoded<Stored>(bits) << " instead of "
                                  << decoded<Stored>(nearest(x));
  return AssertionSuccess();
}

enum class mistake { cuts_off, ties_away, ties_to_odd, flushes_subnormals, saturates, keeps_payload, loses_sign };

template <class Stored, mistake Mistake>
Stored wrong_store(float x) {
  const Stored right = narrow<Stored>(x);
  const auto stepped = [&](int step) { return Stored{std::uint16_t(right.bits + step)}; };
  const double stored = std::abs(double(widen(right))), magnitude = std::abs(double(x));
  const double above = double(widen(stepped(1))), below = double(widen(stepped(-1)));
  const bool tie_above = std::abs(above) - magnitude == magnitude - stored && stored != magnitude;
  const bool tie_below = magnitude - std::abs(below) == stored - magnitude && stored != magnitude;
  const double smallest_normal = decoded<Stored>(1u << format<Stored>::fraction_bits);
  switch (Mistake) {
    case mistake::cuts_off:
      return stored > magnitude ? stepped(-1) : right;
    case mistake::ties_away:
      return tie_above ? stepped(1) : right;
    case mistake::ties_to_odd:
      return tie_above ? stepped(1) : tie_below ? stepped(-1) : right;
    case mistake::flushes_subnormals:
      return magnitude < smallest_normal ? narrow<Stored>(x * 0) : right;
    case mistake::saturates:
      return std::isinf(stored) && !std::isinf(x) ? stepped(-1) : right;
    case mistake::keeps_payload:
      return std::isnan(x) ? stepped(int(gumbelcuda::to_bits(x) & 1u)) : right;
    case mistake::loses_sign:
      return magnitude == 0 ? narrow<Stored>(0) : right;
  }
  return right;
}

template <class Stored>
class Storage : public testing::Test {};
using narrow_types = testing::Types<float16, bfloat16>;
TYPED_TEST_SUITE(Storage, narrow_types);

TYPED_TEST(Storage, IsReadExactlyAndStoredBackAsItWas) {
  const nearest_value<TypeParam> nearest;
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    const TypeParam stored{std::uint16_t(bits)};
    const float x = widen(stored);
    const double right = decoded<TypeParam>(bits);
    if (std::isnan(right)) {
      ASSERT_TRUE(std::isnan(x)) << bits;
      ASSERT_EQ(narrow<TypeParam>(x).bits, nearest(NAN)) << bits;
    } else {
      ASSERT_EQ(double(x), right) << bits;
      ASSERT_EQ(std::signbit(x), std::signbit(right)) << bits;
      ASSERT_EQ(narrow<TypeParam>(x).bits, bits);
    }
  }
}

TYPED_TEST(Storage, StoresTheNearest) {
  EXPECT_TRUE(stores_the_nearest<TypeParam>(narrow<TypeParam>));
  EXPECT_FALSE((stores_the_nearest<TypeParam>(wrong_store<TypeParam, mistake::cuts_off>)));
  EXPECT_FALSE((stores_the_nearest<TypeParam>(wrong_store<TypeParam, mistake::ties_away>)));
  EXPECT_FALSE((stores_the_nearest<TypeParam>(wrong_store<TypeParam, mistake::ties_to_odd>)));
  EXPECT_FALSE((stores_the_nearest<TypeParam>(wrong_store<TypeParam, mistake::flushes_subnormals>)));
  EXPECT_FALSE((stores_the_nearest<TypeParam>(wrong_store<TypeParam, mistake::saturates>)));
  EXPECT_FALSE((stores_the_nearest<TypeParam>(wrong_store<TypeParam, mistake::keeps_payload>)));
  EXPECT_FALSE((stores_the_nearest<TypeParam>(wrong_store<TypeParam, mistake::loses_sign>)));
}

TEST(StorageOfFloats, IsTheNumberWithOneNan) {
  random_numbers random(2);
  for (int i = 0; i < 100000; ++i) {
    const std::uint32_t word = random.word(), stored = gumbelcuda::to_bits(narrow<float>(gumbelcuda::from_bits(word)));
    ASSERT_EQ(stored, std::isnan(gumbelcuda::from_bits(word)) ? 0x7fc00000u : word);
    const std::uint64_t wide = random.wide_word() | (i % 8 ? 0 : 0x7ff0000000000000);
    ASSERT_EQ(gumbelcuda::to_bits(narrow<double>(gumbelcuda::from_bits(wide))),
              std::isnan(gumbelcuda::from_bits(wide)) ? 0x7ff8000000000000u : wide);
  }
}

}  // namespace
