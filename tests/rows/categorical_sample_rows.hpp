// SPDX-License-Identifier: Apache-2.0
// Helpers for the tests of categorical sampling: memory for a task's results, and the classes that the filters keep, as
// a plain sort in long double finds them.
#pragma once

#include <algorithm>
#include <charconv>
#include <functional>

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/detail/rows/filters.hpp"
#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda::testing_rows {

struct categorical_draws {
  std::vector<std::int64_t> index;
  std::vector<std::int32_t> index_int32;
  std::vector<row_status> status;
  row_batch log_prob;

  template <class Task>
  explicit categorical_draws(const Task& task)
      : index(task.rows * task.draws, -7),
        index_int32(index.size(), -7),
        status(task.rows, row_status(9)),
        log_prob(computed_type(task.type), task.rows, task.draws) {}

  // The same task, with this object's memory for its results.
  template <class Task>
  Task into(Task task) {
    task.index = index.data();
    task.index_int32 = index_int32.data();
    task.log_prob = log_prob.out().data;
    task.status = status.data();
    return task;
  }
  friend testing::AssertionResult same(const categorical_draws& a, const categorical_draws& b) {
    if (a.status != b.status) return testing::AssertionFailure() << "status differs";
    if (a.index != b.index) return testing::AssertionFailure() << "index differs";
    for (const categorical_draws* drawn : {&a, &b})
      if (!std::equal(drawn->index.begin(), drawn->index.end(), drawn->index_int32.begin()))
        return testing::AssertionFailure() << "index_int32 is not index";
    return same_bytes(a.log_prob, b.log_prob);
  }
};

inline categorical_draws draw(const categorical_sample_task& task, int threads = 0) {
  categorical_draws drawn(task);
  categorical_sample(drawn.into(task), {.threads = threads});
  return drawn;
}
inline categorical_draws draw(const categorical_sample_from_probabilities_task& task) {
  categorical_draws drawn(task);
  categorical_sample_from_probabilities(drawn.into(task));
  return drawn;
}

inline categorical_sample_task sample_task(row_batch& logits, const noise_address& noise = {},
                                           std::uint64_t draws = 1) {
  return {.rows = logits.rows(),
          .classes = logits.classes(),
          .type = logits.type(),
          .noise = noise,
          .logits = logits.in(),
          .draws = draws};
}

// Logits in [−4, 4); one in eight is masked, but never the first.
inline row_batch random_logits(number_type type, std::uint64_t rows, std::uint64_t classes, std::uint64_t seed) {
  row_batch logits(type, rows, classes);
  random_numbers random(seed);
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k)
      logits.set(row, k, k > 0 && random.word() % 8 == 0 ? -infinity : random.uniform(-4, 4));
  return logits;
}

// Rows that send the search for a threshold (detail/rows/filters.hpp) all its ways: class k of a row of this kind.
// Logits may all be equal, or so near each other, to the first one or at all, that most share a bin.
inline constexpr int searched_kinds = 10;
inline double searched_logit(number_type type, int kind, std::uint64_t k, random_numbers& random) {
  const double u = random.uniform(-1, 1), largest = type == number_type::float16 ? 65504 : 0x1.fep+127;
  const double far[] = {-1e4, -1e30, -largest, -infinity};
  const double kinds[searched_kinds] = {
      3,                                                        // all equal
      random.word() % 8 > 0 ? 1 : 1 + 1e-4 * u,                 // most of them, others beside them
      2 + 1e-4 * u,                                             // all in the first bin
      k == 5 ? 30 : -20 + 1e-3 * u,                             // all but one in one bin
      k == 5 ? 3000 : 4 * u,                                    // all but one in the last bin
      3 * (u + random.uniform(-1, 1) + random.uniform(-1, 1)),  // as a model's
      random.word() % 4 > 0 ? far[random.word() % 4] : 2 * u,   // most masked, in several ways
      largest * 1e-3 * u,                                       // far apart
      k == 5                  ? largest
      : random.word() % 2 > 0 ? -largest
                              : largest * u,  // as far as they can be
      double(random.word() % 40) * 0x1p-7,    // ties, in the bins below the first power of two
  };
  return kinds[kind];
}

struct filters {
  double temperature = 1;
  std::uint64_t top_k = 0;
  double top_p = 1, min_p = 0;
};

// The decimal that a float share stands for: for float64, the shortest one; other types cannot tell the difference.
inline double meant(double share, number_type type) {
  if (type != number_type::float64) return share;
  char digits[32];
  double decimal = 0;
  std::from_chars(digits, std::to_chars(digits, digits + sizeof digits, float(share)).ptr, decimal);
  return decimal;
}

// The library's threshold.
template <class Stored>
double threshold_of(row_batch& logits, const filters& f) {
  using V = computed_of<Stored>;
  const whole_row part(logits.classes());
  direct_memory<Stored> memory(logits.classes());
  memory.open(logits.in(), 0);
  const auto read = [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(-INFINITY), x); };
  const V temperature = V(f.temperature);
  return filter_threshold<Stored>(part, logits.classes(), {f.top_k, float(f.top_p), float(f.min_p)},
                                  row_max<V>(part, read), temperature, inverse_temperature(temperature), read);
}
inline double threshold_of(row_batch& logits, const filters& f) {
  switch (logits.type()) {
    case number_type::float32:
      return threshold_of<float>(logits, f);
    case number_type::float16:
      return threshold_of<float16>(logits, f);
    case number_type::bfloat16:
      return threshold_of<bfloat16>(logits, f);
    case number_type::float64:
      break;
  }
  return threshold_of<double>(logits, f);
}

// The smallest logit that the filters keep. If all logits are −inf, it is +inf.
inline double lowest_kept(const std::vector<double>& logits, const filters& f) {
  std::vector<double> x;
  for (const double logit : logits)
    if (logit > -infinity) x.push_back(logit);
  if (x.empty()) return infinity;
  std::sort(x.begin(), x.end(), std::greater<>());
  const auto weight = [&](double logit) { return std::exp((static_cast<long double>(logit) - x[0]) / f.temperature); };
  const auto cut_to = [&](double lowest) {
    x.erase(std::find_if(x.begin(), x.end(), [&](double logit) { return logit < lowest; }), x.end());
  };
  x.erase(std::find_if(x.begin(), x.end(), [&](double logit) { return weight(logit) < f.min_p; }), x.end());
  if (f.top_k > 0 && f.top_k < x.size()) cut_to(x[f.top_k - 1]);
  if (f.top_p < 1) {
    long double total = 0, sum = 0;
    for (const double logit : x) total += weight(logit);
    for (const double logit : x)
      if ((sum += weight(logit)) >= f.top_p * total) {
        cut_to(logit);
        break;
      }
  }
  return x.back();
}

}  // namespace gumbelcuda::testing_rows
