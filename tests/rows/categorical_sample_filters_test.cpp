// SPDX-License-Identifier: Apache-2.0
// Top-k, top-p and min-p keep the same classes as a plain sort in long double: for rows of every type and kind, alone
// and combined, and with ties.
#include <gtest/gtest.h>

#include <set>

#include "gumbelcuda/categorical_sample.hpp"
#include "host/cpu/rows/row_operations.hpp"
#include "host/cpu/supported_targets.hpp"
#include "tests/rows/categorical_sample_rows.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

// The logits that the filters of a row keep, found by drawing so often that none is missed: each has a probability of
// at least 1/300, so one is missed in one of e^27 rows.
std::set<double> logits_drawn(row_batch& logits, const filters& f) {
  const float temperature = float(f.temperature), top_p = float(f.top_p), min_p = float(f.min_p);
  const std::uint32_t top_k = std::uint32_t(f.top_k);
  categorical_sample_task task = sample_task(logits, {}, 8192);
  task.temperature = &temperature;
  if (top_k > 0) task.top_k = &top_k;
  if (top_p < 1) task.top_p = &top_p;
  if (min_p > 0) task.min_p = &min_p;
  const categorical_draws drawn = draw(task);
  std::set<double> kept;
  for (const std::int64_t k : drawn.index) kept.insert(logits.get(0, std::uint64_t(k)));
  for (std::uint64_t d = 0; d < task.draws; d += 1000) {
    std::vector<double> left = numbers_of(logits, 0);
    for (double& x : left) x = kept.count(x) > 0 ? x : -infinity;
    const exact_softmax right(left, temperature, precision(logits.type()));
    const auto k = std::size_t(drawn.index[d]);
    EXPECT_LE(std::abs(drawn.log_prob.get(0, d) - right.log_y[k]), right.log_y_error[k]);
  }
  return kept;
}

std::set<double> logits_kept(const row_batch& logits, const filters& f) {
  const double lowest = lowest_kept(numbers_of(logits, 0), f);
  std::set<double> kept;
  for (const double x : numbers_of(logits, 0))
    if (x >= lowest) kept.insert(x);
  return kept;
}

// How far rounding can move top_p and min_p, with logits in [−16, 16] and τ ≥ 1/4: half a unit in the last place of 16
// in a gap that is divided by τ, and the error of exp: 3 roundings of a gap below 128, and its own.
filters moved(filters f, double by, number_type type) {
  const double u = type == number_type::float64 ? 0x1p-53 : 0x1p-24, part = 400 * u;
  f.top_p = meant(f.top_p, type);
  f.min_p = meant(f.min_p, type);
  if (f.top_p < 1) f.top_p *= 1 + by * part;
  if (f.min_p < 1) f.min_p *= 1 - by * part;
  return f;
}

TEST(CategoricalFilters, OfAFewClassesLeaveWhatASortLeaves) {
  random_numbers random(1);
  int told_apart = 0, rows = 0;
  for (const number_type type : all_types)
    for (int n = 0; n < 60; ++n) {
      row_batch logits(type, 1, 1 + random.word() % 14);
      for (std::uint64_t k = 0; k < logits.classes(); ++k)
        logits.set(0, k,
                   k > 0 && n % 4 == 1 ? -infinity
                   : n % 4 == 2        ? double(random.word() % 4)
                                       : random.uniform(-1, 2));
      filters f;
      f.temperature = n % 3 == 0 ? 1 : double(float(random.uniform(1, 2)));
      if (n & 1) f.top_k = random.word() % 9;
      if (n & 2) f.top_p = double(float(random.uniform(.01, 1)));
      if (n & 4) f.min_p = double(float(random.uniform(0, 1)));
      const std::set<double> drawn = logits_drawn(logits, f), most = logits_kept(logits, moved(f, 1, type)),
                             least = logits_kept(logits, moved(f, -1, type));
      ++rows;
      told_apart += most == least;
      EXPECT_TRUE(drawn == most || drawn == least) << name_of(type) << ", row " << n;
    }
  EXPECT_GT(told_apart, rows * 95 / 100);
}

TEST(CategoricalFilters, OfManyClassesLeaveWhatASortLeaves) {
  random_numbers random(2);
  int told_apart = 0, rows = 0;
  for (const number_type type : all_types)
    for (int n = 0; n < 64; ++n) {
      row_batch logits(type, 1, n % 5 == 0 ? 40000 : 200 + random.word() % 2000);
      for (std::uint64_t k = 0; k < logits.classes(); ++k) {
        const double u = random.uniform(-1, 1);
        const double kinds[] = {4 * u, 16 * u, 16 * u * u * u, double(random.word() % 9) - 4, u * 1e-3};
        logits.set(0, k, random.word() % 16 == 0 ? -infinity : kinds[n % 5]);
      }
      filters f;
      f.temperature = n % 3 == 0 ? 1 : double(float(random.uniform(.25, 3)));
      if (n & 1) f.top_k = n & 8 ? random.word() % 20 : random.word() % 3000;
      if (n & 2) f.top_p = n & 8 ? double(float(random.uniform(.9, 1))) : double(float(random.uniform(.01, 1)));
      if (n & 4) f.min_p = double(float(random.uniform(0, n & 8 ? .01 : 1)));
      const double threshold = threshold_of(logits, f);
      const auto kept = [&](double lowest) {
        std::uint64_t count = 0;
        for (const double x : numbers_of(logits, 0)) count += x > -infinity && x >= lowest;
        return count;
      };
      const std::uint64_t most = kept(lowest_kept(numbers_of(logits, 0), moved(f, 1, type))),
                          least = kept(lowest_kept(numbers_of(logits, 0), moved(f, -1, type)));
      ++rows;
      told_apart += most == least;
      EXPECT_GE(kept(threshold), least) << name_of(type) << ", row " << n;
      EXPECT_LE(kept(threshold), most) << name_of(type) << ", row " << n;
    }
  EXPECT_GT(told_apart, rows * 80 / 100);
}

TEST(CategoricalFilters, KeepTiesTogether) {
  for (const number_type type : all_types) {
    row_batch logits(type, 1, 9);
    const double values[] = {1, 0, 1, -0., 2, -1, 0, -1, -infinity};
    for (std::uint64_t k = 0; k < 9; ++k) logits.set(0, k, values[k]);
    const auto drawn = [&](filters f) { return logits_drawn(logits, f); };
    EXPECT_EQ(drawn({.top_k = 1}), (std::set<double>{2}));
    EXPECT_EQ(drawn({.top_k = 2}), (std::set<double>{1, 2}));
    EXPECT_EQ(drawn({.top_k = 3}), (std::set<double>{1, 2}));
    EXPECT_EQ(drawn({.top_k = 4}), (std::set<double>{0, 1, 2}));  // 0 and −0 are the same number
    EXPECT_EQ(drawn({.top_k = 7}), (std::set<double>{-1, 0, 1, 2}));
    EXPECT_EQ(drawn({.top_p = 1e-30}), (std::set<double>{2}));
    EXPECT_EQ(drawn({.top_p = .5}), (std::set<double>{1, 2}));
    EXPECT_EQ(drawn({.min_p = 1}), (std::set<double>{2}));
    EXPECT_EQ(drawn({.min_p = .25}), (std::set<double>{1, 2}));
    // top_p applies to the classes that top_k left: among one 2 and two 1s, the 2 has probability .576.
    EXPECT_EQ(drawn({.top_k = 3, .top_p = .57}), (std::set<double>{2}));
    EXPECT_EQ(drawn({.top_p = .57}), (std::set<double>{1, 2}));
    EXPECT_EQ(drawn({.top_p = .57, .min_p = .25}), (std::set<double>{2}));
  }
}

TEST(CategoricalFilters, OfTheLeastNumberAreFollowedByTheOthers) {
  row_batch logits(number_type::float32, 1, 5);
  const double values[] = {2, 1, -double(0x1.fffffep+127f), -infinity, -infinity};
  for (std::uint64_t k = 0; k < 5; ++k) logits.set(0, k, values[k]);
  EXPECT_EQ(logits_drawn(logits, {.top_k = 3, .top_p = .5}), (std::set<double>{2}));
}

TEST(CategoricalFilters, OrderedBitsAreInTheOrderOfNumbersAndBack) {
  const auto check = [](auto stored, std::vector<double> values) {
    using Stored = decltype(stored);
    using order = ordered_bits<Stored>;
    using V = computed_of<Stored>;
    std::sort(values.begin(), values.end());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const V x = widen(narrow<Stored>(V(values[i])));
      EXPECT_EQ(order::number(order::of(x)), x);
      if (i == 0) continue;
      const V before = widen(narrow<Stored>(V(values[i - 1])));
      EXPECT_EQ(order::of(before) < order::of(x), before < x) << values[i];
      EXPECT_EQ(order::of(before) == order::of(x), before == x) << values[i];
    }
  };
  std::vector<double> values = {0, -0., infinity, -infinity, 0x1p-24, -0x1p-24, 0x1p-149, -0x1p-149, 65504, -65504};
  random_numbers random(5);
  for (int n = 0; n < 4000; ++n) values.push_back(random.uniform(-1, 1) * std::exp2(random.uniform(-30, 30)));
  check(float{}, values);
  check(float16{}, values);
  check(bfloat16{}, values);
  check(double{}, values);
}

// Every instruction set gives the same bytes as the scalar one.
TEST(CategoricalFilters, AndDrawsAreTheSameOnEveryInstructionSet) {
  const float temperatures[] = {1, .5f, 0, 2.5f, 1, 1};
  const std::uint32_t top_k[] = {0, 5, 7, 100, ~0u, 3};
  const float top_p[] = {.9f, 1, .5f, .95f, .3f, .99f}, min_p[] = {0, .1f, 0, .001f, 1, 0};
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {1, 3, 15, 64, 257, 1000, 5003}) {
      row_batch logits(type, 6, classes, classes + classes % 3, classes % 7);
      random_numbers random(classes);
      for (std::uint64_t row = 0; row < 6; ++row)
        for (std::uint64_t k = 0; k < classes; ++k)
          logits.set(row, k, row == 4 ? 1. / double(classes) : random.word() % 9 ? random.uniform(-9, 9) : -infinity);
      if (classes > 5) logits.set(5, 4, not_a_number);
      for (const bool filtered : {false, true}) {
        categorical_sample_task task = sample_task(logits, {.seed = 8, .offset = 4}, 3);
        task.temperature = temperatures;
        task.temperature_per_row = task.top_k_per_row = task.top_p_per_row = task.min_p_per_row = true;
        if (filtered) task.top_k = top_k, task.top_p = top_p, task.min_p = min_p;
        task.reject_probabilities = true;
        categorical_sample_from_probabilities_task of_p{
            .rows = 6, .classes = classes, .type = type, .probabilities = logits.in(), .draws = 2};
        const auto run = [&](const cpu_row_operations& operations, auto to) {
          std::vector<std::uint8_t> scratch(operations.scratch_bytes(classes) + 64);
          void* aligned = scratch.data() + (64 - reinterpret_cast<std::uintptr_t>(scratch.data()) % 64) % 64;
          categorical_draws drawn(to);
          operations.run(drawn.into(to), 0, 6, aligned);
          return drawn;
        };
        for (const cpu_target* target : supported_targets()) {
          EXPECT_TRUE(same(run(cpu_rows_scalar, task), run(*target->rows, task)))
              << target->name << ' ' << name_of(type) << ' ' << classes;
          EXPECT_TRUE(same(run(cpu_rows_scalar, of_p), run(*target->rows, of_p)))
              << target->name << ' ' << name_of(type) << ' ' << classes;
        }
      }
    }
}

}  // namespace
}  // namespace gumbelcuda
