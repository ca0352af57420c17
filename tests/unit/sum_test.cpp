// SPDX-License-Identifier: Apache-2.0
// The order of every sum, which is a function of its length alone (docs/determinism.md). These tests use a lane type
// whose numbers are formulas, so the order is fully visible: no choice of numbers could hide a misplaced addition.
#include "gumbelcuda/math/sum.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace {

struct formula {
  std::string text;
  formula() = default;
  explicit formula(int number) : text(std::to_string(number)) {}
  friend formula operator+(const formula& a, const formula& b) {
    formula sum;
    sum.text = "(" + a.text + "+" + b.text + ")";
    return sum;
  }
};

formula term(int i) {
  formula x;
  x.text = "x" + std::to_string(i);
  return x;
}

// Slot j of `slots`: 0 + x_j + x_(j + slots) + …, from the left.
formula slot(int j, int slots, int length) {
  formula sum(0);
  for (int i = j; i < length; i += slots) sum = sum + term(i);
  return sum;
}

// The value of slot j after the slots have been added in halves until `left` of them remain.
formula halved(int j, int left, int slots, int length) {
  if (left == slots) return slot(j, slots, length);
  return halved(j, 2 * left, slots, length) + halved(j + left, 2 * left, slots, length);
}

std::string expected(int length) { return halved(0, 1, length <= 16 ? 4 : 32, length).text; }

TEST(OrderedSum, AddsInTheDocumentedOrder) {
  // One sum is written out by hand, since the expectation above is itself a program.
  EXPECT_EQ(gumbelcuda::ordered_sum<formula>(6, term).text, "((((0+x0)+x4)+(0+x2))+(((0+x1)+x5)+(0+x3)))");
  for (int length = 0; length <= 100; ++length)
    EXPECT_EQ(gumbelcuda::ordered_sum<formula>(length, term).text, expected(length)) << length;
}

template <int Length>
void expect_fixed() {
  EXPECT_EQ(gumbelcuda::ordered_sum<formula>(gumbelcuda::fixed<Length>{}, term).text, expected(Length));
}
template <int... Lengths>
void expect_fixed(std::integer_sequence<int, Lengths...>) {
  (expect_fixed<Lengths + 1>(), ...);
}

TEST(OrderedSum, IsTheSameForLengthsKnownWhenCompiling) {
  expect_fixed(std::make_integer_sequence<int, 20>{});
  expect_fixed<100>();
}

TEST(OrderedSum, AddsSlotsInHalves) {
  for (int slots = 1; slots <= gumbelcuda::max_sum_slots; slots *= 2) {
    formula values[gumbelcuda::max_sum_slots];
    for (int j = 0; j < slots; ++j) values[j] = slot(j, slots, slots);
    gumbelcuda::add_slots(slots, [&](int j) -> formula& { return values[j]; });
    EXPECT_EQ(values[0].text, halved(0, 1, slots, slots).text) << slots;
  }
  static_assert(gumbelcuda::sum_slots(1) == 4 && gumbelcuda::sum_slots(16) == 4);
  static_assert(gumbelcuda::sum_slots(17) == 32 && gumbelcuda::sum_slots(1 << 20) == 32);
}

// The compiler must keep the order for numbers, too: here each order of three terms has another sum.
TEST(OrderedSum, IsNotReassociated) {
  const volatile float values[] = {0x1p24f, 1, -0x1p24f, 1, 1, 1, 1, 1};
  const auto number = [&](int i) { return float(values[i]); };
  // Slots 2^24 + 1 (rounds to 2^24), 1 + 1, −2^24 + 1 and 1 + 1.
  EXPECT_EQ(gumbelcuda::ordered_sum<float>(8, number), 1 + 4);
  EXPECT_EQ(gumbelcuda::ordered_sum<float>(gumbelcuda::fixed<8>{}, number), 1 + 4);
  // A slot starts at +0, so that a sum of negative zeros has the same sign for every length.
  const volatile float negative_zero = -0.f;
  for (const int length : {1, 16, 17})
    EXPECT_FALSE(std::signbit(gumbelcuda::ordered_sum<float>(length, [&](int) { return float(negative_zero); })));
}

}  // namespace
