// SPDX-License-Identifier: Apache-2.0
// Draws follow softmax(logits/T) even where the noise is small beside the logits, so that rounded scores tie: 10^6
// draws for each case and operation on fixed seeds, chi-square, level statistics::alpha. The expected values are the
// closed form's, also for log_prob, to 1e-6. There is one definition: every operation draws the same class.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_top_k.hpp"
#include "gumbelcuda/relaxed_k_hot.hpp"
#include "gumbelcuda/sharded.hpp"
#include "tests/rows/sharded_rows.hpp"
#include "tests/unit/law_checks.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::drawn_rows, testing_rows::infinity, testing_rows::row_batch;

constexpr std::uint64_t draws = 1000000;
constexpr std::uint64_t batch = 20000;

// A row of eight classes of which two can be drawn: both in one block of noise, or in two blocks.
constexpr std::uint64_t classes = 8;
struct two_classes {
  number_type type;
  double first, second;
  float temperature = 1;
  std::size_t at_first = 2, at_second = 5;

  row_batch logits() const {
    row_batch row(type, 1, classes);
    for (std::size_t k = 0; k < classes; ++k)
      row.set(0, k, k == at_first ? first : k == at_second ? second : -infinity);
    return row;
  }
  // The probability of the second class, from the logits as they are stored.
  double probability() const {
    const row_batch row = logits();
    return 1 / (1 + std::exp((row.get(0, at_first) - row.get(0, at_second)) / double(temperature)));
  }
};
void PrintTo(const two_classes& c, std::ostream* out) {
  *out << testing_rows::name_of(c.type) << " {" << c.first << ", " << c.second << "}, T = " << c.temperature
       << ", classes " << c.at_first << " and " << c.at_second;
}

// Counts indices and checks log-probabilities of two_classes.
class drawn_counts {
 public:
  explicit drawn_counts(const two_classes& of) : of_(of) {}
  template <class Indices>
  void add(const Indices& index, const row_batch& log_prob) {
    for (std::size_t i = 0; i < index.size(); ++i) {
      const bool second = index[i] == std::int64_t(of_.at_second);
      ASSERT_TRUE(second || index[i] == std::int64_t(of_.at_first)) << index[i];
      ++count_[second];
      probability_[second] = std::exp(log_prob.get(0, i));
    }
  }
  void expect_the_law(const char* operation) const {
    const double p = of_.probability();
    EXPECT_NEAR(probability_[0], 1 - p, 1e-6) << operation;
    EXPECT_NEAR(probability_[1], p, 1e-6) << operation;
    EXPECT_TRUE(statistics::chi_square_agrees(count_, {1 - p, p})) << operation << ": " << count_[1] << " of " << draws;
  }

 private:
  two_classes of_;
  std::vector<std::uint64_t> count_ = {0, 0};
  double probability_[2] = {};
};

const_rows repeated(row_batch& logits) { return {logits.in().data, repeated_row}; }

drawn_rows sample(row_batch& logits, const noise_address& noise, const float* temperature) {
  drawn_rows drawn(logits.type(), batch);
  categorical_sample({.rows = batch,
                      .classes = classes,
                      .type = logits.type(),
                      .noise = noise,
                      .logits = repeated(logits),
                      .temperature = temperature,
                      .index = drawn.index.data(),
                      .log_prob = drawn.log_prob.out().data,
                      .status = drawn.status.data()});
  return drawn;
}
drawn_rows gumbel_max_of(row_batch& logits, const noise_address& noise) {
  drawn_rows drawn(logits.type(), batch);
  gumbel_max({.rows = batch,
              .classes = classes,
              .type = logits.type(),
              .noise = noise,
              .logits = repeated(logits),
              .index = drawn.index.data(),
              .log_prob = drawn.log_prob.out().data,
              .status = drawn.status.data()});
  return drawn;
}
drawn_rows of_two_shards(row_batch& logits, const noise_address& noise) {
  std::vector<gumbel_max_partial> partial(2 * batch);
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{4}}) {
    const auto* data = static_cast<const std::uint8_t*>(logits.in().data) +
                       std::ptrdiff_t(first * testing_rows::size_of(logits.type()));
    gumbel_max_shard({.rows = batch,
                      .classes = 4,
                      .type = logits.type(),
                      .noise = noise,
                      .logits = {data, repeated_row},
                      .first_class = first,
                      .log_prob_wanted = true,
                      .partial = partial.data() + (first > 0 ? batch : 0)});
  }
  return testing_rows::combine(logits.type(), batch, partial);
}
// The noise is supplied if g is not null, and drawn otherwise.
std::vector<std::int64_t> relaxed_index(row_batch& logits, const noise_address& noise, row_batch* g) {
  std::vector<std::int64_t> index(batch);
  const float temperature = .5f;
  gumbel_softmax({.rows = batch,
                  .classes = classes,
                  .type = logits.type(),
                  .noise = noise,
                  .logits = repeated(logits),
                  .temperature = &temperature,
                  .index = index.data(),
                  .gumbel = g ? g->in() : const_rows{}});
  return index;
}

class ExactDraws : public testing::TestWithParam<two_classes> {};

constexpr auto f32 = number_type::float32, f64 = number_type::float64;
constexpr float smallest_normal = 0x1p-126f;
INSTANTIATE_TEST_SUITE_P(OfTemperature, ExactDraws,
                         testing::Values(two_classes{f32, 20, 20, 1e-5f}, two_classes{f32, 20, 20, 1e-6f, 0, 1},
                                         two_classes{f32, 20, 20, 1e-9f}, two_classes{f32, 20, 20, smallest_normal},
                                         two_classes{f32, 20, 20.000002, 1e-6f}, two_classes{f32, 1e4, 1e4, 1e-8f},
                                         two_classes{f32, 1e-30, 1e-30, smallest_normal, 0, 3},
                                         two_classes{f32, 1e9, 1e9 + 64, 50}, two_classes{f32, -1e15, -1e15, 1e3f},
                                         two_classes{f32, 1e17, 1e17, 3}, two_classes{f32, 3e38, 3e38, 1.1f, 1, 6},
                                         two_classes{f32, 3e38, 3e38, 3e38f}, two_classes{f64, 1e300, 1e300, 3},
                                         two_classes{f64, 1e17, 1e17 + 16, 10}));

TEST_P(ExactDraws, ByCategoricalSample) {
  row_batch logits = GetParam().logits();
  drawn_counts counts(GetParam());
  noise_address noise{.seed = 1};
  for (std::uint64_t done = 0; done < draws; done += batch, noise.first_row += batch) {
    const drawn_rows drawn = sample(logits, noise, &GetParam().temperature);
    counts.add(drawn.index, drawn.log_prob);
  }
  counts.expect_the_law("categorical_sample");
}

class ExactDrawsOfLogits : public testing::TestWithParam<two_classes> {};
INSTANTIATE_TEST_SUITE_P(AtTemperatureOne, ExactDrawsOfLogits,
                         testing::Values(two_classes{f32, 1e6, 1e6}, two_classes{f32, 1e7, 1e7, 1, 0, 1},
                                         two_classes{f32, -1e7, -1e7 + 1}, two_classes{f64, 1e15, 1e15, 1, 4, 6}));

TEST_P(ExactDrawsOfLogits, ByEveryOperationAreTheSame) {
  const number_type type = GetParam().type;
  row_batch logits = GetParam().logits();
  drawn_counts max(GetParam()), sampled(GetParam()), sharded(GetParam());
  noise_address noise{.seed = 2, .first_row = 3};
  for (std::uint64_t done = 0; done < draws; done += batch, noise.first_row += batch) {
    const drawn_rows drawn = gumbel_max_of(logits, noise), other = sample(logits, noise, nullptr),
                     combined = of_two_shards(logits, noise);
    max.add(drawn.index, drawn.log_prob);
    sampled.add(other.index, other.log_prob);
    sharded.add(combined.index, combined.log_prob);
    ASSERT_EQ(other.index, drawn.index);
    ASSERT_EQ(combined.index, drawn.index);
    ASSERT_EQ(relaxed_index(logits, noise, nullptr), drawn.index);
    if (done > 0) continue;
    row_batch g = testing_rows::noise_of(type, batch, classes, noise);
    ASSERT_EQ(relaxed_index(logits, {}, &g), drawn.index);
  }
  max.expect_the_law("gumbel_max");
  sampled.expect_the_law("categorical_sample");
  sharded.expect_the_law("gumbel_max_shard");
}

// Three equal logits: the six ordered pairs are equally likely, and so are the three unordered ones.
TEST(ExactOrderedDraws, OfEqualLogitsAreAllAsLikely) {
  row_batch logits(number_type::float32, 1, 3);
  for (std::uint64_t k = 0; k < 3; ++k) logits.set(0, k, 1e7);
  std::map<std::pair<std::int64_t, std::int64_t>, std::uint64_t> orders;
  std::vector<std::uint64_t> left_out(3);
  const float temperature = .5f;
  noise_address noise{.seed = 3};
  for (std::uint64_t done = 0; done < draws; done += batch, noise.first_row += batch) {
    std::vector<std::int64_t> index(2 * batch);
    gumbel_top_k({.rows = batch,
                  .classes = 3,
                  .type = number_type::float32,
                  .noise = noise,
                  .logits = repeated(logits),
                  .k = 2,
                  .index = index.data()});
    row_batch hot(number_type::float32, batch, 3);
    relaxed_k_hot({.rows = batch,
                   .classes = 3,
                   .type = number_type::float32,
                   .noise = noise,
                   .logits = repeated(logits),
                   .k = 2,
                   .temperature = &temperature,
                   .k_hot = hot.out()});
    for (std::uint64_t row = 0; row < batch; ++row) {
      const std::int64_t first = index[2 * row], second = index[2 * row + 1], other = 3 - first - second;
      ++orders[{first, second}];
      for (std::int64_t k = 0; k < 3; ++k) ASSERT_EQ(hot.get(row, std::uint64_t(k)), k == other ? 0 : 1);
      ++left_out[std::size_t(other)];
    }
  }
  std::vector<std::uint64_t> counts;
  for (const auto& [order, count] : orders) counts.push_back(count);
  ASSERT_EQ(counts.size(), 6u);
  EXPECT_TRUE(statistics::chi_square_agrees(counts, std::vector<double>(6, 1. / 6)));
  EXPECT_TRUE(statistics::chi_square_agrees(left_out, std::vector<double>(3, 1. / 3)));
}

// At temperature 0 there is no noise, and the remainders of rounding must not act as noise.
TEST(ExactGreedyDraws, AreOfTheLowestClass) {
  row_batch logits = two_classes{f32, 20, 20}.logits();
  const float zero = 0;
  EXPECT_EQ(sample(logits, {}, &zero).index, std::vector<std::int64_t>(batch, 2));
}

}  // namespace
}  // namespace gumbelcuda
