// SPDX-License-Identifier: Apache-2.0
// The kernels of samples location + scale·noise and their densities, under the interpreter, give the CPU backend's
// bytes: for every type, law and shape of parameters; for rows of a warp and of a block; odd lengths; unaligned and
// strided rows; extreme parameters, and parameters of no distribution.
#include <gtest/gtest.h>

#include <limits>

#include "gumbelcuda/location_scale.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/rows/location_scale_batch.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::all_shapes, testing_rows::both_laws, testing_rows::gradient_batch, testing_rows::infinity;
using testing_rows::not_a_number, testing_rows::parameter_batch, testing_rows::row_batch, testing_rows::same_bytes;

struct shape {
  std::uint64_t classes, rows, stride = 0, skew = 0;
};
constexpr shape shapes[] = {{1, 9},        {5, 40},     {64, 20},  {300, 9},          {512, 5},
                            {513, 5},      {1024, 5},   {1025, 5}, {20000, 2},        {40000, 2},
                            {5, 20, 7, 1}, {64, 9, 68}, {7, 0},    {2000, 5, 2001, 2}};

// Calls each_case(an empty batch, law, shape of the parameters).
template <class Case>
void for_each_case(Case each_case) {
  for (const auto type : testing_rows::all_types)
    for (const shape& s : shapes)
      for (const noise_law law : both_laws)
        for (const parameter_shape of_parameters : all_shapes) {
          SCOPED_TRACE(std::string(testing_rows::name_of(type)) + ' ' + std::to_string(s.classes) + " classes, law " +
                       std::to_string(int(law)) + ", parameters " + std::to_string(int(of_parameters)));
          each_case(row_batch(type, s.rows, s.classes, s.stride, s.skew), law, of_parameters);
        }
}

// Numbers in [−5, 5), and some that are NaN or extreme.
void fill(row_batch& batch, std::uint64_t seed) {
  random_numbers random(seed);
  const double kinds[] = {infinity, -infinity, not_a_number, 6e4, -6e4, 0, -88.5, -709.6};
  for (std::uint64_t row = 0; row < batch.rows(); ++row)
    for (std::uint64_t k = 0; k < batch.classes(); ++k)
      batch.set(row, k, random.word() % 16 == 0 && row % 4 ? kinds[random.word() % 8] : random.uniform(-5, 5));
}

struct parameters {
  parameter_batch location, scale;
  parameters(const row_batch& empty, parameter_shape shape)
      : location(empty.type(), shape, empty.rows(), empty.classes(), empty.classes() + 1),
        scale(empty.type(), shape, empty.rows(), empty.classes()) {
    location.fill(1, -3, 3);
    scale.fill(2, 0, 3);
    if (shape == parameter_shape::one_for_all || empty.rows() < 3) return;
    const double kinds[] = {0, -1, infinity, 1e-7, 6e4};
    for (std::uint64_t row = 0; row < empty.rows(); ++row)
      if (row % 3 == 1) scale.set(row, empty.classes() / 2, kinds[row / 3 % 5]);
    location.set(2, 0, infinity);
  }
};

TEST(LocationScaleKernels, SamplesAndTheirGradientsAreTheCpus) {
  for_each_case([](const row_batch& empty, noise_law law, parameter_shape shape) {
    parameters of(empty, shape);
    row_batch expected = empty, found = empty, d_sample = empty;
    fill(d_sample, 3);
    const noise_address noise{.seed = 0xfedcba9876543210, .first_row = 0xfffffffe, .offset = 0x3fffffff8};
    location_scale_sample_task task{.rows = empty.rows(),
                                    .classes = empty.classes(),
                                    .type = empty.type(),
                                    .law = law,
                                    .noise = noise,
                                    .location = of.location.in(),
                                    .scale = of.scale.in(),
                                    .sample = expected.out()};
    location_scale_sample(task);
    task.sample = found.out();
    ASSERT_EQ(launch_rows(task, nullptr), 0);
    EXPECT_TRUE(same_bytes(expected, found));

    gradient_batch d_location(empty.type(), shape, empty.rows(), empty.classes()), d_scale = d_location;
    gradient_batch expected_location = d_location, expected_scale = d_location;
    location_scale_sample_vjp_task back{.rows = task.rows,
                                        .classes = task.classes,
                                        .type = task.type,
                                        .law = law,
                                        .noise = noise,
                                        .d_sample = d_sample.in(),
                                        .d_location = expected_location.out(),
                                        .d_scale = expected_scale.out()};
    location_scale_sample_vjp(back);
    back.d_location = d_location.out();
    back.d_scale = d_scale.out();
    ASSERT_EQ(launch_rows(back, nullptr), 0);
    EXPECT_TRUE(same_bytes(expected_location.numbers, d_location.numbers));
    EXPECT_TRUE(same_bytes(expected_scale.numbers, d_scale.numbers));
  });
}

TEST(LocationScaleKernels, DensitiesAndTheirGradientsAreTheCpus) {
  for_each_case([](const row_batch& empty, noise_law law, parameter_shape shape) {
    parameters of(empty, shape);
    row_batch value = empty, upstream = empty, expected = empty, found = empty;
    fill(value, 4);
    fill(upstream, 5);
    location_scale_log_prob_task task{.rows = empty.rows(),
                                      .classes = empty.classes(),
                                      .type = empty.type(),
                                      .law = law,
                                      .value = value.in(),
                                      .location = of.location.in(),
                                      .scale = of.scale.in(),
                                      .log_prob = expected.out()};
    location_scale_log_prob(task);
    task.log_prob = found.out();
    ASSERT_EQ(launch_rows(task, nullptr), 0);
    EXPECT_TRUE(same_bytes(expected, found));

    gradient_batch d_location(empty.type(), shape, empty.rows(), empty.classes()), d_scale = d_location;
    gradient_batch expected_location = d_location, expected_scale = d_location;
    location_scale_log_prob_vjp_task back{.rows = task.rows,
                                          .classes = task.classes,
                                          .type = task.type,
                                          .law = law,
                                          .value = task.value,
                                          .location = task.location,
                                          .scale = task.scale,
                                          .d_log_prob = upstream.in(),
                                          .d_value = expected.out(),
                                          .d_location = expected_location.out(),
                                          .d_scale = expected_scale.out()};
    location_scale_log_prob_vjp(back);
    back.d_value = found.out();
    back.d_location = d_location.out();
    back.d_scale = d_scale.out();
    ASSERT_EQ(launch_rows(back, nullptr), 0);
    EXPECT_TRUE(same_bytes(expected, found));
    EXPECT_TRUE(same_bytes(expected_location.numbers, d_location.numbers));
    EXPECT_TRUE(same_bytes(expected_scale.numbers, d_scale.numbers));
  });
}

}  // namespace
}  // namespace gumbelcuda
