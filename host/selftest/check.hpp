// SPDX-License-Identifier: Apache-2.0
// What a check receives and returns. A check computes a number and states where it must lie and how often a correct
// sampler falls outside. The verdict follows from these in one place.
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/selftest/sampler.hpp"
#include "host/selftest/tail_probability.hpp"

namespace gumbelcuda {

// How often a correct sampler fails a statistical check, over all seeds. There are at most 20 such checks, so a correct
// sampler fails a whole report once in a million (tests/cli/selftest_test.py adds them up).
inline constexpr double check_level = 5e-8;

struct check_result {
  std::string name;
  std::uint64_t samples = 0;
  std::string statistic;  // what `value` is
  double value = 0, least = -INFINITY, most = 0;
  double false_alarm = 0;                                          // 0: the check is exact
  std::string meaning;                                             // explains a failure, in one line
  bool passed() const { return least <= value && value <= most; }  // a NaN does not pass
};

// A NaN stays NaN.
inline void keep_largest(double& largest, double value) {
  if (!std::isnan(largest) && !(value <= largest)) largest = value;
}

struct selftest_run {
  const sampler_under_test& sampler;
  const sampler_under_test& reference;  // the library on one CPU thread
  std::uint64_t seed = 42;
  bool is_long = false;
  int threads = 1;  // for the self-test's own work
  const std::atomic<bool>* stop = nullptr;
  std::function<void(double part)> on_progress{};  // of the running check

  // Call this between pieces of work of at most about a tenth of a second. Throws interrupted.
  void step(double part) const {
    if (stop && *stop) throw interrupted("stopped by a signal");
    if (on_progress) on_progress(part);
  }
};

// First rows of the noise that a check uses. Each check has rows of its own: otherwise a rare value would count twice.
inline constexpr std::uint64_t rows_of_a_check = std::uint64_t{1} << 40;
enum check_rows : std::uint64_t {
  rows_of_law = 0,
  rows_of_draws = rows_of_a_check,
  rows_of_race = 2 * rows_of_a_check,
  rows_of_permutations = 3 * rows_of_a_check,
  rows_of_correlation = 4 * rows_of_a_check,
  rows_of_relaxation = 5 * rows_of_a_check,
};

}  // namespace gumbelcuda
