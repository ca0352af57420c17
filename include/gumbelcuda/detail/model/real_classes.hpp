// SPDX-License-Identifier: Apache-2.0
// Real samples of a model: classes drawn from a fixed distribution, a word of noise each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gumbelcuda/detail/model/parameters.hpp"
#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/error.hpp"
#include "gumbelcuda/math/categorical.hpp"

GUMBELCUDA_MODEL_BEGIN

template <int K>
class real_classes {
 public:
  // `probabilities`: K of them, none negative, not all 0. Throws invalid_argument.
  explicit real_classes(const std::vector<double>& probabilities) {
    if (probabilities.size() != std::size_t(K))
      throw invalid_argument("probabilities", std::to_string(probabilities.size()) + " of them, but there are " +
                                                  std::to_string(K) + " classes");
    double sum = 0;
    for (const double p : probabilities) {
      if (!(p >= 0 && p <= 1)) throw invalid_argument("probabilities", number_text(p) + " is not in 0 … 1");
      sum += p;
    }
    if (!(sum > 0)) throw invalid_argument("probabilities", "all of them are 0");
    share_words(probabilities.data(), K, first_, last_);
  }

  // Σ over `batch` samples, whose words are 0 … Batch − 1 of the step: of_class[k] of the sample's class, at place k
  // and, once more, at place K, a bias's.
  template <class Run, int Batch, class V>
  GUMBELCUDA_INLINE lanes<V, K + 1> sum(Run& run, fixed<Batch> batch, const V (&of_class)[std::size_t(K)]) const {
    return run.sum(batch, fixed<K + 1>{}, [&](int i, V* terms) {
      const word_of<V> word = run.word(i);
      terms[K] = V(0);
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < K; ++k) {
        const auto is_drawn = word_in_range<V>(word, first_[k], last_[k]);
        terms[k] = select(is_drawn, of_class[k], V(0));
        terms[K] = select(is_drawn, of_class[k], terms[K]);
      }
    });
  }

 private:
  std::uint32_t first_[std::size_t(K)], last_[std::size_t(K)];
};

GUMBELCUDA_MODEL_END
