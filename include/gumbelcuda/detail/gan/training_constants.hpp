// SPDX-License-Identifier: Apache-2.0
// What every backend needs from a configuration and must compute alike. It is computed once, on the host.
#pragma once

#include <cstdint>
#include <vector>

#include "gumbelcuda/math/categorical.hpp"
#include "gumbelcuda/math/optimizer.hpp"

GUMBELCUDA_MATH_BEGIN

struct training_constants {
  std::vector<float> target;
  std::vector<std::uint32_t> first_word, last_word;  // of each class of the real samples, see class_words
  std::vector<float> adam_values;                    // see adam_corrections

  // `probabilities`: at least one of them, none negative, not all 0.
  explicit training_constants(const std::vector<double>& probabilities)
      : target(probabilities.begin(), probabilities.end()),
        first_word(probabilities.size()),
        last_word(probabilities.size()) {
    share_words(probabilities.data(), int(probabilities.size()), first_word.data(), last_word.data());
    // From t = 16,628 on a correction is 1. Before t = 1000 a value of 1 would be a coincidence, so the loop goes on.
    adam_correction_sequence corrections;
    while (adam_values.size() < 1000 || adam_values.back() != 1) adam_values.push_back(corrections.next());
  }

  class_words real_words() const { return {first_word.data(), last_word.data()}; }
  adam_corrections corrections() const { return {adam_values.data(), adam_values.size()}; }
};

GUMBELCUDA_MATH_END
