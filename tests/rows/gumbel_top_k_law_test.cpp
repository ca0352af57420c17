// SPDX-License-Identifier: Apache-2.0
// Gumbel-top-k draws without replacement: each ordered sample and each class in it has the right frequency, and the
// inclusion probabilities give an unbiased estimate; refusals of arguments before any work. Seeds are fixed; each check
// of a law must reject another one.
#include <gtest/gtest.h>

#include <map>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/gumbel_top_k.hpp"
#include "tests/unit/law_checks.hpp"

namespace gumbelcuda {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t draws = 100000;
constexpr double dose = 4;
#else
constexpr std::uint64_t draws = 1000000;
constexpr double dose = 1;
#endif

const std::vector<float> logits = {1, -.5f, .25f, 0, -2};

struct sample_batch {
  std::vector<std::int64_t> index;
  std::vector<float> log_prob, log_inclusion;
};

// `draws` rows that all have these logits.
sample_batch draw(std::uint64_t k) {
  std::vector<float> rows;
  for (std::uint64_t row = 0; row < draws; ++row) rows.insert(rows.end(), logits.begin(), logits.end());
  sample_batch drawn;
  drawn.index.resize(draws * k);
  drawn.log_prob.resize(draws * k);
  drawn.log_inclusion.resize(draws * k);
  gumbel_top_k({.rows = draws,
                .classes = logits.size(),
                .type = number_type::float32,
                .noise = {.seed = 20190314},
                .logits = {rows.data()},
                .k = k,
                .index = drawn.index.data(),
                .log_prob = drawn.log_prob.data(),
                .log_inclusion = drawn.log_inclusion.data()});
  return drawn;
}

// The probability of each ordered sample of k classes, computed from the classes that remain after each draw.
std::map<std::vector<std::int64_t>, double> plackett_luce(std::uint64_t k, double sharpness) {
  std::map<std::vector<std::int64_t>, double> law;
  std::vector<std::int64_t> so_far;
  const auto extend = [&](auto self, double p) -> void {
    if (so_far.size() == k) {
      law[so_far] = p;
      return;
    }
    const auto is_left = [&](std::size_t i) {
      return std::find(so_far.begin(), so_far.end(), std::int64_t(i)) == so_far.end();
    };
    double left = 0;
    for (std::size_t i = 0; i < logits.size(); ++i)
      if (is_left(i)) left += std::exp(sharpness * double(logits[i]));
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (!is_left(i)) continue;
      so_far.push_back(std::int64_t(i));
      self(self, p * std::exp(sharpness * double(logits[i])) / left);
      so_far.pop_back();
    }
  };
  extend(extend, 1);
  return law;
}

// Chi-square over all ordered samples, 20 of two classes and 120 of five. N and the level: above, and law_checks.hpp.
TEST(GumbelTopKLaw, OrderedSamplesAreDrawsWithoutReplacement) {
  for (const std::uint64_t k : {2, 5}) {
    const auto law = plackett_luce(k, 1), wrong = plackett_luce(k, 1 + .02 * dose);
    std::map<std::vector<std::int64_t>, std::uint64_t> times;
    const sample_batch drawn = draw(k);
    for (std::uint64_t row = 0; row < draws; ++row)
      ++times[{drawn.index.begin() + std::ptrdiff_t(row * k), drawn.index.begin() + std::ptrdiff_t((row + 1) * k)}];
    std::vector<std::uint64_t> counts;
    std::vector<double> p, other;
    for (const auto& [sample, probability] : law) {
      counts.push_back(times[sample]);
      p.push_back(probability);
      other.push_back(wrong.at(sample));
    }
    EXPECT_EQ(times.size(), law.size());
    EXPECT_TRUE(statistics::chi_square_agrees(counts, p));
    EXPECT_FALSE(statistics::chi_square_agrees(counts, other));
  }
}

TEST(GumbelTopKLaw, ClassesAreIncludedAsOftenAsTheyShould) {
  constexpr std::uint64_t k = 3;
  std::vector<std::uint64_t> counts(logits.size());
  for (const std::int64_t i : draw(k).index) ++counts[std::size_t(i)];
  bool rejects = false;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const auto inclusion = [&](double sharpness) {
      double p = 0;
      for (const auto& [sample, probability] : plackett_luce(k, sharpness))
        if (std::find(sample.begin(), sample.end(), std::int64_t(i)) != sample.end()) p += probability;
      return p;
    };
    EXPECT_TRUE(statistics::binomial_agrees(counts[i], draws, inclusion(1))) << i;
    rejects = rejects || !statistics::binomial_agrees(counts[i], draws, inclusion(1 + .02 * dose));
  }
  EXPECT_TRUE(rejects);
}

// Kool et al., section 4: the expectation of Σ f·p/q over the sample is the mean of f. The bound is five standard
// errors, computed from the samples; another q must miss it.
TEST(GumbelTopKLaw, InclusionProbabilitiesMakeAnUnbiasedEstimate) {
  constexpr std::uint64_t k = 2;
  const sample_batch drawn = draw(k);
  double total = 0, mean_of_f = 0;
  for (const float a : logits) total += std::exp(double(a));
  const auto f = [](std::int64_t i) { return double((i + 1) * (i + 1)); };
  for (std::size_t i = 0; i < logits.size(); ++i) mean_of_f += f(std::int64_t(i)) * std::exp(double(logits[i])) / total;
  const auto distance = [&](double error) {
    double sum = 0, squares = 0;
    for (std::uint64_t row = 0; row < draws; ++row) {
      double estimate = 0;
      for (std::uint64_t at = row * k; at < (row + 1) * k; ++at)
        estimate +=
            f(drawn.index[at]) * std::exp(double(drawn.log_prob[at]) - (1 + error) * double(drawn.log_inclusion[at]));
      sum += estimate;
      squares += estimate * estimate;
    }
    const double mean = sum / draws, deviation = std::sqrt((squares / draws - mean * mean) / draws);
    return std::abs(mean - mean_of_f) / deviation;
  };
  EXPECT_LT(distance(0), 5);
  EXPECT_GT(distance(.02 * dose), 5);
}

template <class Change>
std::string refusal(Change change) {
  static float numbers[8];
  static std::int64_t index[8];
  gumbel_top_k_task task{
      .rows = 2, .classes = 4, .type = number_type::float32, .logits = {numbers}, .k = 2, .index = index};
  change(task);
  try {
    gumbel_top_k(task);
  } catch (const invalid_argument& e) {
    return e.what();
  }
  return "";
}

TEST(GumbelTopKArguments, AreRefusedByName) {
  const auto expect = [](auto change, const std::string& words) {
    EXPECT_NE(refusal(change).find(words), std::string::npos) << refusal(change) << '\n' << words;
  };
  expect([](auto& t) { t.k = 0; }, "k: 0 is not in [1, 4]");
  expect([](auto& t) { t.k = 5; }, "k: 5 is not in [1, 4]");
  expect([](auto& t) { t.classes = 0; }, "classes");
  expect([](auto& t) { t.type = number_type(9); }, "type");
  expect([](auto& t) { t.index = nullptr; }, "index: is null");
  expect([](auto& t) { t.logits.data = nullptr; }, "logits.data: is null");
  expect([](auto& t) { t.logits.row_stride = 3; }, "logits.row_stride");
  expect([](auto& t) { t.noise.offset = 2; }, "noise.offset");
  const auto odd = [](void* p) { return static_cast<char*>(p) + 1; };
  expect([&](auto& t) { t.perturbed = odd(t.index); }, "perturbed: address");
  expect([&](auto& t) { t.log_prob = odd(t.index); }, "log_prob: address");
  expect([&](auto& t) { t.log_inclusion = odd(t.index); }, "log_inclusion: address");
  expect([&](auto& t) { t.kappa = odd(t.index); }, "kappa: address");
  expect(
      [](auto& t) {
        t.rows = std::uint64_t{1} << 58;
        t.classes = t.k = 8;
      },
      "do not fit into an address space");
  EXPECT_EQ(refusal([](auto&) {}), "");
  EXPECT_EQ(refusal([](auto& t) {
              t.rows = 0;
              t.index = nullptr;
            }),
            "");
}

}  // namespace
}  // namespace gumbelcuda
