// SPDX-License-Identifier: Apache-2.0
// The self-test's checks, in the order in which they run.
#pragma once

#include "gumbelcuda/location_scale.hpp"
#include "host/selftest/checks.hpp"

namespace gumbelcuda {

struct selftest_part {
  const char* name;
  check_results (*run)(const selftest_run& run);
};

inline constexpr selftest_part selftest_parts[] = {
    {"golden values", golden_bytes},
    {"bytes on one thread", same_as_one_thread},
    {"chosen words", noise_of_chosen_words},
    {"every word", noise_of_every_word},
    {"tail of the noise", noise_of_the_tail},
    {"law of the noise", noise_law},
    {"permutations", permutations},
    {"correlations", correlations},
    {"class frequencies", class_frequencies},
    {"ties", ties},
    {"tail race", tail_race},
    {"relaxation", relaxation},
    {"gradient", gradient},
};

}  // namespace gumbelcuda
