// SPDX-License-Identifier: Apache-2.0
// detail/gan/race.hpp: the three claims from which certainty follows, and the promise itself: a sample that the race
// calls certain is exactly one-hot when computed in full. The same checks must catch races without a margin, a limit or
// a true maximum.
#include "gumbelcuda/detail/gan/race.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <vector>

#include "gumbelcuda/detail/gan/model.hpp"
#include "tests/unit/every_lane.hpp"
#include "tests/unit/random_numbers.hpp"
#include "tests/unit/reference.hpp"
#include "tests/unit/statistics.hpp"
#include "tests/unit/word_samples.hpp"

namespace {

using gumbelcuda::race_error, gumbelcuda::race_margin, gumbelcuda::race_time_limit;
using testing::AssertionFailure, testing::AssertionResult, testing::AssertionSuccess;
constexpr float first_limit = race_time_limit * (1 - race_error);

// [class][sample]; weights have one more row, for the bias.
struct rows {
  int classes;
  std::size_t samples;
  std::vector<float> logits, weights;
  std::vector<std::uint32_t> words;
  std::size_t at(int k, std::size_t sample) const { return std::size_t(k) * samples + sample; }
};

rows random_rows(int classes, double spread, std::size_t samples) {
  random_numbers random(std::uint64_t(classes) + std::uint64_t(1000 * spread));
  const std::size_t count = std::size_t(classes) * samples;
  return {classes, samples, random.floats(count, -spread, spread), random.floats(count + samples, -2, 2),
          random.words(count)};
}

// The words of the fitted range with the smallest and the largest ratio of estimate to E.
std::pair<std::uint32_t, std::uint32_t> find_worst_words() {
  const std::vector<std::uint32_t> words = stratified_words();
  const auto ratio = [](std::uint32_t word) {
    return word < 0xf3000000u ? gumbelcuda::race_exponential<float>(word) / reference::exponential(word) : 1;
  };
  const auto worst =
      std::minmax_element(words.begin(), words.end(), [&](auto a, auto b) { return ratio(a) < ratio(b); });
  return {*worst.first, *worst.second};
}

// The second class lies 87.3·τ behind the winner, to within 0.02. In every other row, both have the worst words.
rows near_rows(int classes, float temperature, double base, std::size_t samples) {
  static const auto [low, high] = find_worst_words();
  rows r = random_rows(classes, 1, samples);
  random_numbers random(2);
  for (std::size_t i = 0; i < samples; ++i) {
    const int winner = int(random.word() % unsigned(classes)), second = (winner + 1) % classes;
    if (i % 2 == 0) r.words[r.at(winner, i)] = low, r.words[r.at(second, i)] = high;
    const double gap = 87.3 * double(temperature) + random.uniform(-.02, .02);
    for (int k = 0; k < classes; ++k) {
      const double score = k == winner ? 0 : k == second ? -gap : -gap - random.uniform(0, 3);
      r.logits[r.at(k, i)] = float(base + score - double(reference::gumbel(r.words[r.at(k, i)])));
    }
  }
  return r;
}

struct outcome {
  std::vector<std::uint8_t> certain;
  std::vector<std::int32_t> winner;
  auto count() const { return std::uint64_t(std::count(certain.begin(), certain.end(), 1)); }
};
outcome race_on(const lanes::lane_set& set, const rows& r, float temperature) {
  outcome out{std::vector<std::uint8_t>(r.samples, 2), std::vector<std::int32_t>(r.samples, -2)};
  set.race({r.classes, r.samples, temperature, r.logits.data(), r.weights.data(), r.words.data(), out.certain.data(),
            out.winner.data()});
  return out;
}

std::vector<float> column(const rows& r, const std::vector<float>& values, std::size_t sample) {
  std::vector<float> out;
  for (std::size_t i = sample; i < values.size(); i += r.samples) out.push_back(values[i]);
  return out;
}

// Runs the race again with another margin or limit.
outcome race_with(float margin, float limit, float hottest, const rows& r, float temperature) {
  outcome out;
  for (std::size_t i = 0; i < r.samples; ++i) {
    std::vector<float> times = column(r, r.logits, i);
    gumbelcuda::race_handicaps(column(r, r.logits, i).data(), column(r, r.weights, i).data(), times.data(), r.classes);
    gumbelcuda::race_podium<float> podium{INFINITY, INFINITY};
    for (std::size_t k = 0; k < times.size(); ++k)
      podium.enter(times[k] *= gumbelcuda::race_exponential<float>(r.words[k * r.samples + i]));
    out.winner.push_back(std::int32_t(std::find(times.begin(), times.end(), podium.first) - times.begin()));
    out.certain.push_back(temperature <= hottest && podium.first < limit &&
                          podium.second > podium.first * gumbelcuda::exp(87.3f * temperature + margin));
  }
  return out;
}

AssertionResult estimates_keep_claims_1_and_2(const lanes::lane_set& set, float factor = 1, float largest = INFINITY) {
  const std::vector<std::uint32_t> words = stratified_words();
  std::vector<float> estimates(words.size());
  set.race_exponential(words.data(), estimates.data(), words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const long double e = reference::exponential(words[i]), error = race_error;
    const long double least = e <= race_time_limit ? e * (1 - error) : first_limit;
    const float estimate = std::min(factor * estimates[i], largest);
    if (!(0 < estimate && least <= estimate && estimate <= e * (1 + error)))
      return AssertionFailure() << estimate << " for " << e << ", word " << words[i];
  }
  return AssertionSuccess();
}

AssertionResult handicaps_keep_claim_3(const std::vector<float>& handicaps) {
  for (const float handicap : handicaps)
    if (!(handicap >= 1)) return AssertionFailure() << handicap;
  return AssertionSuccess();
}

AssertionResult certain_is_one_hot(const outcome& race, const rows& r, float temperature) {
  std::vector<float> y(r.logits.size()), plain = y, d_z = y, d_temperature(r.samples), drawn = d_temperature;
  lanes::scalar().softmax({r.classes, false, r.samples, temperature, r.logits.data(), r.words.data(), r.weights.data(),
                           y.data(), plain.data(), d_z.data(), d_temperature.data(), drawn.data()});
  for (std::size_t i = 0; i < r.samples; ++i) {
    if (!race.certain[i]) continue;
    std::vector<float> sample = column(r, y, i), slope = column(r, d_z, i), terms = sample;
    gumbelcuda::generator_terms(sample.data(), column(r, r.weights, i).data(), terms.data(), r.classes);
    for (std::size_t k = 0; k < sample.size(); ++k)
      if (sample[k] != float(std::int32_t(k) == race.winner[i]) || slope[k] != 0 || terms[k] != 0 ||
          d_temperature[i] != 0)
        return AssertionFailure() << "sample " << i << ", class " << k << ", temperature " << temperature;
  }
  return AssertionSuccess();
}
template <class Race>  // outcome(rows, temperature)
AssertionResult certain_is_one_hot_everywhere(Race race) {
  for (const int classes : {1, 2, 3, 5, 16, 100})
    for (const float temperature : {0.f, 1e-30f, 1e-4f, .001f, .01f, .1f, 1.f}) {
      const std::size_t samples = classes == 100 ? 64 : 256;
      std::vector<rows> all = {random_rows(classes, 1, samples)};
      for (std::uint32_t& word : all[0].words) word |= 0xf4000000u;  // for these words the estimate is far too small
      for (const double spread : {0., .05, 4., 1000.}) all.push_back(random_rows(classes, spread, samples));
      for (const double base : {0., 900., -900.}) all.push_back(near_rows(classes, temperature, base, samples));
      for (const rows& r : all)
        if (const auto verdict = certain_is_one_hot(race(r, temperature), r, temperature); !verdict)
          return AssertionFailure() << classes << " classes: " << verdict.message();
    }
  return AssertionSuccess();
}

// The gap between the two best of K equal classes exceeds x with probability K/(1 + (K − 1)·e^x). The estimates change
// the gap by less than log((1 + error)/(1 − error)), unless the second class is beyond the limit. It is then still far
// enough behind, unless the first exceeds limit/threshold, which has probability e^(−K·limit/threshold).
AssertionResult as_often_certain_as_derived(std::uint64_t certain, std::uint64_t samples, int classes, double tau) {
  const double moved = std::log((1. + race_error) / (1. - race_error)), x = 87.3 * tau + race_margin;
  const auto exceeds = [&](double gap) { return classes / (1 + (classes - 1) * std::exp(gap)); };
  const double least = exceeds(x + moved) - std::exp(-classes * double(first_limit) / (1. + race_error) / std::exp(x));
  const bool agrees = statistics::binomial_lower_tail(certain, samples, least) > statistics::alpha / 2 &&
                      statistics::binomial_upper_tail(certain, samples, exceeds(x - moved)) > statistics::alpha / 2;
  return (agrees ? AssertionSuccess() : AssertionFailure())
         << certain << " of " << samples << " are certain, expected " << least << " … " << exceeds(x - moved);
}

class Race : public every_lane {};
INSTANTIATE_TEST_SUITE_P(Lanes, Race, every_lane::values(), every_lane::name);

TEST_P(Race, EstimatesKeepClaims1And2) {
  EXPECT_TRUE(estimates_keep_claims_1_and_2(set));
  EXPECT_FALSE(estimates_keep_claims_1_and_2(set, .999f));
  EXPECT_FALSE(estimates_keep_claims_1_and_2(set, 1.001f));
  EXPECT_FALSE(estimates_keep_claims_1_and_2(set, 1, 2.95f)) << "falls below the limit beyond it";
}

TEST_P(Race, CallsCertainOnlyWhatIsOneHotByTheBook) {
  EXPECT_TRUE(certain_is_one_hot_everywhere([&](const rows& r, float t) { return race_on(set, r, t); }));
}

// Where a difference of weights overflows, the full computation's gradient of a one-hot sample is infinity times zero.
TEST_P(Race, CallsCertainOnlyWhatIsOneHotByTheBookWithHugeWeights) {
  for (const float size : {1e30f, 1e38f, 0x1p127f, FLT_MAX}) {
    rows r = random_rows(5, 1, 512);
    for (float& weight : r.weights) weight = weight < 0 ? -size : size;
    EXPECT_TRUE(certain_is_one_hot(race_on(set, r, .001f), r, .001f)) << size;
  }
}

TEST_P(Race, IsCertainAsOftenAsTheGapsAllow) {
  constexpr std::size_t samples = 512 * lanes::granule;
  for (const auto& [classes, tau] : {std::pair(5, .001f), {5, .01f}, {2, .01f}, {16, 1e-4f}}) {
    const std::uint64_t certain = race_on(set, random_rows(classes, 0, samples), tau).count();
    EXPECT_TRUE(as_often_certain_as_derived(certain, samples, classes, double(tau))) << classes << ' ' << tau;
    EXPECT_FALSE(as_often_certain_as_derived(0, samples, classes, double(tau))) << "never";
    EXPECT_FALSE(as_often_certain_as_derived(samples, samples, classes, double(tau))) << "always";
  }
}

TEST_P(Race, IsNotCertainWithAnUnusableLogitOrWeight) {
  const rows whole = random_rows(5, .5, 4 * lanes::granule);
  const outcome before = race_on(set, whole, 1e-4f);
  EXPECT_GT(before.count(), 100u);
  const auto expect = [&](std::vector<float> rows::*member, int k, float value, bool usable) {
    rows r = whole;
    for (std::size_t i = 0; i < r.samples; i += 2) (r.*member)[r.at(k, i)] = value;
    const outcome after = race_on(set, r, 1e-4f);
    for (std::size_t i = 0; i < r.samples; ++i)
      ASSERT_EQ(after.certain[i], i % 2 == 1 || usable ? before.certain[i] : 0) << "sample " << i << ", " << value;
  };
  for (const float value : {INFINITY, -INFINITY, NAN, 1024.f, -1024.f, 1e30f, -1e30f})
    for (int k = 0; k <= 5; ++k) {
      if (k < 5) expect(&rows::logits, k, value, false);
      expect(&rows::weights, k, value, std::abs(value) <= 1e30f);
    }
}

TEST_P(Race, IsNeverCertainAtLargeTemperatures) {
  EXPECT_LT(gumbelcuda::race_threshold(gumbelcuda::race_temperature_limit), INFINITY);
  for (const float temperature : {.501f, 1.f, 2.f, 1e30f, INFINITY, NAN}) {
    EXPECT_FALSE(gumbelcuda::race_threshold(temperature) < INFINITY);
    for (const int classes : {1, 5}) EXPECT_EQ(race_on(set, random_rows(classes, 1000, 512), temperature).count(), 0u);
  }
}

TEST(RaceHandicaps, KeepClaim3) {
  random_numbers random(3);
  for (const double spread : {0., 1e-6, 1., 40., 1023.})
    for (int classes = 1; classes < 50; ++classes) {
      const std::vector<float> logits = random.floats(std::size_t(classes), -spread, spread);
      const std::vector<float> weights(logits.size() + 1);
      std::vector<float> handicaps = logits;
      gumbelcuda::race_handicaps(logits.data(), weights.data(), handicaps.data(), classes);
      EXPECT_TRUE(handicaps_keep_claim_3(handicaps));
    }
  EXPECT_FALSE(handicaps_keep_claim_3({1, std::exp(-1.f)})) << "of logits 1 and 2, relative to the first";
}

TEST(WrongRace, WithoutMarginOrLimitIsRejected) {
  const auto check = [](float margin, float limit, float hottest) {
    return certain_is_one_hot_everywhere(
        [&](const rows& r, float t) { return race_with(margin, limit, hottest, r, t); });
  };
  constexpr float hottest = gumbelcuda::race_temperature_limit;
  EXPECT_TRUE(check(race_margin, first_limit, hottest)) << "as it should be";
  for (const float too_small : {std::log(1 - .01f), 0.f, 1.5f * race_error})
    EXPECT_FALSE(check(too_small, first_limit, hottest)) << too_small;
  EXPECT_FALSE(check(race_margin, INFINITY, hottest)) << "no limit to the first time";
  EXPECT_FALSE(check(race_margin, first_limit, INFINITY)) << "overflowing handicaps";
}

}  // namespace
