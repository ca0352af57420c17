// SPDX-License-Identifier: Apache-2.0
// Min-p, top-k and top-p of a row of logits as one threshold, for a part of the row (part.hpp): a class is kept if its
// logit is not below the threshold. Holtzman et al., arXiv:1904.09751 (top-p); Fan, Lewis, Dauphin, arXiv:1805.04833
// (top-k); Nguyen et al., arXiv:2407.01082 (min-p).
//
// The threshold is found without sorting, in few sweeps. The first adds up weights by bin, thin bins near the largest
// logit. The second gathers the logits of the one bin in which enough is reached into a buffer, and the search goes on
// there, by bins of their ordered bits. If they are too many for the buffer, further sweeps search the row in its
// place. The weights are integers, so the threshold depends neither on the order nor on the number of threads or bins.
#pragma once

#include "gumbelcuda/detail/rows/bin_search.hpp"
#include "gumbelcuda/detail/rows/softmax.hpp"
#include "gumbelcuda/math/decimal.hpp"

GUMBELCUDA_MATH_BEGIN

// The filters of one row. The values here turn a filter off.
struct row_filters {
  std::uint64_t top_k = 0;
  float top_p = 1, min_p = 0;

  // Whether a row of so many classes can lose any.
  GUMBELCUDA_INLINE bool are_on(std::uint64_t classes) const {
    return (top_k > 0 && top_k < classes) || top_p < 1 || min_p > 0;
  }
};

// top_p or min_p as the caller meant it.
template <class V>
GUMBELCUDA_INLINE V share_of(float share) {
  if constexpr (sizeof(V) == sizeof(double)) return shortest_decimal(share);
  return V(share);
}

// Shares that people would call equal differ by roundings: of logits that were logarithms, by |x| ulps, and of exp and
// log. So this many units in the last place are tolerated, of a share or of its logarithm.
template <class V>
inline constexpr V share_tolerance = V(sizeof(V) == sizeof(float) ? 0x1p-20 : 0x1p-49);

// The least number that is not more than `gap` below the top, however coarse numbers are there.
template <class V>
GUMBELCUDA_INLINE V least_within(V gap, V top) {
  const V nearest = top - gap;
  return top - nearest > gap ? ordered_bits<V>::number(ordered_bits<V>::of(nearest) + 1) : nearest;
}

// The weights of a row's classes: multiples of a unit, of which a row has less than 2^63 in all. None is 0.
template <class S>
class class_weights {
 public:
  GUMBELCUDA_INLINE class_weights(std::uint64_t classes, S top, S inverse_temperature)
      : top_(top), inverse_temperature_(inverse_temperature) {
    int fraction = 62;
    for (std::uint64_t left = classes; left > 0; left >>= 1) --fraction;
    units_ = S(std::uint64_t{1} << fraction);
  }
  GUMBELCUDA_INLINE std::uint64_t operator()(S x) const { return rounded(in_units(x)); }
  template <class V>
  GUMBELCUDA_INLINE V in_units(const V& x) const {
    return softmax_term(x, tempered_gap<V>(V(top_), V(inverse_temperature_))) * V(units_);
  }
  GUMBELCUDA_INLINE static std::uint64_t rounded(S in_units) { return std::uint64_t(std::int64_t(in_units)) + 1; }

 private:
  S top_, inverse_temperature_, units_;
};

// The classes with a logit ≥ lowest, and their weights, by bin.
template <class V, class Part, class Logits, class Sums>
GUMBELCUDA_INLINE void fill_histograms(const Part& part, scalar_of<V> lowest, Logits logits,
                                       const gap_bins<scalar_of<V>>& bins, const class_weights<scalar_of<V>>& weight,
                                       bool counts_wanted, bool weights_wanted, Sums& sums) {
  if (counts_wanted) sums.clear(0, sums.bits());
  if (weights_wanted) sums.clear(1, sums.bits());
  for_each_quad_from<V>(part, lowest, logits, [&](const scalar_of<V>* x, const V* quad) {
    int bin[quad_elements<V>];
    std::uint64_t of_class[quad_elements<V>];
    GUMBELCUDA_UNROLL
    for (int i = 0; i < quad_elements<V>; ++i) bin[i] = bins.of(x[i]);
    if (counts_wanted) {
      GUMBELCUDA_UNROLL
      for (int i = 0; i < quad_elements<V>; ++i) of_class[i] = x[i] >= lowest ? 1 : 0;
      sums.add(0, bin, of_class);
    }
    if (!weights_wanted) return;
    V weights[quad_size];
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) weights[j] = weight.in_units(quad[j]);
    scalar_of<V> in_units[quad_elements<V>];
    store_elements(weights, in_units);
    GUMBELCUDA_UNROLL
    for (int i = 0; i < quad_elements<V>; ++i) of_class[i] = x[i] >= lowest ? weight.rounded(in_units[i]) : 0;
    sums.add(1, bin, of_class);
  });
}

// Input: `top`, the largest of the logits, is finite; τ > 0; inverse_temperature is that of τ. logits(n, x) gives this
// part's quad n, −inf past the row's end.
template <class Stored, class V = computed_of<Stored>, class Part, class Logits>
GUMBELCUDA_INLINE scalar_of<V> filter_threshold(const Part& part, std::uint64_t classes, const row_filters& filters,
                                                scalar_of<V> top, scalar_of<V> temperature,
                                                scalar_of<V> inverse_temperature, Logits logits) {
  using S = scalar_of<V>;
  S lowest = S(sizeof(S) == 4 ? -0x1.fffffep+127 : -0x1.fffffffffffffp+1023);
  if (filters.min_p > 0) {
    const S meant = -log(max(share_of<S>(filters.min_p), constants_of<S>::smallest_normal));
    const S gap = meant > S(0) ? fma(share_tolerance<S>, max(meant, S(1)), meant) : meant;
    lowest = max(lowest, least_within(temperature * gap, top));
  }
  const bool by_count = filters.top_k > 0 && filters.top_k < classes, by_weight = filters.top_p < 1;
  if (!by_count && !by_weight) return lowest;
  const class_weights<S> weight(classes, top, inverse_temperature);
  const double top_p = double(share_of<S>(filters.top_p)) * (1 - double(share_tolerance<S>));
  const auto wanted_weight = [&](std::uint64_t total) {
    const std::uint64_t wanted = std::uint64_t(double(total) * top_p);
    return wanted > 0 ? wanted : 1;
  };
  auto sums = histograms_of(part, classes);
  const gap_bins<S> bins(top, sums.bits());
  bin_search<Stored, V, Part, Logits> search(part, logits);
  constexpr int counts = 0, weights = 1;
  // If top-k leaves few classes, all of them fit into the buffer, and nobody needs the weights of the others.
  const bool weights_at_once = by_weight && !(by_count && filters.top_k <= std::uint64_t(search.capacity) / 2);
  bool weighed = false, kept_in_buffer = false;
  std::uint64_t kept = 0;  // the weights that top-k left, where the histogram still has those of all
  GUMBELCUDA_ROLLED
  for (int which = by_count ? counts : weights; which <= (by_weight ? weights : counts); ++which) {
    reached_bin at{};
    if (which == weights && kept_in_buffer) {
      search.widen(lowest, top);
    } else {
      if (which == counts || !weighed) {
        weighed = which == weights || weights_at_once;
        fill_histograms<V>(part, lowest, logits, bins, weight, which == counts, weighed, sums);
      }
      at = sums.reach(which, [&](std::uint64_t total) {
        return which == counts ? filters.top_k : wanted_weight(kept > 0 ? kept : total);
      });
      if (at.bin > bins.last()) continue;  // k classes or fewer
      kept_in_buffer = which == counts && by_weight && !weighed &&
                       filters.top_k - at.wanted + at.inside <= std::uint64_t(search.capacity);
      search.open(bins, at.bin, lowest, kept_in_buffer);
    }
    lowest = search.threshold(
        sums, [&](std::uint64_t total) { return at.wanted > 0 ? at.wanted : wanted_weight(total); },
        [&](S x) { return which == counts ? 1 : weight(x); });
    if (which == counts && weighed) kept = part.sum(sums.own_before(weights, at.bin) + search.own_sum(lowest, weight));
  }
  return lowest;
}

GUMBELCUDA_MATH_END
