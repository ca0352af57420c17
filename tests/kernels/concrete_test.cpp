// SPDX-License-Identifier: Apache-2.0
// The kernels of densities and divergences, under the interpreter, give the CPU backend's bytes: for every type; for
// rows of a warp and of a block; odd lengths; unaligned and strided rows; boundaries, masks and rows that have no
// density.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "gumbelcuda/concrete.hpp"
#include "gumbelcuda/kl_divergence.hpp"
#include "gumbelcuda/relaxed_bernoulli.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::row_batch, testing_rows::same_bytes;

constexpr double infinity = std::numeric_limits<double>::infinity();

struct shape {
  std::uint64_t classes, rows, stride = 0, skew = 0;
};
constexpr shape shapes[] = {{1, 9},        {5, 40},     {64, 20},  {300, 9},         {512, 5},
                            {513, 5},      {1024, 5},   {1025, 5}, {20000, 3},       {40000, 2},
                            {5, 20, 7, 1}, {64, 9, 68}, {7, 0},    {300, 5, 301, 3}, {2000, 5, 2001, 2}};

// Calls each_case(empty, per_row) with a batch of each shape, and one for a number per row.
template <class Case>
void for_each_case(Case each_case) {
  for (const number_type type : testing_rows::all_types)
    for (const shape& s : shapes) {
      SCOPED_TRACE(std::string(testing_rows::name_of(type)) + ' ' + std::to_string(s.classes) + " classes");
      const auto computed = type == number_type::float64 ? number_type::float64 : number_type::float32;
      each_case(row_batch(type, s.rows, s.classes, s.stride, s.skew), row_batch(computed, 1, s.rows));
    }
}

// Numbers in [low, high). Some rows contain `nothing` at random places, others one infinity or NaN.
void fill(row_batch& batch, std::uint64_t seed, double low, double high, double nothing, std::uint64_t kinds) {
  random_numbers random(seed);
  for (std::uint64_t row = 0; row < batch.rows(); ++row)
    for (std::uint64_t k = 0; k < batch.classes(); ++k) {
      double x = random.uniform(low, high);
      if (row % kinds == 1 && random.word() % 2 == 0) x = nothing;
      if (row % kinds == 4 && k == batch.classes() / 2) x = row % 2 ? infinity : double(NAN);
      batch.set(row, k, x);
    }
}

TEST(DistributionKernels, KlDivergenceIsTheCpus) {
  for_each_case([](const row_batch& empty, const row_batch& per_row) {
    row_batch p = empty, q = empty, expected = per_row, result = per_row;
    fill(p, 1, -8, 8, -infinity, 5);
    fill(q, 2, -8, 8, -infinity, 7);
    // Rows that nearly agree; a p far below all numbers, next to masks and distant logits of q; and a larger q.
    for (std::uint64_t row = 0; row < p.rows(); ++row)
      for (std::uint64_t k = 0; k < p.classes(); ++k) {
        const double far[] = {-1e38, 3e38, -infinity, 20, 0};
        if (row % 5 == 2) q.set(row, k, p.get(row, k) + 1e-4 * double(k % 5) + (row % 2 ? 7 : 0));
        if (row % 5 == 3) p.set(row, k, k % 2 ? -90 : double(k % 3)), q.set(row, k, far[k % 5]);
      }
    kl_divergence_task task{.rows = p.rows(),
                            .classes = p.classes(),
                            .type = p.type(),
                            .p_logits = p.in(),
                            .q_logits = q.in(),
                            .kl = expected.out().data};
    kl_divergence(task);
    task.kl = result.out().data;
    ASSERT_EQ(launch_rows(task, nullptr), 0);
    EXPECT_TRUE(same_bytes(expected, result));
  });
}

TEST(DistributionKernels, ConcreteLogProbAndItsGradientsAreTheCpus) {
  for_each_case([](const row_batch& empty, const row_batch& per_row) {
    for (const bool log_domain : {false, true}) {
      row_batch logits = empty, value = empty, upstream = per_row;
      fill(logits, 3, -8, 8, -infinity, 5);
      fill(value, 4, log_domain ? -9 : 0, log_domain ? 0 : 1, log_domain ? -infinity : 0, 6);
      if (empty.rows() > 4 && empty.classes() > 7) {  // a NaN, and an empty class in the part of another thread
        logits.set(4, 7, double(NAN));
        value.set(4, 0, log_domain ? -infinity : 0);
      }
      std::vector<float> temperature;
      for (std::uint64_t row = 0; row < empty.rows(); ++row) {
        const float kinds[] = {.1f, 1, .5f, 30, 1e-41f, 1e38f, .2f};
        temperature.push_back(kinds[row % 7]);
        upstream.set(0, row, double(row) - 3.25);
      }
      row_batch expected = per_row, result = per_row;
      concrete_log_prob_task task{.rows = empty.rows(),
                                  .classes = empty.classes(),
                                  .type = empty.type(),
                                  .logits = logits.in(),
                                  .value = value.in(),
                                  .temperature = temperature.data(),
                                  .temperature_per_row = true,
                                  .log_domain = log_domain,
                                  .log_prob = expected.out().data};
      concrete_log_prob(task);
      task.log_prob = result.out().data;
      ASSERT_EQ(launch_rows(task, nullptr), 0);
      EXPECT_TRUE(same_bytes(expected, result));

      row_batch expected_logits = empty, d_logits = empty, expected_value = empty, d_value = empty;
      row_batch expected_dt = per_row, dt = per_row;
      concrete_log_prob_vjp_task back{.rows = task.rows,
                                      .classes = task.classes,
                                      .type = task.type,
                                      .logits = task.logits,
                                      .value = task.value,
                                      .temperature = temperature.data(),
                                      .temperature_per_row = true,
                                      .log_domain = log_domain,
                                      .d_log_prob = upstream.in().data,
                                      .d_logits = expected_logits.out(),
                                      .d_value = expected_value.out(),
                                      .d_temperature = expected_dt.out().data};
      concrete_log_prob_vjp(back);
      back.d_logits = d_logits.out();
      back.d_value = d_value.out();
      back.d_temperature = dt.out().data;
      ASSERT_EQ(launch_rows(back, nullptr), 0);
      EXPECT_TRUE(same_bytes(expected_logits, d_logits));
      EXPECT_TRUE(same_bytes(expected_value, d_value));
      EXPECT_TRUE(same_bytes(expected_dt, dt));
    }
  });
}

TEST(DistributionKernels, ConcreteKlEstimateAndItsGradientsAreTheCpus) {
  for_each_case([](const row_batch& empty, const row_batch& per_row) {
    row_batch p = empty, q = empty, upstream = per_row, expected = per_row, result = per_row;
    fill(p, 7, -8, 8, -infinity, 5);
    fill(q, 8, -8, 8, -infinity, 7);
    std::vector<float> temperature;
    for (std::uint64_t row = 0; row < empty.rows(); ++row) {
      const float kinds[] = {.5f, 1, .1f, 3, 1e-41f, 1e38f};
      temperature.push_back(kinds[row % 6]);
      upstream.set(0, row, double(row) - 3.25);
      // A mask in only one of the two would make the estimate infinite.
      for (std::uint64_t k = 0; k < empty.classes() && row % 2; ++k)
        if (p.get(row, k) == -infinity) q.set(row, k, -infinity);
    }
    const float q_temperature = .75f;
    concrete_kl_estimate_task task{.rows = p.rows(),
                                   .classes = p.classes(),
                                   .type = p.type(),
                                   .noise = {.offset = 8},
                                   .samples = 2,
                                   .p_logits = p.in(),
                                   .q_logits = q.in(),
                                   .p_temperature = temperature.data(),
                                   .q_temperature = &q_temperature,
                                   .p_temperature_per_row = true,
                                   .kl = expected.out().data};
    concrete_kl_estimate(task);
    task.kl = result.out().data;
    ASSERT_EQ(launch_rows(task, nullptr), 0);
    EXPECT_TRUE(same_bytes(expected, result));

    row_batch expected_p = empty, d_p = empty, expected_q = empty, d_q = empty;
    row_batch expected_pt = per_row, pt = per_row, expected_qt = per_row, qt = per_row;
    concrete_kl_estimate_vjp_task back{.rows = task.rows,
                                       .classes = task.classes,
                                       .type = task.type,
                                       .noise = task.noise,
                                       .samples = 2,
                                       .p_logits = task.p_logits,
                                       .q_logits = task.q_logits,
                                       .p_temperature = temperature.data(),
                                       .q_temperature = &q_temperature,
                                       .p_temperature_per_row = true,
                                       .d_kl = upstream.in().data,
                                       .d_p_logits = expected_p.out(),
                                       .d_q_logits = expected_q.out(),
                                       .d_p_temperature = expected_pt.out().data,
                                       .d_q_temperature = expected_qt.out().data};
    concrete_kl_estimate_vjp(back);
    back.d_p_logits = d_p.out();
    back.d_q_logits = d_q.out();
    back.d_p_temperature = pt.out().data;
    back.d_q_temperature = qt.out().data;
    ASSERT_EQ(launch_rows(back, nullptr), 0);
    EXPECT_TRUE(same_bytes(expected_p, d_p));
    EXPECT_TRUE(same_bytes(expected_q, d_q));
    EXPECT_TRUE(same_bytes(expected_pt, pt));
    EXPECT_TRUE(same_bytes(expected_qt, qt));
  });
}

TEST(DistributionKernels, RelaxedBernoulliItsGradientsAndItsDensityAreTheCpus) {
  for_each_case([](const row_batch& empty, const row_batch& per_row) {
    row_batch logits = empty, d_y = empty;
    fill(logits, 5, -8, 8, -infinity, 5);
    fill(d_y, 6, -1, 1, 0, 7);
    const float temperature = .375f;
    const noise_address noise{.seed = 0xfedcba9876543210, .first_row = 0xfffffffe, .offset = 0x3fffffff8};
    row_batch y = empty, expected = empty, result = empty, expected_hard = empty, hard = empty;
    relaxed_bernoulli_task task{.rows = empty.rows(),
                                .classes = empty.classes(),
                                .type = empty.type(),
                                .noise = noise,
                                .logits = logits.in(),
                                .temperature = &temperature,
                                .y = y.out(),
                                .hard = expected_hard.out()};
    relaxed_bernoulli(task);
    task.y = result.out();
    task.hard = hard.out();
    ASSERT_EQ(launch_rows(task, nullptr), 0);
    EXPECT_TRUE(same_bytes(y, result));
    EXPECT_TRUE(same_bytes(expected_hard, hard));
    for (const bool saved : {true, false}) {
      row_batch expected_dt = per_row, dt = per_row;
      relaxed_bernoulli_vjp_task back{.rows = task.rows,
                                      .classes = task.classes,
                                      .type = task.type,
                                      .noise = noise,
                                      .logits = logits.in(),
                                      .temperature = &temperature};
      if (saved) back.y = y.in();
      back.d_y = d_y.in();
      back.d_logits = expected.out();
      back.d_temperature = expected_dt.out().data;
      relaxed_bernoulli_vjp(back);
      back.d_logits = result.out();
      back.d_temperature = dt.out().data;
      ASSERT_EQ(launch_rows(back, nullptr), 0);
      EXPECT_TRUE(same_bytes(expected, result));
      EXPECT_TRUE(same_bytes(expected_dt, dt));
    }
    relaxed_bernoulli_log_prob_task density{.rows = task.rows,
                                            .classes = task.classes,
                                            .type = task.type,
                                            .logits = logits.in(),
                                            .y = y.in(),
                                            .temperature = &temperature,
                                            .log_prob = expected.out()};
    relaxed_bernoulli_log_prob(density);
    density.log_prob = result.out();
    ASSERT_EQ(launch_rows(density, nullptr), 0);
    EXPECT_TRUE(same_bytes(expected, result));
  });
}

}  // namespace
}  // namespace gumbelcuda
