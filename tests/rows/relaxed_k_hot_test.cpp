// SPDX-License-Identifier: Apache-2.0
// Relaxed k-hot samples: in [0, 1], with sum k; the projection that defines them; Gumbel-top-k as the limit; masks and
// rows that have no sample; the same bytes on every instruction set. relaxed_k_hot_vjp_test.cpp tests the gradients.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "gumbelcuda/detail/rows/relaxed_k_hot.hpp"
#include "gumbelcuda/error.hpp"
#include "gumbelcuda/relaxed_k_hot.hpp"
#include "host/cpu/rows/row_operations.hpp"
#include "host/cpu/supported_targets.hpp"
#include "tests/rows/k_hot_samples.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::all_types, testing_rows::every_kind_of_row, testing_rows::infinity, testing_rows::k_hot_samples,
    testing_rows::not_a_number, testing_rows::row_batch;

const std::vector<float> eight_temperatures = {1, .5f, 1, 1, 1, .1f, 1, 30};

// The k-hot vector of the classes that gumbel_top_k draws.
row_batch drawn_by_top_k(const k_hot_samples& samples) {
  testing_rows::top_k_samples drawn(samples.logits, samples.k);
  drawn.noise = samples.noise;
  drawn.run();
  row_batch result = samples.empty();
  for (std::uint64_t row = 0; row < result.rows(); ++row)
    for (std::uint64_t c = 0; c < result.classes(); ++c) {
      const bool is_in = std::find(drawn.of(row), drawn.of(row) + drawn.k, std::int64_t(c)) != drawn.of(row) + drawn.k;
      result.set(row, c, drawn.status[row] == row_status::drawn ? double(is_in) : not_a_number);
    }
  return result;
}

template <class Case>
void for_each_batch(Case each_case) {
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {1, 2, 3, 5, 31, 33, 64, 257, 1000, 5003})
      for (const std::uint64_t k : {std::uint64_t{1}, std::uint64_t{2}, classes / 2, classes - 1, classes}) {
        if (k < 1 || k > classes) continue;
        SCOPED_TRACE(std::string(testing_rows::name_of(type)) + ' ' + std::to_string(classes) +
                     " classes, k = " + std::to_string(k));
        each_case(
            k_hot_samples{every_kind_of_row(row_batch(type, 8, classes, classes + classes % 3, classes % 4), classes),
                          k, eight_temperatures});
        if (testing::Test::HasFailure()) return;
      }
}

TEST(RelaxedKHot, HardIsWhatGumbelTopKDrawsAndSoIsTheLimit) {
  for_each_batch([](k_hot_samples samples) {
    const row_batch expected = drawn_by_top_k(samples);
    EXPECT_TRUE(same_bytes(samples.k_hot(), expected));
    samples.temperature = {0};
    EXPECT_TRUE(same_bytes(samples.y(), expected));
  });
}

// In rows where no two scores are next to each other.
TEST(RelaxedKHot, OfASmallTemperatureIsHard) {
  k_hot_samples samples{row_batch(number_type::float64, 50, 40), 7, {1e-30f}};
  random_numbers random(2);
  for (std::uint64_t row = 0; row < 50; ++row)
    for (std::uint64_t c = 0; c < 40; ++c) samples.logits.set(row, c, random.uniform(-2, 2));
  EXPECT_TRUE(same_bytes(samples.y(), samples.k_hot()));
}

// In units of u, half a unit in the last place. The threshold is off by its width, 4u·max(1, |bracket|), and by the
// errors of the sums that determine it: for each term, 5 of sigmoid and 4·|argument| of its argument, times the slope,
// and all of the additions. The y computed from the threshold have the terms' errors once more.
TEST(RelaxedKHot, SumsToK) {
  for_each_batch([](k_hot_samples samples) {
    const number_type type = samples.logits.type();
    const testing_rows::precision p(type);
    const row_batch y = samples.y();
    const row_batch noise = testing_rows::noise_of(type, 8, y.classes(), samples.noise);
    for (const std::uint64_t row : {0, 1, 5, 7}) {
      const std::vector<double> z = testing_rows::scores_of(samples.logits, noise, row);
      const std::vector<std::size_t> ranked =
          testing_rows::ranked(testing_rows::exact_scores_of(samples.logits, noise, row));
      if (ranked.empty()) continue;
      const std::uint64_t drawable = ranked.size();
      double gap = 0;
      if (drawable > samples.k) {
        // A class that ties with the last class of the sample, but is not in it, counts as if its score were the next
        // number below.
        const double last = z[ranked[samples.k - 1]], below = type == number_type::float64
                                                                  ? std::nextafter(last, -infinity)
                                                                  : double(std::nextafterf(float(last), -INFINITY));
        gap = (last - std::min(z[ranked[samples.k]], below)) / double(samples.temperature[row]);
      }
      const double bracket = std::min(gap + std::log(double(y.classes())), double(2.25L * p.exp_end));
      long double sum = 0, error = 0;
      for (std::uint64_t c = 0; c < y.classes(); ++c) {
        const long double share = y.get(row, c), small = std::min(share, 1 - share);
        EXPECT_TRUE(share >= 0 && share <= 1);
        EXPECT_TRUE(z[c] > -infinity || share == 0);
        sum += share;
        const long double argument = small > 0 ? -std::log(small) : 0;
        error += small * p.u *
                     (4 * std::max(1., bracket) + 2 * (5 + 4 * (argument + bracket)) +
                      testing_rows::additions(y.classes())) +
                 share * 5 * p.u + p.least;
        error = p.stored_u > 0 ? error + p.stored(share, 0) : error;
      }
      EXPECT_NEAR(double(sum), double(std::min(samples.k, drawable)), double(error)) << row;
      EXPECT_TRUE(drawable > samples.k || sum == drawable);
    }
  });
}

// z − τ·log(y/(1 − y)) is ν, the same for all classes. In units of u: the argument of a sigmoid, (z − last)/τ minus the
// threshold, has 3 roundings of (z − last)/τ (difference, reciprocal, product) and one of itself, (z − ν)/τ; the
// sigmoid has an error of 5 of y, which moves the logarithm by 5/(1 − y). All of this is multiplied by τ. The
// logarithms here are exact.
TEST(RelaxedKHot, IsASigmoidOfTheScores) {
  const testing_rows::precision p(number_type::float64);
  k_hot_samples samples{row_batch(number_type::float64, 20, 30), 4, {.75f}};
  random_numbers random(3);
  for (std::uint64_t row = 0; row < 20; ++row)
    for (std::uint64_t c = 0; c < 30; ++c) samples.logits.set(row, c, random.uniform(-2, 2));
  const row_batch y = samples.y(), noise = testing_rows::noise_of(number_type::float64, 20, 30, samples.noise);
  for (std::uint64_t row = 0; row < 20; ++row) {
    const std::vector<double> z = testing_rows::scores_of(samples.logits, noise, row);
    const long double
        tau = .75L,
        last = z[testing_rows::ranked(testing_rows::exact_scores_of(samples.logits, noise, row))[samples.k - 1]];
    const auto log_odds = [&](std::uint64_t c) {
      const long double share = y.get(row, c);
      return std::log(share) - std::log1p(-share);
    };
    const auto threshold = [&](std::uint64_t c) { return z[c] - tau * log_odds(c); };
    const auto error = [&](std::uint64_t c) {
      return p.u * (3 * std::abs(z[c] - last) + tau * (std::abs(log_odds(c)) + 5 / (1 - (long double)y.get(row, c))));
    };
    for (std::uint64_t c = 1; c < 30; ++c)
      EXPECT_NEAR(double(threshold(c) - threshold(0)), 0, double(error(c) + error(0)));
  }
}

TEST(RelaxedKHot, IsTheSameThroughEveryInstructionSet) {
  for_each_batch([](k_hot_samples samples) {
    row_batch d_y = samples.empty();
    random_numbers random(5);
    for (std::uint64_t row = 0; row < 8; ++row)
      for (std::uint64_t c = 0; c < d_y.classes(); ++c) d_y.set(row, c, random.uniform(-1, 1));
    std::vector<row_batch> expected;
    for (const cpu_target* target : supported_targets()) {
      const std::size_t bytes = (target->rows->scratch_bytes(d_y.classes()) + 63) / 64 * 64;
      const std::unique_ptr<void, decltype(&std::free)> scratch(std::aligned_alloc(64, bytes), std::free);
      const auto run = [&](const auto& task) { target->rows->run(task, 0, 8, scratch.get()); };
      row_batch y = samples.empty(), k_hot = y, d_logits = y, d_again = y;
      row_batch d_temperature(testing_rows::computed_type(y.type()), 1, 8);
      relaxed_k_hot_task task = samples.task();
      task.y = y.out();
      task.k_hot = k_hot.out();
      run(task);
      relaxed_k_hot_vjp_task of_y = samples.vjp(&y, d_y), of_noise = samples.vjp(nullptr, d_y);
      of_y.d_logits = d_logits.out();
      run(of_y);
      of_noise.d_logits = d_again.out();
      of_noise.d_temperature = d_temperature.out().data;
      run(of_noise);
      const std::vector<row_batch> found = {y, k_hot, d_logits, d_again, d_temperature};
      if (expected.empty()) expected = found;
      for (std::size_t i = 0; i < found.size(); ++i)
        EXPECT_TRUE(same_bytes(found[i], expected[i])) << target->name << ' ' << i;
    }
  });
}

TEST(RelaxedKHot, OfRowsWithoutASampleIsNaN) {
  for (const number_type type : all_types) {
    k_hot_samples samples{every_kind_of_row(row_batch(type, 8, 20), 3), 4, {1}};
    const row_batch y = samples.y(), k_hot = samples.k_hot();
    for (const std::uint64_t row : {2, 3, 4})
      for (std::uint64_t c = 0; c < 20; ++c) EXPECT_TRUE(std::isnan(y.get(row, c)) && std::isnan(k_hot.get(row, c)));
    double sum = 0;
    for (std::uint64_t c = 0; c < 20; ++c) sum += y.get(6, c);
    EXPECT_EQ(sum, 1);  // the row's only class
  }
}

TEST(RelaxedKHot, ArgumentsAreRefusedByName) {
  std::vector<float> numbers(8), results(8), more(8);
  const float one = 1, bad = -1;
  const auto refusal = [&](auto change) -> std::string {
    relaxed_k_hot_task task{.rows = 2,
                            .classes = 4,
                            .type = number_type::float32,
                            .logits = {numbers.data()},
                            .k = 2,
                            .temperature = &one,
                            .y = {results.data()}};
    change(task);
    try {
      relaxed_k_hot(task);
    } catch (const invalid_argument& e) {
      return e.what();
    }
    return "";
  };
  const auto expect = [&](auto change, const std::string& words) {
    EXPECT_NE(refusal(change).find(words), std::string::npos) << refusal(change) << '\n' << words;
  };
  expect([](auto& t) { t.k = 5; }, "k: 5 is not in [1, 4]");
  expect([](auto& t) { t.y.data = nullptr; }, "y.data: is null, and so is k_hot.data");
  expect([](auto& t) { t.k_hot = t.y; }, "k_hot.data: is y.data");
  expect(
      [&](auto& t) {
        t.k_hot = {more.data()};
        t.y = {numbers.data()};
      },
      "y.data: is logits.data");
  expect([](auto& t) { t.temperature = nullptr; }, "temperature: is null");
  expect([&](auto& t) { t.temperature = &bad; }, "temperature: -1");
  expect([](auto& t) { t.noise.offset = 1; }, "noise.offset");
  EXPECT_EQ(refusal([](auto&) {}), "");
  EXPECT_EQ(refusal([](auto& t) { t.rows = 0; }), "");
}

}  // namespace
}  // namespace gumbelcuda
