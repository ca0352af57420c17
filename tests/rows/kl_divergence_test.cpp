// SPDX-License-Identifier: Apache-2.0
// KL divergence between rows of logits, against long double; zeros, masks, and rows that are no distribution.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "gumbelcuda/kl_divergence.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::row_batch;

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<long double> log_softmax(const row_batch& logits) {
  long double top = -infinity, total = 0;
  for (std::uint64_t k = 0; k < logits.classes(); ++k) top = std::max(top, (long double)logits.get(0, k));
  for (std::uint64_t k = 0; k < logits.classes(); ++k) total += std::exp(logits.get(0, k) - top);
  std::vector<long double> log_prob;
  for (std::uint64_t k = 0; k < logits.classes(); ++k) log_prob.push_back(logits.get(0, k) - top - std::log(total));
  return log_prob;
}

double kl_of(const row_batch& p, const row_batch& q) {
  row_batch kl(p.type() == number_type::float64 ? number_type::float64 : number_type::float32, 1, 1);
  kl_divergence({.rows = 1,
                 .classes = p.classes(),
                 .type = p.type(),
                 .p_logits = row_batch(p).in(),
                 .q_logits = row_batch(q).in(),
                 .kl = kl.out().data});
  return kl.get(0, 0);
}

row_batch row_of(number_type type, const std::vector<double>& values) {
  row_batch row(type, 1, values.size());
  for (std::uint64_t k = 0; k < values.size(); ++k) row.set(0, k, values[k]);
  return row;
}

TEST(KlDivergence, IsThatOfTheReference) {
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 2, 5, 64, 1000, 40000}) {
      SCOPED_TRACE(std::string(testing_rows::name_of(type)) + " " + std::to_string(classes));
      random_numbers random(classes);
      row_batch p(type, 1, classes), q = p;
      for (std::uint64_t k = 0; k < classes; ++k) {
        p.set(0, k, random.uniform(-4, 4));
        q.set(0, k, random.uniform(-4, 4));
      }
      const auto log_p = log_softmax(p), log_q = log_softmax(q);
      long double expected = 0, size = 0;
      for (std::uint64_t k = 0; k < classes; ++k) {
        expected += std::exp(log_p[k]) * (log_p[k] - log_q[k]);
        size += std::exp(log_p[k]) * (std::abs(log_p[k]) + std::abs(log_q[k]) + 1);
      }
      // Each term has about eight roundings of numbers up to `size`; the tree and the slots of a sum add
      // log2 K + K/32,768.
      const double unit = type == number_type::float64 ? 0x1p-53 : 0x1p-24;
      EXPECT_NEAR(kl_of(p, q), double(expected), double(size) * unit * (8 + std::log2(double(classes)) + 2));
    }
}

TEST(KlDivergence, OfADistributionFromItselfIsNothing) {
  random_numbers random(3);
  row_batch p(number_type::float32, 1, 300);
  for (std::uint64_t k = 0; k < 300; ++k) p.set(0, k, random.uniform(-30, 30));
  EXPECT_EQ(kl_of(p, p), 0);
}

TEST(KlDivergence, ZerosAreThoseOfTheDefinition) {
  const auto p = row_of(number_type::float32, {0, 0, -infinity}), q = row_of(number_type::float32, {0, 0, 0});
  EXPECT_NEAR(kl_of(p, q), std::log(1.5), 4 * 0x1p-24);
  EXPECT_EQ(kl_of(q, p), infinity);
  EXPECT_EQ(kl_of(p, p), 0);
}

long double exact_kl(const row_batch& p, const row_batch& q) {
  const auto log_p = log_softmax(p), log_q = log_softmax(q);
  long double sum = 0;
  for (std::size_t k = 0; k < log_p.size(); ++k) {
    const long double r = log_q[k] - log_p[k];
    long double term = r * r / 2, above = 0;  // expm1(r) − r
    for (int n = 3; n < 40; term *= r / n++) above += term;
    sum += std::exp(log_p[k]) * above;
  }
  return sum;
}

// Rows that are nearly equal, except for a constant that is added to all logits. With u half an ulp of 1, each d is off
// by u of the numbers that are subtracted for it, which moves its term p·d²/2 by p·|d| times that. The errors that all
// terms share, of the normalisers and of Σ p, enter with their squares. The term itself has 8 roundings and 8 ulp of
// the exponential.
TEST(KlDivergence, OfNearlyEqualRowsIsAccurateAndNeverNegative) {
  for (const number_type type : {number_type::float32, number_type::float64})
    for (const double offset : {0., .5, 7., 1e4})
      for (const double apart :
           type == number_type::float32 ? std::vector{1e-4, 1e-2, .3} : std::vector{1e-9, 1e-4, .3}) {
        SCOPED_TRACE(testing::Message() << testing_rows::name_of(type) << ", offset " << offset << ", apart " << apart);
        random_numbers random(5);
        const double u = type == number_type::float64 ? 0x1p-53 : 0x1p-24;
        for (int row = 0; row < 500; ++row) {
          row_batch p(type, 1, 64), q = p;
          for (std::uint64_t k = 0; k < 64; ++k) {
            p.set(0, k, random.uniform(-4, 4));
            q.set(0, k, p.get(0, k) + offset + apart * random.uniform(-1, 1));
          }
          const auto log_p = log_softmax(p), log_q = log_softmax(q);
          const long double exact = exact_kl(p, q), shared = u * (2 * offset + 30);
          long double moved = 0;
          for (std::size_t k = 0; k < 64; ++k) {
            const long double d = std::abs(log_p[k] - log_q[k]);
            moved += std::exp(log_p[k]) * d * u * (std::abs(log_p[k]) + std::abs(log_q[k]) + 2 * d);
          }
          const double found = kl_of(p, q);
          ASSERT_GE(found, 0);
          ASSERT_NEAR(found, double(exact), double(moved + 32 * u * exact + shared * shared)) << row;
        }
      }
}

// Classes of p far below all numbers, next to differences near or above the largest one; and a much larger q. The
// expected values were computed with mpmath.
TEST(KlDivergence, OfFarLogits) {
  struct far_rows {
    std::vector<double> p, q;
    double exact;
  };
  for (const auto& [p, q, exact] : std::vector<far_rows>{{{0, -90}, {0, -1e38}, .081940123620162082},
                                                         {{0, -90}, {3e38, -3e38}, .49164075834040453},
                                                         {{0, -100}, {0, -3e38}, 1.1160227948514577e-5},
                                                         {{0, -20}, {0, 20}, 19.999999917553855},
                                                         {{0, -120}, {-3, 2}, 5.0067153484891181},
                                                         {{-3e38, 3e38}, {3e38, -3e38}, infinity},
                                                         {{0, -90}, {0, -infinity}, infinity},
                                                         {{0, -3e38}, {0, -infinity}, infinity},
                                                         {{0, -infinity}, {0, -90}, 0}}) {
    const double found = kl_of(row_of(number_type::float32, p), row_of(number_type::float32, q));
    if (exact == infinity)
      EXPECT_EQ(found, exact) << p[1] << ' ' << q[1];
    else
      EXPECT_NEAR(found, exact, 16 * 0x1p-24 * exact) << p[1] << ' ' << q[1];
  }
  EXPECT_NEAR(kl_of(row_of(number_type::float64, {0, -720}), row_of(number_type::float64, {0, -1e308})),
              2.0322308024242932e-5, 1e-18);
  EXPECT_EQ(kl_of(row_of(number_type::float64, {0, -720}), row_of(number_type::float64, {0, -infinity})), infinity);
}

TEST(KlDivergence, IsNanWhereARowIsNoDistribution) {
  const auto good = row_of(number_type::float32, {0, 1});
  for (const double bad : {double(NAN), infinity}) {
    const auto row = row_of(number_type::float32, {bad, 1});
    EXPECT_TRUE(std::isnan(kl_of(row, good))) << bad;
    EXPECT_TRUE(std::isnan(kl_of(good, row))) << bad;
  }
  const auto nothing = row_of(number_type::float32, {-infinity, -infinity});
  EXPECT_TRUE(std::isnan(kl_of(nothing, good)));
  EXPECT_TRUE(std::isnan(kl_of(good, nothing)));
}

TEST(KlDivergence, ArgumentsAreNamed) {
  const float logits[2] = {};
  float kl = 0;
  kl_divergence_task task{
      .rows = 1, .classes = 2, .type = number_type::float32, .p_logits = {logits}, .q_logits = {logits}};
  const auto named = [&] {
    try {
      kl_divergence(task);
    } catch (const invalid_argument& e) {
      return e.argument();
    }
    return std::string();
  };
  EXPECT_EQ(named(), "kl");
  task.kl = &kl;
  EXPECT_EQ(named(), "");
  task.q_logits.data = nullptr;
  EXPECT_EQ(named(), "q_logits.data");
  task.classes = 0;
  EXPECT_EQ(named(), "classes");
}

}  // namespace
}  // namespace gumbelcuda
