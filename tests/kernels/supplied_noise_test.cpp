// SPDX-License-Identifier: Apache-2.0
// The kernels of Gumbel-softmax and its backward pass with supplied noise, under the interpreter, give the CPU
// backend's bytes: for every type; on both sides of every switch of with_coarse_row_plan(); for rows of any stride and
// alignment; with noise of every kind. With an address's noise, they give the bytes of the kernels that draw it.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::infinity, testing_rows::not_a_number, testing_rows::row_batch, testing_rows::same_bytes;

struct shape {
  std::uint64_t classes, rows, stride = 0, skew = 0;
};
constexpr shape shapes[] = {{1, 45},    {3, 70},       {4, 45},     {5, 200},  {16, 45},         {17, 9},
                            {64, 9},    {512, 5},      {513, 5},    {1024, 5}, {1025, 5},        {20000, 2},
                            {40000, 2}, {5, 70, 7, 1}, {64, 9, 68}, {7, 0},    {300, 5, 301, 3}, {2000, 5, 2001, 2}};

// Calls each_case(an empty batch) for each shape.
template <class Case>
void for_each_case(Case each_case) {
  for (const auto type : testing_rows::all_types)
    for (const shape& s : shapes) {
      SCOPED_TRACE(std::string(testing_rows::name_of(type)) + ' ' + std::to_string(s.classes) + " classes");
      each_case(row_batch(type, s.rows, s.classes, s.stride, s.skew));
    }
}

void fill(row_batch& batch, std::uint64_t seed, double size) {
  random_numbers random(seed);
  for (std::uint64_t row = 0; row < batch.rows(); ++row)
    for (std::uint64_t k = 0; k < batch.classes(); ++k) batch.set(row, k, random.uniform(-size, size));
}

struct both_passes {
  row_batch y, one_hot, d_logits, d_temperature;
  std::vector<std::int64_t> index;

  explicit both_passes(const row_batch& empty)
      : y(empty),
        one_hot(empty),
        d_logits(empty),
        d_temperature(testing_rows::computed_type(empty.type()), 1, empty.rows()),
        index(empty.rows(), -7) {}
  friend bool operator==(const both_passes&, const both_passes&) = default;
};

struct batch {
  row_batch logits, d_y, gumbel;
  std::vector<float> temperature;
  noise_address noise{.seed = 3, .first_row = 8, .offset = 16};

  explicit batch(const row_batch& empty) : logits(empty), d_y(empty), gumbel(empty) {
    fill(logits, 1, 6);
    for (std::uint64_t row = 3; row < empty.rows(); row += 5)
      for (std::uint64_t k = 0; k < empty.classes(); ++k) logits.set(row, k, testing_rows::tying_logit(empty.type()));
    fill(d_y, 2, 1);
    const float kinds[] = {1, .1f, 10, 0, 1e30f, 1e-30f};
    for (std::uint64_t row = 0; row < empty.rows(); ++row) temperature.push_back(kinds[row % 6]);
  }
  // Runs both passes on either backend.
  both_passes run(bool given, bool log_domain, bool by_kernels) {
    both_passes found(row_batch(logits.type(), logits.rows(), logits.classes()));
    gumbel_softmax_task task{.rows = logits.rows(),
                             .classes = logits.classes(),
                             .type = logits.type(),
                             .noise = noise,
                             .logits = logits.in(),
                             .temperature = temperature.data(),
                             .temperature_per_row = true,
                             .y = found.y.out(),
                             .one_hot = found.one_hot.out(),
                             .index = found.index.data(),
                             .log_domain = log_domain};
    gumbel_softmax_vjp_task back{.rows = task.rows,
                                 .classes = task.classes,
                                 .type = task.type,
                                 .noise = noise,
                                 .logits = task.logits,
                                 .temperature = task.temperature,
                                 .temperature_per_row = true,
                                 .d_y = d_y.in(),
                                 .d_logits = found.d_logits.out(),
                                 .d_temperature = found.d_temperature.out().data};
    if (given) task.gumbel = back.gumbel = gumbel.in();
    by_kernels ? void(launch_rows(task, nullptr)) : gumbel_softmax(task);
    by_kernels ? void(launch_rows(back, nullptr)) : gumbel_softmax_vjp(back);
    return found;
  }
};

TEST(SuppliedNoiseKernels, AreTheCpus) {
  for_each_case([](const row_batch& empty) {
    batch b(empty);
    fill(b.gumbel, 3, 4);
    for (std::uint64_t row = 0; row < empty.rows(); ++row) {
      const double kinds[] = {0, -infinity, infinity, 3, not_a_number, -infinity, 3};
      b.gumbel.set(row, (row * 7) % empty.classes(), kinds[row % 7]);
    }
    for (const bool log_domain : {false, true}) {
      const both_passes expected = b.run(true, log_domain, false), found = b.run(true, log_domain, true);
      EXPECT_TRUE(same_bytes(expected.y, found.y));
      EXPECT_TRUE(same_bytes(expected.one_hot, found.one_hot));
      EXPECT_TRUE(same_bytes(expected.d_logits, found.d_logits));
      EXPECT_TRUE(same_bytes(expected.d_temperature, found.d_temperature));
      EXPECT_EQ(expected.index, found.index);
    }
  });
}

TEST(SuppliedNoiseKernels, OfAnAddressGiveTheBytesOfTheAddress) {
  for_each_case([](const row_batch& empty) {
    if (empty.type() != testing_rows::computed_type(empty.type())) return;
    batch b(empty);
    gumbel_noise({.rows = empty.rows(),
                  .classes = empty.classes(),
                  .type = empty.type(),
                  .noise = b.noise,
                  .out = b.gumbel.out()});
    EXPECT_TRUE(b.run(true, false, true) == b.run(false, false, true));
  });
}

TEST(DrawnNoiseKernels, WriteItWhereItIsAskedFor) {
  for_each_case([](const row_batch& empty) {
    batch b(empty);
    row_batch y(empty.type(), empty.rows(), empty.classes()), g = empty, expected = empty;
    gumbel_softmax_task task{.rows = empty.rows(),
                             .classes = empty.classes(),
                             .type = empty.type(),
                             .noise = b.noise,
                             .logits = b.logits.in(),
                             .temperature = b.temperature.data(),
                             .temperature_per_row = true,
                             .y = y.out(),
                             .gumbel_out = g.out()};
    ASSERT_EQ(launch_rows(task, nullptr), 0);
    task.gumbel_out = expected.out();
    gumbel_noise(
        {.rows = task.rows, .classes = task.classes, .type = task.type, .noise = task.noise, .out = expected.out()});
    EXPECT_TRUE(same_bytes(g, expected));
    EXPECT_TRUE(same_bytes(y, b.run(false, false, true).y));
  });
}

}  // namespace
}  // namespace gumbelcuda
