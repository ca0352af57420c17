// SPDX-License-Identifier: Apache-2.0
// Every check of the self-test, by its subject. Sizes are arguments where the tests need smaller ones.
#pragma once

#include "gumbelcuda/location_scale.hpp"
#include "host/selftest/check.hpp"

namespace gumbelcuda {

using check_results = std::vector<check_result>;

// Bytes: equal to the recorded ones; equal on this backend and on one CPU thread.
check_results golden_bytes(const selftest_run& run);
check_results same_as_one_thread(const selftest_run& run, std::uint64_t shapes);
check_results same_as_one_thread(const selftest_run& run);

// Noise as a function of its word: at chosen words, and in the tail, where a word has more than 32 bits.
check_results noise_of_chosen_words(const selftest_run& run);
check_results noise_of_every_word(const selftest_run& run);
check_results noise_of_the_tail(const selftest_run& run);

// The law of the noise: of one value, and of several together.
check_results noise_law(const selftest_run& run, std::uint64_t batches, std::uint64_t batches_for_distribution);
check_results noise_law(const selftest_run& run);
check_results permutations(const selftest_run& run);
check_results correlations(const selftest_run& run, std::uint64_t rows);
check_results correlations(const selftest_run& run);

// Draws.
check_result class_frequency(const selftest_run& run, std::uint64_t classes, std::uint64_t draws);
check_results class_frequencies(const selftest_run& run);
check_results ties(const selftest_run& run);
// One class leads by `lead`: of the first `candidates`, the one with the smallest noise; the other candidates are
// masked. The smaller the leader's noise, the likelier one of the remaining classes wins.
struct race {
  std::uint64_t classes, candidates;
  float lead;
  std::uint64_t draws;
};
check_results tail_race(const selftest_run& run, const race& size);
check_results tail_race(const selftest_run& run);

// The relaxation and its gradient.
check_results relaxation(const selftest_run& run);
check_results gradient(const selftest_run& run);

}  // namespace gumbelcuda
