// SPDX-License-Identifier: Apache-2.0
// Draws of a language model's sampler: which noise each draw reads, temperature, greedy rows, seeds of requests,
// log_prob, rows that cannot be drawn from. The filters are tested in categorical_sample_filters_test.cpp, the
// distribution in categorical_sample_law_test.cpp.
#include <gtest/gtest.h>

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "tests/rows/categorical_sample_rows.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

std::uint64_t words_of(std::uint64_t classes) { return (classes + 3) / 4 * 4; }

TEST(CategoricalSample, DrawsWhatGumbelMaxDrawsWithTheNoiseOfEachDraw) {
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {1, 3, 64, 130, 2049}) {
      row_batch logits = random_logits(type, 5, classes, classes);
      const noise_address noise{.seed = 9, .first_row = 0xfffffffe, .offset = 12};
      const categorical_draws drawn = draw(sample_task(logits, noise, 3));
      for (std::uint64_t d = 0; d < 3; ++d) {
        noise_address at = noise;
        at.offset += d * words_of(classes);
        std::vector<std::int64_t> index(5);
        row_batch log_prob(computed_type(type), 1, 5);
        gumbel_max({.rows = 5,
                    .classes = classes,
                    .type = type,
                    .noise = at,
                    .logits = logits.in(),
                    .index = index.data(),
                    .log_prob = log_prob.out().data});
        for (std::uint64_t row = 0; row < 5; ++row) {
          ASSERT_EQ(drawn.index[row * 3 + d], index[row]) << name_of(type) << ' ' << classes;
          ASSERT_EQ(drawn.log_prob.get(row, d), log_prob.get(0, row));
          ASSERT_EQ(drawn.status[row], row_status::drawn);
        }
      }
    }
}

// If few rows have many draws, threads share out groups of draws.
TEST(CategoricalSample, OfARowDoNotDependOnHowManyAreDrawn) {
  const float p = .8f;
  const std::uint64_t rows = 3, all = 1003;
  row_batch logits = random_logits(number_type::float32, rows, 200, 4);
  for (const bool filtered : {false, true}) {
    categorical_sample_task task = sample_task(logits, {.seed = 2}, all);
    if (filtered) task.top_p = &p;
    const categorical_draws many = draw(task), by_one_thread = draw(task, 1);
    EXPECT_TRUE(same(many, by_one_thread));
    EXPECT_EQ(many.status, std::vector<row_status>(rows, row_status::drawn));
    task.draws = 7;
    for (std::uint64_t d = 0; d < all; d += 7) {
      task.noise.offset = d * words_of(200);
      const categorical_draws few = draw(task);
      for (std::uint64_t row = 0; row < rows; ++row)
        for (std::uint64_t i = 0; i < 7 && d + i < all; ++i) {
          ASSERT_EQ(many.index[row * all + d + i], few.index[row * 7 + i]);
          ASSERT_EQ(many.log_prob.get(row, d + i), few.log_prob.get(row, i));
        }
    }
  }
}

TEST(CategoricalSample, TemperatureDividesLogits) {
  const float temperatures[] = {1e-42f, .01f, .5f, 1, 1.5f, 30, 3e38f};
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {2, 37, 3000}) {
      row_batch logits = random_logits(type, std::size(temperatures), classes, 3);
      const noise_address noise{.seed = 4};
      categorical_sample_task task = sample_task(logits, noise);
      task.temperature = temperatures;
      task.temperature_per_row = true;
      const categorical_draws drawn = draw(task);
      const row_batch g = noise_of(type, std::size(temperatures), classes, noise);
      for (std::uint64_t row = 0; row < std::size(temperatures); ++row) {
        // A score has at most three roundings of a number below 8 + 46, in units of the larger of 1 and τ.
        const double t = temperatures[row], slack = 54 * 4 * (type == number_type::float64 ? 0x1p-53 : 0x1p-24);
        std::vector<double> z;
        for (std::uint64_t k = 0; k < classes; ++k)
          z.push_back(t > 1 ? logits.get(row, k) / t + g.get(row, k) : logits.get(row, k) + t * g.get(row, k));
        const auto k = std::size_t(drawn.index[row]);
        ASSERT_GE(z[k], *std::max_element(z.begin(), z.end()) - slack) << name_of(type) << " at " << t;
        const exact_softmax right(numbers_of(logits, row), t, precision(type));
        if (t > 1e-30) {
          ASSERT_LE(std::abs(drawn.log_prob.get(row, 0) - right.log_y[k]), right.log_y_error[k]) << t;
        }
      }
    }
}

TEST(CategoricalSample, AtTemperatureZeroIsGreedy) {
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {1, 6, 65, 1500}) {
      row_batch logits = random_logits(type, 4, classes, 8);
      for (std::uint64_t row = 0; row < 4; ++row)
        for (std::uint64_t k = row * classes / 4; k < classes; k += 3) logits.set(row, k, 5);  // ties
      const float zero = 0, p = .5f;
      const std::uint32_t k = 2;
      categorical_sample_task task = sample_task(logits, {.seed = 1}, 4);
      task.temperature = &zero;
      for (const bool filtered : {false, true}) {
        task.top_k = filtered ? &k : nullptr;
        task.top_p = filtered ? &p : nullptr;
        const categorical_draws drawn = draw(task);
        for (std::uint64_t row = 0; row < 4; ++row)
          for (std::uint64_t d = 0; d < 4; ++d) {
            ASSERT_EQ(drawn.index[row * 4 + d], std::int64_t(first_of_the_largest(numbers_of(logits, row))));
            ASSERT_EQ(drawn.log_prob.get(row, d), 0);
          }
      }
    }
}

// --- Requests ------------------------------------------------------------------------------------------------

// A batch of requests, each with its own seed, number of words used, temperature and filters; or a selection of them,
// in any order.
struct requests {
  row_batch logits;
  std::vector<std::uint64_t> seed, offset;
  std::vector<float> temperature, top_p, min_p;
  std::vector<std::uint32_t> top_k;

  requests(std::uint64_t rows, std::uint64_t classes) : logits(random_logits(number_type::float32, rows, classes, 6)) {
    random_numbers random(2);
    for (std::uint64_t row = 0; row < rows; ++row) {
      seed.push_back(random.wide_word());
      offset.push_back(random.word() % 1000 * 4);
      temperature.push_back(row % 5 == 0 ? 0.f : float(random.uniform(.3, 2)));
      top_p.push_back(row % 3 == 0 ? 1.f : float(random.uniform(.3, 1)));
      min_p.push_back(row % 4 == 1 ? float(random.uniform(0, .3)) : 0.f);
      top_k.push_back(row % 2 == 0 ? ~0u : random.word() % 20);
    }
  }
  categorical_draws draw_of(const std::vector<std::uint64_t>& chosen) const {
    requests some(chosen.size(), logits.classes());
    for (std::uint64_t i = 0; i < chosen.size(); ++i) {
      const std::uint64_t row = chosen[i];
      for (std::uint64_t k = 0; k < logits.classes(); ++k) some.logits.set(i, k, logits.get(row, k));
      some.seed[i] = seed[row], some.offset[i] = offset[row], some.temperature[i] = temperature[row];
      some.top_p[i] = top_p[row], some.min_p[i] = min_p[row], some.top_k[i] = top_k[row];
    }
    categorical_sample_task task = sample_task(some.logits, {.seed = 77, .first_row = 12, .offset = 8}, 2);
    task.noise.row_seed = some.seed.data();
    task.noise.row_offset = some.offset.data();
    task.temperature = some.temperature.data();
    task.top_k = some.top_k.data();
    task.top_p = some.top_p.data();
    task.min_p = some.min_p.data();
    task.temperature_per_row = task.top_k_per_row = task.top_p_per_row = task.min_p_per_row = true;
    return draw(task);
  }
};

TEST(CategoricalSample, OfARequestDoesNotDependOnItsPlaceInTheBatch) {
  const requests all(9, 300);
  const categorical_draws together = all.draw_of({0, 1, 2, 3, 4, 5, 6, 7, 8});
  const std::vector<std::uint64_t> some = {7, 2, 2, 8, 0};
  const categorical_draws others = all.draw_of(some);
  for (std::uint64_t i = 0; i < some.size(); ++i)
    for (std::uint64_t d = 0; d < 2; ++d) {
      EXPECT_EQ(others.index[2 * i + d], together.index[2 * some[i] + d]);
      EXPECT_EQ(others.log_prob.get(i, d), together.log_prob.get(some[i], d));
    }
  for (std::uint64_t row = 0; row < 9; ++row) {
    const categorical_draws alone = all.draw_of({row});
    for (std::uint64_t d = 0; d < 2; ++d) {
      EXPECT_EQ(alone.index[d], together.index[2 * row + d]);
      EXPECT_EQ(alone.log_prob.get(0, d), together.log_prob.get(row, d));
    }
  }
}

TEST(CategoricalSample, OfARequestReadsItsSeedsStreamFromItsOffset) {
  row_batch logits = random_logits(number_type::float32, 3, 50, 5);
  const std::uint64_t seeds[] = {5, ~std::uint64_t{0}, 5}, offsets[] = {0, 400, 52}, device_offset = 16;
  categorical_sample_task task =
      sample_task(logits, {.seed = 1, .first_row = 6, .offset = 4, .device_offset = &device_offset});
  task.noise.row_seed = seeds;
  task.noise.row_offset = offsets;
  const categorical_draws drawn = draw(task);
  for (std::uint64_t row = 0; row < 3; ++row) {
    row_batch one(number_type::float32, 1, 50);
    for (std::uint64_t k = 0; k < 50; ++k) one.set(0, k, logits.get(row, k));
    std::int64_t index = -7;
    gumbel_max({.rows = 1,
                .classes = 50,
                .type = number_type::float32,
                .noise = {.seed = seeds[row], .first_row = 6, .offset = 20 + offsets[row]},
                .logits = one.in(),
                .index = &index});
    EXPECT_EQ(drawn.index[row], index);
  }
}

// --- Rows that are not drawn from ----------------------------------------------------------------------------

TEST(CategoricalSample, SaysWhyThereIsNoSample) {
  const float p = .9f, m = .1f, hot = 1.5f;
  const std::uint32_t k = 3;
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {1, 5, 70, 1025})
      for (const int kind : {0, 1, 2, 3}) {
        row_batch logits = random_logits(type, 4, classes, 1);
        const std::uint64_t at = classes / 2;
        logits.set(1, at, not_a_number);
        logits.set(2, at, infinity);
        for (std::uint64_t c = 0; c < classes; ++c) logits.set(3, c, -infinity);
        categorical_sample_task task = sample_task(logits, {}, 2);
        if (kind == 1) task.top_k = &k, task.temperature = &hot;
        if (kind == 2) task.top_p = &p;
        if (kind == 3) task.min_p = &m;
        const categorical_draws drawn = draw(task);
        const std::vector<row_status> expected = {row_status::drawn, row_status::not_finite, row_status::not_finite,
                                                  row_status::nothing_to_draw};
        EXPECT_EQ(drawn.status, expected) << name_of(type) << ' ' << classes << ' ' << kind;
        for (std::uint64_t d = 0; d < 8; ++d) {
          EXPECT_EQ(drawn.index[d] == -1, d >= 2);
          EXPECT_EQ(std::isnan(drawn.log_prob.get(d / 2, d % 2)), d >= 2);
        }
      }
}

}  // namespace
}  // namespace gumbelcuda
