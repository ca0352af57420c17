// SPDX-License-Identifier: Apache-2.0
// A batch of samples of k classes, with all results of gumbel_top_k, for its tests.
#pragma once

#include <numeric>
#include <random>

#include "gumbelcuda/gumbel_top_k.hpp"
#include "tests/rows/scores.hpp"

namespace gumbelcuda::testing_rows {

struct top_k_samples {
  row_batch logits;
  std::uint64_t k;
  noise_address noise{.seed = 11, .first_row = 2, .offset = 4};
  row_batch perturbed, log_prob, log_inclusion, kappa;
  std::vector<std::int64_t> index;
  std::vector<row_status> status;

  top_k_samples(row_batch given, std::uint64_t draws)
      : logits(std::move(given)),
        k(draws),
        perturbed(results(k)),
        log_prob(perturbed),
        log_inclusion(perturbed),
        kappa(results(1)),
        index(logits.rows() * k, -9),
        status(logits.rows(), row_status(9)) {}

  row_batch results(std::uint64_t each) const { return row_batch(computed_type(logits.type()), logits.rows(), each); }
  gumbel_top_k_task task() {
    return {.rows = logits.rows(),
            .classes = logits.classes(),
            .type = logits.type(),
            .noise = noise,
            .logits = logits.in(),
            .k = k,
            .index = index.data(),
            .perturbed = perturbed.out().data,
            .log_prob = log_prob.out().data,
            .log_inclusion = log_inclusion.out().data,
            .kappa = kappa.out().data,
            .status = status.data()};
  }
  top_k_samples& run() {
    gumbel_top_k(task());
    return *this;
  }
  const std::int64_t* of(std::uint64_t row) const { return index.data() + row * k; }

  friend testing::AssertionResult same_results(const top_k_samples& a, const top_k_samples& b) {
    if (a.index != b.index) return testing::AssertionFailure() << "other classes";
    if (a.status != b.status) return testing::AssertionFailure() << "another status";
    for (const auto numbers :
         {&top_k_samples::perturbed, &top_k_samples::log_prob, &top_k_samples::log_inclusion, &top_k_samples::kappa})
      if (const auto same = same_bytes(a.*numbers, b.*numbers); !same) return same;
    return testing::AssertionSuccess();
  }
};

// The drawable classes of a row in the order of their ranks, found by a full sort.
inline std::vector<std::size_t> ranked(const std::vector<exact_score>& scores) {
  std::vector<std::size_t> classes(scores.size());
  std::iota(classes.begin(), classes.end(), std::size_t{0});
  std::stable_sort(classes.begin(), classes.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  while (!classes.empty() && scores[classes.back()].rounded == -infinity) classes.pop_back();
  return classes;
}

// Row r is of kind r mod 8; in batches of two to five rows, the last row is of kind 5. The kinds: ordinary; some
// classes masked; all masked; a NaN; a +inf; scores so large that many tie; a single class; ascending with gaps beyond
// the filter of gumbel_max.
inline row_batch every_kind_of_row(row_batch batch, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return double(random() >> 11) * 0x1p-53; };
  const std::uint64_t classes = batch.classes();
  for (std::uint64_t row = 0; row < batch.rows(); ++row) {
    const bool is_last_of_few = batch.rows() > 1 && batch.rows() < 6 && row + 1 == batch.rows();
    const std::uint64_t kind = is_last_of_few ? 5 : row % 8, chosen = random() % classes;
    for (std::uint64_t k = 0; k < classes; ++k) {
      double x = 4 * uniform() - 2;
      if (kind == 1 && random() % 3 == 0) x = -infinity;
      if (kind == 2 || (kind == 6 && k != chosen)) x = -infinity;
      if (kind == 3 && k == chosen) x = not_a_number;
      if (kind == 4 && k == chosen) x = infinity;
      if (kind == 5) x = tying_logit(batch.type());
      if (kind == 7) x = 20000. * double(k) / double(classes);
      batch.set(row, k, x);
    }
  }
  return batch;
}

}  // namespace gumbelcuda::testing_rows
