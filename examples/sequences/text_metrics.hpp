// SPDX-License-Identifier: Apache-2.0
// How near sequences are to a text by their n-grams; and what n-gram models say of a text, to compare with.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "text.hpp"

namespace gumbelcuda::example {

// How often each n-gram occurs in symbols that stand in sequences of `length`, none across two of them.
inline std::vector<double> ngram_counts(const std::vector<std::uint8_t>& symbols, std::size_t length, int n) {
  constexpr std::size_t base = std::size_t(sequences::text::symbols);
  std::size_t cells = 1;
  for (int i = 0; i < n; ++i) cells *= base;
  std::vector<double> counts(cells);
  for (std::size_t first = 0; first + length <= symbols.size(); first += length) {
    std::size_t cell = 0;
    for (std::size_t t = 0; t < length; ++t) {
      cell = (cell * base + symbols[first + t]) % cells;
      if (t + 1 >= std::size_t(n)) ++counts[cell];
    }
  }
  return counts;
}

// Half the sum of the differences of their frequencies.
inline double total_variation(const std::vector<double>& a, const std::vector<double>& b) {
  double of_a = 0, of_b = 0, sum = 0;
  for (const double count : a) of_a += count;
  for (const double count : b) of_b += count;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::fabs(a[i] / of_a - b[i] / of_b);
  return sum / 2;
}

// A model of each symbol given up to n − 1 before it. A context's frequencies are mixed with those of the context that
// is shorter by one symbol, as if the latter had been seen `prior` times; the shortest knows nothing    MacKay and
// Peto, A hierarchical Dirichlet language model, 1995
class ngram_model {
 public:
  ngram_model(const std::vector<std::uint8_t>& symbols, int n) {
    for (int i = 1; i <= n; ++i) counts_.push_back(ngram_counts(symbols, symbols.size(), i));
  }
  // Bits per character of sequences of `length`, of each of which nothing is known at its beginning.
  double bits(const std::vector<std::uint8_t>& symbols, std::size_t length) const {
    double sum = 0;
    for (std::size_t i = 0; i < symbols.size(); ++i)
      sum -= std::log2(probability(&symbols[i], std::min(counts_.size(), i % length + 1)));
    return sum / double(symbols.size());
  }

 private:
  static constexpr double prior = 5;
  // Of a symbol given order − 1 before it.
  double probability(const std::uint8_t* symbol, std::size_t order) const {
    constexpr std::size_t base = std::size_t(sequences::text::symbols);
    if (order == 0) return 1. / double(base);
    std::size_t context = 0;
    for (std::size_t i = order - 1; i > 0; --i) context = context * base + *(symbol - i);
    const double* const row = &counts_[order - 1][context * base];
    double seen = 0;
    for (std::size_t k = 0; k < base; ++k) seen += row[k];
    return (row[*symbol] + prior * probability(symbol, order - 1)) / (seen + prior);
  }

  std::vector<std::vector<double>> counts_{};
};

}  // namespace gumbelcuda::example
