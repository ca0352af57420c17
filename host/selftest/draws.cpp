// SPDX-License-Identifier: Apache-2.0
// Checks that Gumbel-max draws from softmax(logits), even if logits are so large that a rounded score contains no
// noise; that ties go to the lowest class; and that classes e^-20 times as likely as the top one win often enough.
#include <algorithm>
#include <random>

#include "gumbelcuda/gumbel.hpp"
#include "host/selftest/checks.hpp"
#include "host/selftest/chosen_words.hpp"

namespace gumbelcuda {
namespace {

std::vector<float> some_logits(std::uint64_t classes) {
  std::mt19937_64 random(classes);
  std::vector<float> logits;
  for (std::uint64_t k = 0; k < classes; ++k) logits.push_back(float(random() >> 40) * 0x1p-22f - 2);  // in −2 … 2
  return logits;
}

// --- Large logits, and ties ---------------------------------------------------------------------------------

// Logits are so large that a rounded sum contains none of the noise. Half of the classes share the top logit; of these,
// the one with the most noise must win.
std::uint64_t wrong_of_large_logits(const selftest_run& run, std::uint64_t draws) {
  std::mt19937_64 random(run.seed);
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < draws; ++i) {
    run.step(double(i) / double(2 * draws));
    const std::uint64_t classes = 2 + random() % 300;
    std::vector<float> logits(classes), g(classes);
    for (float& x : logits) x = random() % 2 == 0 ? 0x1p40f : 0;
    logits[random() % classes] = 0x1p40f;
    const noise_address noise{run.seed, rows_of_draws + i};
    run.sampler.noise({.rows = 1, .classes = classes, .type = number_type::float32, .noise = noise, .out = {g.data()}});
    for (std::uint64_t k = 0; k < classes; ++k)
      if (logits[k] == 0) g[k] = -INFINITY;
    std::int64_t index = -1;
    run.sampler.draw({.rows = 1,
                      .classes = classes,
                      .type = number_type::float32,
                      .noise = noise,
                      .logits = {logits.data()},
                      .index = &index});
    wrong += index != std::max_element(g.begin(), g.end()) - g.begin();  // the lowest on ties
  }
  return wrong;
}

// Equal logits, and a quad with the same small word for classes 1 and 2: class 1 must win.
std::uint64_t wrong_ties_of_words(const selftest_run& run, std::uint64_t draws) {
  std::mt19937_64 random(run.seed);
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < draws; ++i) {
    run.step(.5 + double(i) / double(2 * draws));
    const std::uint32_t word = tail_words + std::uint32_t(random() % 1000), words[] = {word | 0x80000000u, word, word};
    const float logits[3] = {};
    std::int64_t index = -1;
    run.sampler.draw({.rows = 1,
                      .classes = 3,
                      .type = number_type::float32,
                      .noise = address_with(run.seed, words, 3, random),
                      .logits = {logits},
                      .index = &index});
    wrong += index != 1;
  }
  return wrong;
}

}  // namespace

check_result class_frequency(const selftest_run& run, std::uint64_t classes, std::uint64_t draws) {
  const std::vector<float> logits = some_logits(classes);
  const std::uint64_t batch = std::max<std::uint64_t>(4, (1 << 20) / classes);
  std::vector<float> rows;
  for (std::uint64_t row = 0; row < batch; ++row) rows.insert(rows.end(), logits.begin(), logits.end());
  std::vector<std::int64_t> index(batch);
  std::vector<std::uint64_t> counts(classes);
  std::uint64_t drawn = 0;
  gumbel_max_task task{.classes = classes,
                       .type = number_type::float32,
                       .noise = {.seed = run.seed, .first_row = rows_of_draws},
                       .logits = {rows.data()},
                       .index = index.data()};
  for (std::uint64_t left = draws; left > 0; left -= task.rows, task.noise.first_row += task.rows) {
    run.step(double(draws - left) / double(draws));
    task.rows = std::min(left, batch);
    run.sampler.draw(task);
    for (std::uint64_t row = 0; row < task.rows; ++row)
      if (const auto k = std::uint64_t(index[row]); k < classes) ++counts[k], ++drawn;
  }

  double total = 0, x = drawn == draws ? 0 : INFINITY;
  for (const float a : logits) total += std::exp(double(a));
  for (std::uint64_t k = 0; k < classes; ++k) {
    const double expected = double(draws) * std::exp(double(logits[k])) / total, gap = double(counts[k]) - expected;
    x += gap * gap / expected;
  }
  const statistics::range allowed = statistics::chi_square_range(double(classes - 1), check_level);
  return {.name = "gumbel_max: " + std::to_string(classes) + " classes",
          .samples = draws,
          .statistic = "chi-square",
          .value = x,
          .least = allowed.least,
          .most = allowed.most,
          .false_alarm = check_level,
          .meaning = "classes are not drawn with the probabilities softmax(logits)"};
}

check_results class_frequencies(const selftest_run& run) {
  const std::uint64_t more = run.is_long ? 20 : 1;
  return {class_frequency(run, 2, more * 1000000), class_frequency(run, 5, more * 1000000),
          class_frequency(run, 64, more * 500000), class_frequency(run, 1000, more * 100000)};
}

check_results ties(const selftest_run& run) {
  constexpr std::uint64_t draws = 2000;
  return {{.name = "gumbel_max: large logits",
           .samples = draws,
           .statistic = "not that of the most noise",
           .value = double(wrong_of_large_logits(run, draws)),
           .meaning = "noise is lost in the rounding of large scores, so draws do not follow softmax(logits)"},
          {.name = "gumbel_max: ties",
           .samples = draws,
           .statistic = "not the lowest",
           .value = double(wrong_ties_of_words(run, draws)),
           .meaning = "of classes with equal scores another one than the lowest was drawn"}};
}

check_results tail_race(const selftest_run& run, const race& size) {
  constexpr std::uint64_t batch = 16;
  std::vector<float> logits(batch * size.classes), g(batch * size.candidates);
  for (std::uint64_t row = 0; row < batch; ++row) std::fill_n(&logits[row * size.classes], size.candidates, -INFINITY);
  std::uint64_t leader[batch], wins = 0;
  std::int64_t index[batch];
  long double expected = 0;
  for (std::uint64_t done = 0; done < size.draws; done += batch) {
    run.step(double(done) / double(size.draws));
    const std::uint64_t rows = std::min(batch, size.draws - done);
    const noise_address noise{run.seed, rows_of_race + done};
    run.sampler.noise(
        {.rows = rows, .classes = size.candidates, .type = number_type::float32, .noise = noise, .out = {g.data()}});
    for (std::uint64_t row = 0; row < rows; ++row) {
      const float* const first = &g[row * size.candidates];
      leader[row] = std::uint64_t(std::min_element(first, first + size.candidates) - first);
      logits[row * size.classes + leader[row]] = size.lead;
      // Another class wins unless the noise of all of them is below the leader's noise plus its lead.
      const long double times = static_cast<long double>(size.classes - size.candidates);
      expected -= std::expm1(-times * std::exp(-static_cast<long double>(size.lead) - first[leader[row]]));
    }
    run.sampler.draw({.rows = rows,
                      .classes = size.classes,
                      .type = number_type::float32,
                      .noise = noise,
                      .logits = {logits.data()},
                      .index = index});
    for (std::uint64_t row = 0; row < rows; ++row) {
      wins += std::uint64_t(index[row]) != leader[row];
      logits[row * size.classes + leader[row]] = -INFINITY;
    }
  }
  const long double p = expected / static_cast<long double>(size.draws);
  const statistics::range allowed = statistics::binomial_range(size.draws, p, check_level);
  return {{.name = "gumbel_max: race of " + std::to_string(size.classes),
           .samples = size.draws,
           .statistic = "wins",
           .value = double(wins),
           .least = allowed.least,
           .most = allowed.most,
           .false_alarm = check_level,
           .meaning = "classes far behind the top one win too seldom or too often: the tail of the noise is cut"}};
}

check_results tail_race(const selftest_run& run) {
  // In 100,000 draws, 32.8 wins of the others are expected. If the leader's noise is the smallest of 8,192, nearly ten
  // times as many are expected per draw: 18 in 6,000. Having no win at all then has probability 1.2e-8, less than the
  // lower end may have.
  return tail_race(run, run.is_long ? race{262144, 1, 20.5f, 100000} : race{262144, 8192, 20.5f, 6000});
}

}  // namespace gumbelcuda
