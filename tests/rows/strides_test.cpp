// SPDX-License-Identifier: Apache-2.0
// Rows whose numbers are strided, transposed or repeated give the bytes of a contiguous copy, for every operation and
// type, and nothing between the numbers is written. Invalid strides are refused.
#include <gtest/gtest.h>

#include "tests/rows/scores.hpp"
#include "tests/rows/strided_tasks.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::strided_call;

TEST(Strides, GiveTheBytesOfAContiguousCopy) {
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 3, 16, 37, 130}) {
      const std::uint64_t rows = classes > 100 ? 3 : 6;
      for (const auto& operation : testing_rows::strided_operations(testing_rows::run_on_the_cpu{}))
        for (int first = 0; first < testing_rows::row_layouts; ++first) {
          strided_call contiguous(type, rows, classes, first, true), strided(type, rows, classes, first, false);
          operation.call(contiguous);
          operation.call(strided);
          EXPECT_TRUE(strided.is_as(contiguous)) << operation.name << ' ' << testing_rows::name_of(type) << ' '
                                                 << classes << " classes, layouts from " << first << " on";
        }
    }
}

// When threads share a transposed matrix, they write numbers that are next to each other.
TEST(Strides, GiveTheSameBytesWithManyThreads) {
  const std::uint64_t rows = 200, classes = 300;
  for (const number_type type : testing_rows::all_types) {
    testing_rows::row_batch one(type, rows, classes, 1, 0, rows), many = one;
    gumbel_noise({.rows = rows, .classes = classes, .type = type, .out = one.out()}, {.threads = 1});
    gumbel_noise({.rows = rows, .classes = classes, .type = type, .out = many.out()}, {.threads = 7});
    EXPECT_TRUE(same_bytes(one, many));
  }
}

// The problem that a call with these rows reports; empty if there is none.
template <class Rows>
std::string problem(const Rows& logits, const mutable_rows& y, std::uint64_t rows = 5) {
  const float temperature = 1;
  try {
    gumbel_softmax({.rows = rows,
                    .classes = 6,
                    .type = number_type::float32,
                    .logits = logits,
                    .temperature = &temperature,
                    .y = y});
  } catch (const invalid_argument& refused) {
    return refused.what();
  }
  return {};
}

TEST(Strides, ThatCannotBeAreRefused) {
  std::vector<float> in(200), out(200);
  const auto reading = [&](std::size_t row_stride, std::size_t class_stride, std::uint64_t rows = 5) {
    return problem(const_rows{in.data(), row_stride, class_stride}, mutable_rows{out.data()}, rows);
  };
  const auto writing = [&](std::size_t row_stride, std::size_t class_stride) {
    return problem(const_rows{in.data()}, mutable_rows{out.data(), row_stride, class_stride});
  };
  EXPECT_EQ(reading(5, 1), "logits.row_stride: 5 is below the 6 classes of a row");
  EXPECT_EQ(reading(0, 3), "");
  EXPECT_EQ(reading(16, 3), "");
  EXPECT_EQ(reading(15, 3),
            "logits.row_stride: 15 is below the 16 that 6 classes take, and their 3 below the 61 that 5 rows take: "
            "numbers overlap");
  EXPECT_EQ(reading(1, 5), "");
  EXPECT_EQ(reading(1, 4),
            "logits.row_stride: 1 is below the 21 that 6 classes take, and their 4 below the 5 that 5 rows take: "
            "numbers overlap");
  EXPECT_EQ(reading(2, 9), "");
  EXPECT_NE(reading(2, 8), "");
  EXPECT_EQ(reading(1, 1, 1), "") << "one row overlaps none";
  EXPECT_EQ(reading(repeated_row, 7), "");
  EXPECT_EQ(writing(0, 3), "");
  EXPECT_EQ(writing(1, 5), "");
  EXPECT_EQ(writing(15, 3),
            "y.row_stride: 15 is below the 16 that 6 classes take, and their 3 below the 61 that 5 rows take: numbers "
            "overlap");
  EXPECT_EQ(writing(repeated_row, 1), "y.row_stride: is repeated_row, which only inputs may have");
  const std::size_t most = std::size_t{1} << 62;
  EXPECT_EQ(reading(0, most / 4), "logits.class_stride: 6 classes, " + std::to_string(most / 4) +
                                      " numbers apart, do not fit into an address space");
  for (const std::size_t stride : {most / 4 / 6 + 1, most, ~std::size_t{0}}) {
    EXPECT_EQ(reading(1, stride).rfind("logits.class_stride: ", 0), 0u) << stride;
    EXPECT_EQ(reading(repeated_row, stride).rfind("logits.class_stride: ", 0), 0u) << stride;
    EXPECT_EQ(writing(1, stride).rfind("y.class_stride: ", 0), 0u) << stride;
  }
  EXPECT_EQ(reading(most, 2).rfind("logits.row_stride: 5 rows", 0), 0u);
  EXPECT_EQ(reading(~std::size_t{0} - 1, 2).rfind("logits.row_stride: 5 rows", 0), 0u);
}

TEST(Strides, InPlaceAreThoseOfWhatIsRead) {
  std::vector<float> y(200), d(200);
  const float temperature = 1;
  const auto named = [&](const const_rows& d_y, const mutable_rows& d_logits) {
    try {
      gumbel_softmax_vjp({.rows = 5,
                          .classes = 6,
                          .type = number_type::float32,
                          .temperature = &temperature,
                          .y = {y.data()},
                          .d_y = d_y,
                          .d_logits = d_logits});
    } catch (const invalid_argument& refused) {
      return std::string(refused.what());
    }
    return std::string();
  };
  EXPECT_EQ(named({d.data(), 18, 3}, {d.data(), 0, 3}), "");
  EXPECT_EQ(named({d.data(), 20, 3}, {d.data(), 0, 3}),
            "d_logits.row_stride: 18 is not the 20 of d_y, which has the same data");
  EXPECT_EQ(named({d.data(), 20, 3}, {d.data(), 20, 2}),
            "d_logits.class_stride: 2 is not the 3 of d_y, which has the same data");
  EXPECT_EQ(named({d.data(), repeated_row}, {d.data()}), "d_logits.data: is d_y.data, whose rows are repeated");
}

// No row may write over a row that all rows read.
TEST(Strides, ARepeatedRowIsNotWrittenOver) {
  std::vector<float> x(200), other(200);
  const float temperature = 1;
  const const_rows repeated{x.data(), repeated_row}, plain{other.data()};
  const mutable_rows over{x.data()};
  const auto refused = [](auto run) {
    try {
      run();
    } catch (const invalid_argument& e) {
      return e.argument();
    }
    return std::string();
  };
  gumbel_softmax_task softmax{
      .rows = 5, .classes = 6, .type = number_type::float32, .logits = repeated, .temperature = &temperature};
  const auto with = [&](mutable_rows gumbel_softmax_task::*to) {
    gumbel_softmax_task task = softmax;
    task.y = {other.data()};
    task.*to = over;
    return refused([&] { gumbel_softmax(task); });
  };
  EXPECT_EQ(with(&gumbel_softmax_task::y), "y.data");
  EXPECT_EQ(with(&gumbel_softmax_task::one_hot), "one_hot.data");
  EXPECT_EQ(with(&gumbel_softmax_task::gumbel_out), "gumbel_out.data");
  softmax.logits = plain;
  softmax.gumbel = repeated;
  EXPECT_EQ(with(&gumbel_softmax_task::y), "y.data");
  const relaxed_bernoulli_task soft{.rows = 5,
                                    .classes = 6,
                                    .type = number_type::float32,
                                    .logits = repeated,
                                    .temperature = &temperature,
                                    .y = over};
  EXPECT_EQ(refused([&] { relaxed_bernoulli(soft); }), "y.data");
  const relaxed_bernoulli_vjp_task back{.rows = 5,
                                        .classes = 6,
                                        .type = number_type::float32,
                                        .temperature = &temperature,
                                        .y = plain,
                                        .d_y = repeated,
                                        .d_logits = over};
  EXPECT_EQ(refused([&] { relaxed_bernoulli_vjp(back); }), "d_logits.data");
  const relaxed_bernoulli_log_prob_task density{.rows = 5,
                                                .classes = 6,
                                                .type = number_type::float32,
                                                .logits = plain,
                                                .y = repeated,
                                                .temperature = &temperature,
                                                .log_prob = over};
  EXPECT_EQ(refused([&] { relaxed_bernoulli_log_prob(density); }), "log_prob.data");
  const const_parameter one{other.data(), parameter_shape::one_for_all},
      each{x.data(), parameter_shape::per_element, repeated_row};
  const location_scale_sample_task sample{
      .rows = 5, .classes = 6, .type = number_type::float32, .location = each, .scale = one, .sample = over};
  EXPECT_EQ(refused([&] { location_scale_sample(sample); }), "sample.data");
  const location_scale_log_prob_task log_prob{.rows = 5,
                                              .classes = 6,
                                              .type = number_type::float32,
                                              .value = repeated,
                                              .location = one,
                                              .scale = one,
                                              .log_prob = over};
  EXPECT_EQ(refused([&] { location_scale_log_prob(log_prob); }), "log_prob.data");
  std::int64_t index[1];
  const gumbel_max_task many{
      .rows = std::uint64_t{1} << 62, .classes = 6, .type = number_type::float32, .logits = repeated, .index = index};
  EXPECT_EQ(refused([&] { gumbel_max(many); }), "rows");
}

}  // namespace
}  // namespace gumbelcuda
