// SPDX-License-Identifier: Apache-2.0
// Arrays with several leading dimensions, permuted, strided, repeated or reversed, and with the classes in any
// dimension, give the bytes of one call on a contiguous copy, in as few calls as their strides allow. Invalid layouts
// are refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/leading_dimensions.hpp"
#include "tests/rows/scores.hpp"
#include "tests/rows/strided_array.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::array, testing_rows::classes, testing_rows::layout, testing_rows::row_batch,
    testing_rows::same_bytes;
using testing_rows::shape_of_rows, testing_rows::strides_of_rows;

// Runs the forward and backward pass and draws, with all results per row, on arrays with these layouts, and returns the
// number of calls.
std::uint64_t expect_as_contiguous(number_type type, const shape_of_rows& shape, const layout& of_logits,
                                   const layout& of_y, const layout& of_d) {
  const std::uint64_t rows = std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies<>());
  array logits(type, shape, of_logits), y(type, shape, of_y), d(type, shape, of_d);
  random_numbers random(rows);
  for (std::uint64_t place = 0; place < logits.memory.rows(); ++place)
    for (std::uint64_t k = 0; k < classes; ++k) logits.memory.set(place, k, random.uniform(-3, 3));
  row_batch dense_d(type, rows, classes);
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k) dense_d.set(row, k, random.uniform(-1, 1));
  d.copy_from(dense_d);
  row_batch dense_logits = logits.copy(rows), dense_y(type, rows, classes);
  std::vector<float> temperature(rows);
  for (std::uint64_t row = 0; row < rows; ++row) temperature[row] = .25f + float(row) / 8;
  const noise_address noise{.seed = 3, .first_row = 1000, .offset = 40};
  const number_type computed = testing_rows::computed_type(type);

  std::vector<std::int64_t> index(rows), drawn(rows), expected_index(rows), expected_drawn(rows);
  std::vector<row_status> status(rows, row_status(9)), expected_status(rows);
  row_batch log_prob(computed, 1, rows), d_t = log_prob, expected_log_prob = log_prob, expected_d_t = log_prob;
  gumbel_max({.rows = rows,
              .classes = classes,
              .type = type,
              .noise = noise,
              .logits = dense_logits.in(),
              .index = expected_drawn.data(),
              .log_prob = expected_log_prob.out().data,
              .status = expected_status.data()});
  gumbel_softmax({.rows = rows,
                  .classes = classes,
                  .type = type,
                  .noise = noise,
                  .logits = dense_logits.in(),
                  .temperature = temperature.data(),
                  .temperature_per_row = true,
                  .y = dense_y.out(),
                  .index = expected_index.data()});
  gumbel_softmax_vjp({.rows = rows,
                      .classes = classes,
                      .type = type,
                      .noise = noise,
                      .logits = dense_logits.in(),
                      .temperature = temperature.data(),
                      .temperature_per_row = true,
                      .d_y = dense_d.in(),
                      .d_logits = dense_d.out(),
                      .d_temperature = expected_d_t.out().data});

  std::uint64_t calls = 0, next_row = 0;
  leading_dimensions<> dimensions(shape, classes, type);
  EXPECT_EQ(dimensions.rows(), rows);
  const auto logits_array = dimensions.input(logits.data(), logits.numbers(), logits.class_stride());
  const auto y_array = dimensions.output(y.data(), y.numbers(), y.class_stride());
  const auto d_y_array = dimensions.input(d.data(), d.numbers(), d.class_stride());
  const auto d_logits_array = dimensions.output(d.data(), d.numbers(), d.class_stride());
  dimensions.for_each_block([&](const auto& block) {
    const std::uint64_t r = block.first_row;
    EXPECT_EQ(r, next_row);
    next_row = r + block.rows;
    ++calls;
    const std::size_t result_size = testing_rows::size_of(computed);
    const noise_address of_block = block.noise({.seed = 3, .first_row = 1000, .offset = 40});
    gumbel_max({.rows = block.rows,
                .classes = classes,
                .type = type,
                .noise = of_block,
                .logits = block[logits_array],
                .index = &drawn[r],
                .log_prob = static_cast<char*>(log_prob.out().data) + r * result_size,
                .status = &status[r]});
    gumbel_softmax({.rows = block.rows,
                    .classes = classes,
                    .type = type,
                    .noise = of_block,
                    .logits = block[logits_array],
                    .temperature = &temperature[r],
                    .temperature_per_row = true,
                    .y = block[y_array],
                    .index = &index[r]});
    gumbel_softmax_vjp({.rows = block.rows,
                        .classes = classes,
                        .type = type,
                        .noise = of_block,
                        .logits = block[logits_array],
                        .temperature = &temperature[r],
                        .temperature_per_row = true,
                        .d_y = block[d_y_array],
                        .d_logits = block[d_logits_array],
                        .d_temperature = static_cast<char*>(d_t.out().data) + r * result_size});
  });
  EXPECT_EQ(next_row, rows);
  EXPECT_EQ(index, expected_index);
  EXPECT_EQ(drawn, expected_drawn);
  EXPECT_EQ(status, expected_status);
  EXPECT_TRUE(same_bytes(log_prob, expected_log_prob));
  EXPECT_TRUE(same_bytes(d_t, expected_d_t));
  // Compares all bytes of the arrays, including those between rows.
  array expected_y(type, shape, of_y), expected_d(type, shape, of_d);
  expected_y.copy_from(dense_y);
  expected_d.copy_from(dense_d);
  EXPECT_TRUE(same_bytes(y.memory, expected_y.memory));
  EXPECT_TRUE(same_bytes(d.memory, expected_d.memory));
  return calls;
}

TEST(LeadingDimensions, PermutedAndApartGiveTheBytesOfOneContiguousCall) {
  const shape_of_rows shape{3, 4, 5};
  const layout plain{{0, 1, 2}};
  for (const number_type type : testing_rows::all_types) {
    std::vector<std::size_t> order{0, 1, 2};
    do {
      for (const std::uint64_t gap : {0, 6}) {
        SCOPED_TRACE(std::to_string(order[0]) + std::to_string(order[1]) + std::to_string(order[2]));
        const layout permuted{order, gap};
        expect_as_contiguous(type, shape, permuted, plain, permuted);
        expect_as_contiguous(type, shape, plain, permuted, {{2, 1, 0}, 1});
      }
    } while (std::next_permutation(order.begin(), order.end()));
    for (int d = 0; d < 3; ++d) {
      SCOPED_TRACE("dimension " + std::to_string(d));
      expect_as_contiguous(type, shape, {{0, 1, 2}, 0, d}, plain, plain);
      expect_as_contiguous(type, shape, {{2, 0, 1}, 3, d}, {{0, 2, 1}, 2, -1, d}, {{1, 0, 2}, 0, -1, d});
      expect_as_contiguous(type, shape, {{2, 0, 1}, 3, d, -1, 0}, {{0, 2, 1}, 2, -1, d, 3}, {{1, 0, 2}, 0, -1, d, 0});
    }
  }
}

TEST(LeadingDimensions, AreAsFewCallsAsTheyCanBe) {
  const auto calls = [](const shape_of_rows& shape, const layout& one, const layout& other) {
    return expect_as_contiguous(number_type::float32, shape, one, other, other);
  };
  const layout plain{{0, 1, 2}}, apart{{0, 1, 2}, 5}, swapped_first{{1, 0, 2}}, swapped_last{{0, 2, 1}};
  EXPECT_EQ(calls({3, 4, 5}, plain, plain), 1u);
  EXPECT_EQ(calls({3, 4, 5}, apart, plain), 1u);
  EXPECT_EQ(calls({3, 4, 5}, swapped_first, apart), 12u);
  EXPECT_EQ(calls({3, 4, 5}, swapped_last, swapped_last), 12u);
  EXPECT_EQ(calls({3, 1, 5}, swapped_first, plain), 1u) << "where a dimension of length 1 lies is of no matter";
  EXPECT_EQ(calls({1, 1, 1}, swapped_first, plain), 1u);
  EXPECT_EQ(calls({3, 4, 5}, {{0, 1, 2}, 0, 0}, plain), 3u) << "the other two are one";
  EXPECT_EQ(calls({3, 4, 5}, {{0, 1, 2}, 0, 2}, plain), 12u) << "a call's rows may all be one";
  EXPECT_EQ(calls({60}, {{0}, 0, 0}, {{0}}), 1u);
  EXPECT_EQ(calls({3, 4, 5}, {{0, 1, 2}, 0, -1, 2}, plain), 60u) << "rows of a call do not go backwards";
  const layout classes_first{{0, 1, 2}, 0, -1, -1, 0}, every_third{{0, 1, 2}, 1, -1, -1, 3};
  EXPECT_EQ(calls({3, 4, 5}, classes_first, plain), 1u);
  EXPECT_EQ(calls({3, 4, 5}, plain, classes_first), 1u);
  EXPECT_EQ(calls({3, 4, 5}, every_third, classes_first), 1u);
  EXPECT_EQ(calls({3, 4, 5}, {{1, 0, 2}, 4, -1, -1, 0}, plain), 12u);
  EXPECT_EQ(calls({}, {{}}, {{}}), 1u);
  EXPECT_EQ(calls({2, 3, 2, 2, 3}, {{0, 1, 2, 3, 4}}, {{1, 0, 2, 3, 4}}), 6u);
}

TEST(LeadingDimensions, WithoutRowsCallNothing) {
  leading_dimensions<> dimensions({3, 0, 5}, classes, number_type::float64);
  dimensions.input(nullptr, {0, 0, 0});
  dimensions.output(nullptr, {1000, 1000, 1000});
  EXPECT_EQ(dimensions.rows(), 0u);
  dimensions.for_each_block([](const auto&) { FAIL(); });
}

TEST(LeadingDimensions, WhatCannotBeIsRefused) {
  const auto named = [](auto call) {
    try {
      call();
    } catch (const invalid_argument& e) {
      return e.argument();
    }
    return std::string();
  };
  const auto shaped = [&](const shape_of_rows& shape, std::uint64_t k, int type) {
    return named([&] { leading_dimensions(shape, k, number_type(type)); });
  };
  EXPECT_EQ(shaped({3}, 0, 0), "classes");
  EXPECT_EQ(shaped({3}, 4, 9), "type");
  EXPECT_EQ(shaped({std::uint64_t{1} << 40, std::uint64_t{1} << 40}, 4, 0), "shape");
  leading_dimensions<> dimensions({3, 1, 5}, 4, number_type::float32);
  float data[100];
  const auto in = [&](const strides_of_rows& strides) { return named([&] { dimensions.input(data, strides); }); };
  const auto out = [&](const strides_of_rows& strides) { return named([&] { dimensions.output(data, strides); }); };
  EXPECT_EQ(in({20, 4}), "strides");
  EXPECT_EQ(in({20, 4, 4, 4}), "strides");
  EXPECT_EQ(in({PTRDIFF_MAX, 0, 4}), "strides");
  EXPECT_EQ(in({PTRDIFF_MIN, 0, 4}), "strides");
  EXPECT_EQ(in({std::ptrdiff_t{1} << 59, 0, std::ptrdiff_t{1} << 57}), "strides") << "each fits, the two do not";
  EXPECT_EQ(in({1, 0, 0}), "") << "what is read may overlap";
  const auto class_stride = [&](std::ptrdiff_t stride) {
    return named([&] { dimensions.input(data, {60, 0, 12}, stride); });
  };
  EXPECT_EQ(class_stride(3), "");
  EXPECT_EQ(class_stride(0), "class_stride");
  EXPECT_EQ(class_stride(-1), "class_stride");
  EXPECT_EQ(class_stride(PTRDIFF_MAX), "class_stride");
  EXPECT_EQ(class_stride(std::ptrdiff_t{1} << 59), "class_stride");
  EXPECT_EQ(named([&] { leading_dimensions({3}, 1, number_type::float32).input(data, {1}, 0); }), "")
      << "one class has no neighbours";
  EXPECT_EQ(out({20, 0, 4}), "") << "a dimension of length 1 has no neighbours";
  EXPECT_EQ(out({-20, 0, 4}), "");
  EXPECT_EQ(out({20, 4, 3}), "strides");
  EXPECT_EQ(out({0, 20, 4}), "strides");
  const auto out_apart = [&](const strides_of_rows& strides, std::ptrdiff_t apart) {
    return named([&] { dimensions.output(data, strides, apart); });
  };
  EXPECT_EQ(out_apart({50, 0, 10}, 3), "");
  EXPECT_EQ(out_apart({50, 0, 9}, 3), "strides");
  EXPECT_EQ(out_apart({5, 0, 1}, 15), "");
  EXPECT_EQ(out_apart({5, 0, 1}, 4), "strides");
  EXPECT_EQ(out_apart({0, 0, 1}, 15), "strides");
}

}  // namespace
}  // namespace gumbelcuda
