// SPDX-License-Identifier: Apache-2.0
// Gumbel-top-k against a sort of all perturbed values, on every instruction set and by its definition; its
// probabilities against long double; rows that have no sample or a short one. gumbel_top_k_law_test.cpp tests its law.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <random>

#include "gumbelcuda/detail/rows/gumbel_top_k.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_top_k.hpp"
#include "host/cpu/rows/row_operations.hpp"
#include "host/cpu/supported_targets.hpp"
#include "tests/rows/top_k_samples.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::all_types, testing_rows::every_kind_of_row, testing_rows::infinity, testing_rows::row_batch,
    testing_rows::top_k_samples;

// Long rows are tested with few k only, because the definition sweeps over the row for each rank.
template <class Case>
void for_each_sample(Case each_case) {
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {1, 2, 3, 5, 31, 33, 64, 257, 1000, 5003, 40001})
      for (const std::uint64_t k : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{64}, classes - 1, classes}) {
        if (k < 1 || k > classes || (k > 64 && classes > 300 && type != number_type::float32) || k > 5003) continue;
        SCOPED_TRACE(std::string(testing_rows::name_of(type)) + ' ' + std::to_string(classes) +
                     " classes, k = " + std::to_string(k));
        each_case(top_k_samples(
            every_kind_of_row(row_batch(type, 8, classes, classes + classes % 3, classes % 4), classes), k));
        if (testing::Test::HasFailure()) return;
      }
}

TEST(GumbelTopK, IsThatOfASort) {
  for_each_sample([](top_k_samples samples) {
    samples.run();
    const std::uint64_t rows = samples.logits.rows(), classes = samples.logits.classes(), k = samples.k;
    const row_batch noise = testing_rows::noise_of(samples.logits.type(), rows, classes, samples.noise);
    for (const std::uint64_t row : {0, 1, 5, 6, 7}) {
      const std::vector<testing_rows::exact_score> scores = testing_rows::exact_scores_of(samples.logits, noise, row);
      const std::vector<std::size_t> expected = testing_rows::ranked(scores);
      EXPECT_EQ(samples.status[row], expected.empty() ? row_status::nothing_to_draw : row_status::drawn);
      if (expected.empty()) continue;
      for (std::uint64_t rank = 0; rank < k; ++rank) {
        const bool exists = rank < expected.size();
        ASSERT_EQ(samples.of(row)[rank], exists ? std::int64_t(expected[rank]) : -1) << row << ' ' << rank;
        ASSERT_EQ(samples.perturbed.get(row, rank), exists ? scores[expected[rank]].rounded : -infinity);
      }
      EXPECT_EQ(samples.kappa.get(row, 0), k < expected.size() ? scores[expected[k]].rounded : -infinity);
    }
  });
}

TEST(GumbelTopK, IsTheSameThroughEveryInstructionSet) {
  for_each_sample([](top_k_samples samples) {
    const top_k_samples expected = top_k_samples(samples).run();
    for (const cpu_target* target : supported_targets()) {
      top_k_samples found = samples;
      const std::size_t bytes = (target->rows->scratch_bytes(samples.logits.classes()) + 63) / 64 * 64;
      const std::unique_ptr<void, decltype(&std::free)> scratch(std::aligned_alloc(64, bytes), std::free);
      target->rows->run(found.task(), 0, samples.logits.rows(), scratch.get());
      EXPECT_TRUE(same_results(found, expected)) << target->name;
    }
  });
}

// Words that have extension words: found in the stream, and moved through all elements of a vector.
TEST(GumbelTopK, TakesTheTailOfTheNoise) {
  for (const number_type type : {number_type::float32, number_type::float64}) {
    top_k_samples samples(every_kind_of_row(row_batch(type, 1, 171), 4), 5);
    const row_noise stream = noise_of_row(samples.noise, 0);
    int found = 0;
    for (std::uint64_t quad = 64; found < 3; ++quad) {
      if (!in_tail(stream.words(quad))) continue;
      ++found;
      for (std::uint64_t before = 0; before < 40; before += 3) {
        top_k_samples moved = samples;
        moved.noise.offset = samples.noise.offset + 4 * (quad - before);
        moved.run();
        const row_batch noise = testing_rows::noise_of(type, 1, 171, moved.noise);
        const std::vector<testing_rows::exact_score> scores = testing_rows::exact_scores_of(moved.logits, noise, 0);
        const std::vector<std::size_t> expected = testing_rows::ranked(scores);
        for (std::uint64_t rank = 0; rank < 5; ++rank) {
          ASSERT_EQ(moved.of(0)[rank], std::int64_t(expected[rank]));
          ASSERT_EQ(moved.perturbed.get(0, rank), scores[expected[rank]].rounded);
        }
      }
    }
  }
}

template <class Stored>
void run_definition(top_k_samples& samples) {
  const whole_row part(samples.logits.classes());
  std::vector<computed_of<Stored>> slots(std::size_t(quad_size * part.slot_quads));
  for (std::uint64_t row = 0; row < samples.logits.rows(); ++row)
    run_row<Stored>(samples.task(), row, part, slots.data());
}

TEST(GumbelTopK, IsWhatItsDefinitionSays) {
  for_each_sample([](top_k_samples samples) {
    if (samples.k > 257) return;
    const top_k_samples expected = top_k_samples(samples).run();
    switch (samples.logits.type()) {
      case number_type::float32:
        run_definition<float>(samples);
        break;
      case number_type::float16:
        run_definition<float16>(samples);
        break;
      case number_type::bfloat16:
        run_definition<bfloat16>(samples);
        break;
      case number_type::float64:
        run_definition<double>(samples);
        break;
    }
    EXPECT_TRUE(same_results(samples, expected));
  });
}

TEST(GumbelTopK, BeginsWithWhatGumbelMaxDrawsAndWithWhatASmallerKDraws) {
  for (const number_type type : all_types) {
    top_k_samples samples(every_kind_of_row(row_batch(type, 800, 37), 5), 9);
    samples.run();
    std::vector<std::int64_t> index(800);
    row_batch log_prob = samples.results(1);
    std::vector<row_status> status(800);
    gumbel_max({.rows = 800,
                .classes = 37,
                .type = type,
                .noise = samples.noise,
                .logits = samples.logits.in(),
                .index = index.data(),
                .log_prob = log_prob.out().data,
                .status = status.data()});
    EXPECT_EQ(samples.status, status);
    const top_k_samples fewer = top_k_samples(samples.logits, 3).run();
    for (std::uint64_t row = 0; row < 800; ++row) {
      ASSERT_EQ(samples.of(row)[0], index[row]);
      if (index[row] >= 0) {
        ASSERT_EQ(samples.log_prob.get(row, 0), log_prob.get(row, 0));
      }
      for (int rank = 0; rank < 3; ++rank) ASSERT_EQ(fewer.of(row)[rank], samples.of(row)[rank]);
    }
  }
}

TEST(GumbelTopK, NeedsNothingButIndex) {
  const top_k_samples samples = top_k_samples(every_kind_of_row(row_batch(number_type::float32, 16, 50), 1), 7).run();
  top_k_samples bare(samples.logits, 7);
  gumbel_top_k_task task = bare.task();
  task.perturbed = task.log_prob = task.log_inclusion = task.kappa = nullptr;
  task.status = nullptr;
  gumbel_top_k(task);
  EXPECT_EQ(bare.index, samples.index);
}

// Rounding moves log_prob as in scores.hpp. log_inclusion has the error of its formula, that of its argument (the slope
// is at most 1), and the rounding of the result.
TEST(GumbelTopK, ProbabilitiesAreThoseOfTheReference) {
  for (const number_type type : all_types) {
    const testing_rows::precision p(testing_rows::computed_type(type));
    top_k_samples samples(every_kind_of_row(row_batch(type, 200, 20), 8), 6);
    samples.run();
    for (std::uint64_t row = 0; row < 200; ++row) {
      if (samples.status[row] != row_status::drawn) continue;
      const std::vector<double> logits = testing_rows::numbers_of(samples.logits, row);
      const testing_rows::exact_softmax softmax(logits, 1, p);
      for (std::uint64_t rank = 0; rank < 6 && samples.of(row)[rank] >= 0; ++rank) {
        const std::size_t k = std::size_t(samples.of(row)[rank]);
        EXPECT_NEAR(samples.log_prob.get(row, rank), double(softmax.log_y[k]), double(softmax.log_y_error[k]));
        const long double x = (long double)logits[k] - samples.kappa.get(row, 0), e = std::exp(x);
        const long double exact = e > 1 ? std::log1p(-std::exp(-e)) : std::log(-std::expm1(-e));
        if (e > 708) {
          EXPECT_NEAR(samples.log_inclusion.get(row, rank), 0, 1e-307);
          continue;
        }
        EXPECT_NEAR(samples.log_inclusion.get(row, rank), double(exact),
                    double(std::abs(exact) * (p.u + (4 + 3 * e) * 0x1p-52L) + 0x1p-53L * std::abs(x) + p.least));
      }
    }
  }
}

TEST(GumbelTopK, LogOfExceedingKeepsItsPromises) {
  random_numbers random(4);
  for (int n = 0; n < 200000; ++n) {
    const double x = n % 2 ? random.uniform(-3, 6.5) : random.uniform(-700, 3);
    const long double e = std::exp((long double)x);
    const long double exact = e > 1 ? std::log1p(-std::exp(-e)) : std::log(-std::expm1(-e));
    const long double ulps = 4 + (x > 0 ? 3 * e : 0);
    ASSERT_NEAR(log_of_exceeding(x), double(exact), double(std::abs(exact) * ulps * 0x1p-52L)) << x;
  }
  for (const double x : {6.57, 100., 1e300, infinity}) EXPECT_EQ(log_of_exceeding(x), 0) << x;
  for (const double x : {-709., -1e300, -infinity}) EXPECT_EQ(log_of_exceeding(x), x) << x;
  EXPECT_TRUE(std::isnan(log_of_exceeding(NAN)));
}

TEST(GumbelTopK, OfRowsWithoutASampleOrWithAShortOne) {
  for (const number_type type : all_types) {
    top_k_samples samples(row_batch(type, 5, 3), 2);
    const double rows[5][3] = {{-infinity, -infinity, -infinity},
                               {1, double(NAN), 2},
                               {0, infinity, 1},
                               {-infinity, 5, -infinity},
                               {1, -infinity, 2}};
    for (std::uint64_t row = 0; row < 5; ++row)
      for (std::uint64_t k = 0; k < 3; ++k) samples.logits.set(row, k, rows[row][k]);
    samples.run();
    const row_status status[] = {row_status::nothing_to_draw, row_status::not_finite, row_status::not_finite,
                                 row_status::drawn, row_status::drawn};
    for (std::uint64_t row = 0; row < 5; ++row) {
      EXPECT_EQ(samples.status[row], status[row]);
      if (row < 3) {
        EXPECT_TRUE(std::isnan(samples.kappa.get(row, 0)));
        for (int rank = 0; rank < 2; ++rank) {
          EXPECT_EQ(samples.of(row)[rank], -1);
          for (const auto numbers : {&samples.perturbed, &samples.log_prob, &samples.log_inclusion})
            EXPECT_TRUE(std::isnan(numbers->get(row, rank)));
        }
        continue;
      }
      EXPECT_EQ(samples.kappa.get(row, 0), -infinity);
      for (int rank = 0; rank < 2; ++rank) EXPECT_EQ(samples.log_inclusion.get(row, rank), 0);
    }
    EXPECT_EQ(samples.of(3)[0], 1);
    EXPECT_EQ(samples.of(3)[1], -1);
    EXPECT_EQ(samples.perturbed.get(3, 1), -infinity);
    EXPECT_EQ(samples.log_prob.get(3, 0), 0);
    EXPECT_EQ(samples.log_prob.get(3, 1), -infinity);
    EXPECT_EQ(samples.of(4)[0] + samples.of(4)[1], 2);
  }
}

// Each logit is minus its class's noise, so all scores are 0, rounded or not.
TEST(GumbelTopK, TiesGoToTheLowestClass) {
  top_k_samples samples(row_batch(number_type::float32, 1, 3000), 100);
  const row_batch g = testing_rows::noise_of(number_type::float32, 1, 3000, samples.noise);
  for (std::uint64_t k = 0; k < 3000; ++k) samples.logits.set(0, k, k % 2 ? -g.get(0, k) : -50);
  samples.run();
  for (std::uint64_t rank = 0; rank < 100; ++rank) EXPECT_EQ(samples.of(0)[rank], std::int64_t(2 * rank + 1));
}

}  // namespace
}  // namespace gumbelcuda
