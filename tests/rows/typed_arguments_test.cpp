// SPDX-License-Identifier: Apache-2.0
// Arguments whose type the compiler knows: they give the same bytes as arguments with a run-time type; pointers to
// another type do not compile; a forgotten type is refused.
#include <gtest/gtest.h>

#include "gumbelcuda/leading_dimensions.hpp"
#include "tests/rows/described_arrays.hpp"
#include "tests/rows/row_batch.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

template <class Number, class Pointer>
concept takes_logits = requires(Pointer p) {
  gumbel_max_args<Number>{.logits = {p}};
};
template <class Number, class Pointer>
concept takes_log_prob = requires(Pointer p) {
  gumbel_max_args<Number>{.log_prob = p};
};
template <class Number, class Pointer>
concept takes_y = requires(Pointer p) {
  gumbel_softmax_args<Number>{.y = {p}};
};
template <class Number, class Pointer>
concept takes_d_scale = requires(Pointer p) {
  location_scale_sample_vjp_args<Number>{.d_scale = {p}};
};

static_assert(takes_logits<float, const float*> && takes_logits<float, float*>);
static_assert(!takes_logits<float, const double*> && !takes_logits<double, const float*>);
static_assert(!takes_logits<float, const void*> && !takes_logits<float, const float16*>);
static_assert(takes_logits<float16, const float16*> && !takes_logits<float16, const bfloat16*>);
static_assert(takes_y<double, double*> && !takes_y<double, const double*> && !takes_y<double, float*>);
static_assert(takes_log_prob<float16, float*> && !takes_log_prob<float16, float16*>);
static_assert(takes_log_prob<double, double*> && !takes_log_prob<double, float*>);
static_assert(takes_d_scale<bfloat16, bfloat16*> && takes_d_scale<bfloat16, float*>);
static_assert(!takes_d_scale<bfloat16, double*> && !takes_d_scale<double, float*>);
static_assert(takes_logits<any_number, const void*>);

template <class Number>
void expect_the_same() {
  constexpr number_type type = number_traits<Number>::type;
  constexpr std::uint64_t rows = 4, classes = 21;
  row_batch logits(type, rows, classes), y(type, rows, classes), untyped_y = y;
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k) logits.set(row, k, double((row + 3 * k) % 7) / 2);
  const float temperature = .5f;
  std::int64_t index[rows], untyped_index[rows];
  gumbel_softmax<Number>({.rows = rows,
                          .classes = classes,
                          .noise = {.seed = 8},
                          .logits = {static_cast<const Number*>(logits.in().data)},
                          .temperature = &temperature,
                          .y = {static_cast<Number*>(y.out().data)},
                          .index = index});
  gumbel_softmax({.rows = rows,
                  .classes = classes,
                  .type = type,
                  .noise = {.seed = 8},
                  .logits = logits.in(),
                  .temperature = &temperature,
                  .y = untyped_y.out(),
                  .index = untyped_index});
  EXPECT_TRUE(y == untyped_y) << name_of(type);
  EXPECT_EQ(std::vector(index, index + rows), std::vector(untyped_index, untyped_index + rows)) << name_of(type);
}

TEST(TypedArguments, GiveTheBytesOfUntypedOnes) {
  expect_the_same<float>();
  expect_the_same<double>();
  expect_the_same<float16>();
  expect_the_same<bfloat16>();
}

// Every field goes from arguments with a type to those without.
template <class... Tasks>
struct every_untyped {
  static void expect() { (expect_of(static_cast<const Tasks*>(nullptr)), ...); }
  template <template <class> class Args>
  static void expect_of(const Args<any_number>*) {
    Args<double> args{};
    args.rows = 3;
    static constexpr std::uint64_t words[3] = {};
    if constexpr (requires { args.noise; }) args.noise.row_seed = words;
    for_each_field<Args<double>>([&]<class Member>(const task_field<Args<double>, Member>& field) {
      static constexpr double number = 0;
      if constexpr (requires(Member m) { m.row_stride; }) {
        (args.*field.member).data = const_cast<double*>(&number);
        (args.*field.member).row_stride = 7;
        (args.*field.member).class_stride = 5;
      }
    });
    const Args<any_number> without = untyped(args);
    EXPECT_EQ(without.type, number_type::float64);
    EXPECT_EQ(without.rows, 3u);
    if constexpr (requires { without.noise; }) {
      EXPECT_EQ(without.noise.row_seed, words);
    }
    for_each_field<Args<any_number>>([&]<class Member>(const task_field<Args<any_number>, Member>& field) {
      if constexpr (requires(Member m) { m.row_stride; }) {
        EXPECT_NE((without.*field.member).data, nullptr) << field.name;
        EXPECT_EQ((without.*field.member).row_stride, 7u) << field.name;
        EXPECT_EQ((without.*field.member).class_stride, 5u) << field.name;
      }
    });
  }
};

TEST(TypedArguments, LoseNothingButTheirType) { of_every_row_task<every_untyped>::expect(); }

TEST(TypedArguments, ADerivativeOfTheOtherTypeThanItsShapeIsRefused) {
  const float16 d_sample[4] = {};
  float16 elements[4];
  float sums[2];
  const auto refused = [&](auto d_scale) {
    try {
      location_scale_sample_vjp<float16>({.rows = 2, .classes = 2, .d_sample = {d_sample}, .d_scale = d_scale});
    } catch (const invalid_argument& refusal) {
      return refusal.argument();
    }
    return std::string();
  };
  using derivative = basic_mutable_parameter<float16>;
  EXPECT_EQ(refused(derivative{elements}), "");
  EXPECT_EQ(refused(derivative{sums, parameter_shape::per_row}), "");
  EXPECT_EQ(refused(derivative{sums}), "d_scale.data");
  EXPECT_EQ(refused(derivative{elements, parameter_shape::per_row}), "d_scale.data");
}

// Checks frequencies instead of bytes: doubles were once taken for floats.
TEST(TypedArguments, DoublesAreDoubles) {
  const double logits[] = {std::log(.1), std::log(.2), std::log(.3), std::log(.4)};
  constexpr std::uint64_t draws = 100000;
  std::vector<std::int64_t> index(draws);
  gumbel_max<double>({.rows = draws, .classes = 4, .logits = {logits, repeated_row}, .index = index.data()});
  for (int k = 0; k < 4; ++k) {
    const double p = .1 * (k + 1), share = double(std::count(index.begin(), index.end(), k)) / double(draws);
    EXPECT_NEAR(share, p, 5 * std::sqrt(p * (1 - p) / double(draws))) << k;
  }
}

// Runs a task without a type for each operation.
template <class... Tasks>
struct every {
  static void expect() { (expect_refused<Tasks>(), ...); }
  template <class Task>
  static void expect_refused() {
    try {
      operation_of<Task>()(Task{}, {});
      ADD_FAILURE() << "was accepted: " << __PRETTY_FUNCTION__;
    } catch (const invalid_argument& refusal) {
      EXPECT_EQ(std::string(refusal.what()), "type: is not set") << __PRETTY_FUNCTION__;
    }
  }
};

TEST(TypedArguments, ATypeThatWasForgottenIsRefused) {
  of_every_row_task<every>::expect();
  EXPECT_THROW(leading_dimensions<>({2}, 3), invalid_argument);
}

}  // namespace
}  // namespace gumbelcuda
