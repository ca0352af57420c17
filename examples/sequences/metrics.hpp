// SPDX-License-Identifier: Apache-2.0
// How near a generator's law is to its target, from the probability of every right string: nothing is sampled. What
// the law has beyond those strings, 1 − mass, is wrong.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace gumbelcuda::example {

struct law_metrics {
  double mass = 0;              // of all right strings
  double kl = 0;                // KL(target ‖ law), nats: large if the law lacks strings
  double reverse_kl = 0;        // KL(law given that the string is right ‖ target), nats
  double total_variation = 0;   // wrong strings included
  double coverage = 0;          // the target's probability of strings that have more than a tenth of their target
  double strings = 0;           // how many those are
  double entropy = 0;           // of the law given that the string is right, nats
  double most_likely = 0;       // the same law's largest probability: 1 if the generator has collapsed to one string
  std::vector<double> kinds{};  // mass by kind, say by length
};

// `target` sums to 1. kind_of[s] = 0 … kinds − 1. A probability below the least normal float counts as that, since the
// law was computed in floats: so a string that never comes adds about 87 nats times its target to kl.
template <class Number>
law_metrics metrics_of(const std::vector<double>& target, const Number* law, const std::vector<int>& kind_of,
                       int kinds) {
  constexpr double least = std::numeric_limits<float>::min();
  law_metrics m;
  m.kinds.assign(std::size_t(kinds), 0);
  for (std::size_t s = 0; s < target.size(); ++s) {
    const double p = double(law[s]), q = target[s];
    m.mass += p;
    m.kinds[std::size_t(kind_of[s])] += p;
    m.kl += q * std::log(q / std::max(p, least));
    m.total_variation += std::fabs(p - q) / 2;
    if (p > q / 10) m.coverage += q, m.strings += 1;
  }
  m.total_variation += std::max(0., 1 - m.mass) / 2;
  if (std::isnan(m.mass)) {  // the training has diverged
    m.kl = m.reverse_kl = m.total_variation = m.coverage = m.strings = m.entropy = m.most_likely = m.mass;
    return m;
  }
  if (m.mass == 0) {  // there is no law of the right strings, and no diversity
    m.reverse_kl = std::numeric_limits<double>::quiet_NaN();
    return m;
  }
  for (std::size_t s = 0; s < target.size(); ++s) {
    const double p = double(law[s]) / m.mass;
    m.most_likely = std::max(m.most_likely, p);
    if (!(p > 0)) continue;
    m.entropy -= p * std::log(p);
    m.reverse_kl += p * std::log(p / target[s]);
  }
  return m;
}

// The least value that a share of the values, 0 … 1, does not exceed, between two of them by a straight line. NaN,
// from trainings that diverged, count as the largest.
inline double quantile(std::vector<double> values, double share) {
  const auto rank = [](double x) { return std::isnan(x) ? std::numeric_limits<double>::infinity() : x; };
  std::sort(values.begin(), values.end(), [&](double a, double b) { return rank(a) < rank(b); });
  const double place = share * double(values.size() - 1);
  const std::size_t low = std::size_t(place), high = std::min(low + 1, values.size() - 1);
  const double part = place - double(low);
  return part > 0 ? values[low] + part * (values[high] - values[low]) : values[low];
}

}  // namespace gumbelcuda::example
