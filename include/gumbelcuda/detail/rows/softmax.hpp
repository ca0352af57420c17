// SPDX-License-Identifier: Apache-2.0
// Gumbel-softmax of one row and its vector-Jacobian product, for a part of the row (part.hpp): the definitions of
// math/softmax.hpp for rows of any length, with the row's own order of sums.
//
// A row is swept as often as needed. What a sweep computes is cached for the next if there is capacity (`cache`), and
// computed again if there is not; the bits are the same.
#pragma once

#include "gumbelcuda/detail/rows/exact_score.hpp"
#include "gumbelcuda/math/softmax.hpp"
#include "gumbelcuda/math/storage.hpp"

GUMBELCUDA_MATH_BEGIN

// A cache of four values per quad. Storage: V[4·N], or V* with capacity for 4·quads().
template <class V, class Storage>
struct cached_quads {
  static constexpr bool keeps = true;
  Storage values;
  GUMBELCUDA_INLINE void set(std::int64_t n, const V* x) {
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) values[quad_size * n + j] = x[j];
  }
  GUMBELCUDA_INLINE void get(std::int64_t n, V* x) const {
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) x[j] = values[quad_size * n + j];
  }
};
template <class V, int Quads>
using quads_in_registers = cached_quads<V, V[std::size_t(quad_size * Quads)]>;
template <class V>
using quads_in_memory = cached_quads<V, V*>;
struct uncached_quads {
  static constexpr bool keeps = false;
  template <class V>
  GUMBELCUDA_INLINE void set(std::int64_t, const V*) {}
  template <class V>
  GUMBELCUDA_INLINE void get(std::int64_t, V*) const {}
};

// The cache of a part: in registers if the part has its quads in registers, otherwise none.
template <class V, class Part>
GUMBELCUDA_INLINE auto cached_by(const Part& part) {
  if constexpr (in_registers<Part>)
    return quads_in_registers<V, int(decltype(part.quads()){})>{};
  else
    return uncached_quads{};
}

// The largest of values(n, x), which gives four values per quad; with Padded also for quads past the row's end, −inf
// each.
template <class V, bool Padded = false, class Part, class Values>
GUMBELCUDA_INLINE scalar_of<V> row_max(const Part& part, Values values) {
  V top = V(scalar_of<V>(-INFINITY));
  for_each_quad<Padded>(part, [&](std::int64_t n) {
    V x[quad_size];
    values(n, x);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) top = either_max(top, x[j]);
  });
  return part.max(top);
}

// The classes of a part whose value is `wanted`, the same in all elements: the lowest one, or no_class, and their
// number.
struct found_classes {
  std::uint64_t first = no_class, count = 0;
};
template <class V, class Part, class Values>
GUMBELCUDA_INLINE found_classes find_classes_with(const Part& part, V wanted, Values values) {
  found_classes classes;
  for_each_quad(part, [&](std::int64_t n) {
    V x[quad_size];
    values(n, x);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j)
      if (const auto found = x[j] == wanted; any_element(found)) [[unlikely]] {
        if (classes.first == no_class)
          classes.first = class_of<V>(part.quad(n), j) + std::uint64_t(first_element(found));
        classes.count += std::uint64_t(count_elements(found));
      }
  });
  return classes;
}
// The lowest such class of the row, or no_class.
template <class V, class Part, class Values>
GUMBELCUDA_INLINE std::uint64_t first_class_with(const Part& part, V wanted, Values values) {
  return part.min(find_classes_with(part, wanted, values).first);
}
// The largest of values(n, x) and the lowest class that has it. With a NaN among them neither means anything; if all
// are −inf, there may be no class.
template <class V, class Part, class Values>
GUMBELCUDA_INLINE std::pair<scalar_of<V>, std::uint64_t> row_argmax(const Part& part, Values values) {
  using S = scalar_of<V>;
  // One sweep of a GPU's memory; two of registers, of a CPU's cache, or of vectors, whose elements have classes of
  // their own.
  if constexpr (lane<V>::width > 1 || in_registers<Part> || std::is_same_v<Part, whole_row>) {
    const S top = row_max<V>(part, values);
    return {top, first_class_with(part, V(top), values)};
  } else {
    S top = S(-INFINITY);
    std::uint64_t first = no_class;
    for_each_quad(part, [&](std::int64_t n) {
      V x[quad_size];
      values(n, x);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) {
        if (!(x[j] > top)) continue;
        top = x[j];
        first = class_of<V>(part.quad(n), j);
      }
    });
    const S of_row = part.max(top);
    return {of_row, part.min(top == of_row ? first : no_class)};
  }
}

// The class of the largest score. values(n, z), four per quad, gives rounded scores, of which `top` is the largest;
// among_ties() is first_of_ties() for `top`.
template <class V, class Part, class Values, class AmongTies>
GUMBELCUDA_INLINE std::uint64_t class_of_largest(const Part& part, scalar_of<V> top, Values values,
                                                 AmongTies among_ties) {
  const found_classes found = find_classes_with(part, V(top), values);
  std::uint64_t index = part.min(found.first);
  const bool tied = part.sum(top > scalar_of<V>(-INFINITY) ? found.count : 0) > 1;  // the same in all parts, NaN or not
  if (!part.any_nearby(tied)) [[likely]]
    return index;
  const std::uint64_t first = among_ties();
  return tied ? first : index;
}

// Σ exp(x − top) over the values x of a row, the largest of which is `top`. NaN for a row with a NaN, a +inf or nothing
// above −inf.
template <class S>
struct row_exponentials {
  S top, total;
};

// values(n, x) gives four values per quad, −inf past the row's end.
template <class V, class Part, class Values>
GUMBELCUDA_INLINE row_exponentials<scalar_of<V>> sum_exponentials(const Part& part, V* slots, Values values) {
  const scalar_of<V> top = row_max<V>(part, values);
  return {top, row_sum(part, slots, [&](std::int64_t n, V* e) {
            values(n, e);
            GUMBELCUDA_UNROLL
            for (int j = 0; j < quad_size; ++j) e[j] = softmax_term(e[j], V(top));
          })};
}

// For a row of logits: log p_k = (logit_k − top) − log_total.
template <class S>
struct log_normalizer {
  S top = S(0), total = S(0), log_total = S(0);
  log_normalizer() = default;
  GUMBELCUDA_INLINE explicit log_normalizer(const row_exponentials<S>& sum)
      : top(sum.top), total(sum.total), log_total(total == total ? log(total) : total) {}
  GUMBELCUDA_INLINE S log_prob(S logit) const { return (logit - top) - log_total; }
};

// The exponentials of a quad of scores. Of classes from `count` on, which are past the row's end, they are 0.
template <int Count, class V>
GUMBELCUDA_INLINE void first_softmax_terms(V* z, const tempered_gap<V>& gap) {
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j) z[j] = j < Count ? softmax_term(z[j], gap) : V(0);
}
template <class V, class Count>
GUMBELCUDA_INLINE void softmax_terms(V* z, const tempered_gap<V>& gap, Count count) {
  if (is_fixed<Count> || count > 2)
    first_softmax_terms<quad_size>(z, gap);
  else if (count == 2)
    first_softmax_terms<2>(z, gap);
  else
    first_softmax_terms<1>(z, gap);
}

// Keeps the scores of a part's quads in `cache`; gives the row's largest.
template <class V, class Part, class Scores, class Cache>
GUMBELCUDA_INLINE scalar_of<V> cache_scores(const Part& part, const Scores& scores, Cache& cache) {
  return row_max<V, true>(part, [&](std::int64_t n, V* z) {
    scores(n, z);
    cache.set(n, z);
  });
}

// y = softmax(z/τ) of a row, or log y. scores(n, z) computes z of this part's quad n, −inf past the row's end.
// scores.first_of_ties(top) and scores.best() say which class has the largest score (exact_score.hpp). best() is for
// rows without a cache: it need not compute all of z. If `cache` keeps values, it holds what the last sweep left: z for
// log y, exponentials for y.
template <class V, class Part, class Cache, class Scores>
class row_softmax {
  using S = scalar_of<V>;

 public:
  GUMBELCUDA_INLINE row_softmax(const Part& part, Cache& cache, V* slots, S inverse_temperature, bool log_domain,
                                bool index_wanted, Scores scores)
      : cache_(cache), scores_(scores), log_domain_(log_domain) {
    if constexpr (Cache::keeps) {
      top_ = cache_scores<V>(part, scores, cache);
      if (index_wanted)
        drawn_ = class_of_largest<V>(
            part, top_, [&](std::int64_t n, V* z) { get(n, z); }, [&] { return scores_.first_of_ties(top_); });
    } else {
      const auto best = scores_.best(index_wanted);
      top_ = best.score;
      drawn_ = best.index;
    }
    const tempered_gap<V> gap{V(top_), V(inverse_temperature)};
    gap_ = gap;
    const auto terms = [&](std::int64_t n, V* e) {
      get(n, e);
      softmax_terms(e, gap, classes_of_quad(part, n));
    };
    const auto cached_terms = [&](std::int64_t n, V* e) {
      terms(n, e);
      if (!log_domain) cache.set(n, e);
    };
    // Where quads stay in registers, a test for each would take more than code for either case.
    if (in_registers<Part> && log_domain)
      total_ = row_sum<true>(part, slots, terms);
    else
      total_ = row_sum<true>(part, slots, cached_terms);
    if (!is_valid()) drawn_ = no_class;
    scale_ = S(1) / total_;
    if (log_domain) log_total_ = is_valid() ? log(total_) : total_;
  }

  // False if the row has a NaN, a +inf or nothing above −inf, or if τ is NaN; y is then NaN.
  GUMBELCUDA_INLINE bool is_valid() const { return total_ == total_; }
  // The class of the largest score; no_class for a row that is not valid, or if the index was not wanted.
  GUMBELCUDA_INLINE std::uint64_t drawn() const { return drawn_; }

  GUMBELCUDA_INLINE void operator()(std::int64_t n, V* y) const {
    get(n, y);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      if (log_domain_)
        y[j] = gap_(y[j]) - V(log_total_);
      else
        y[j] = (Cache::keeps ? y[j] : softmax_term(y[j], gap_)) * V(scale_);
    }
  }

 private:
  GUMBELCUDA_INLINE void get(std::int64_t n, V* z) const {
    if constexpr (Cache::keeps)
      cache_.get(n, z);
    else
      scores_(n, z);
  }

  Cache& cache_;
  Scores scores_;
  S top_, total_, scale_, log_total_ = S(0);
  tempered_gap<V> gap_;
  std::uint64_t drawn_ = no_class;
  bool log_domain_;
};

// From d_y = dL/dy to dL/dlogits, which is passed to put, and, if wanted, to dL/dτ = −Σ_k (dL/dlogits_k)·(log
// y_k − log y_max), which is returned. tempered_softmax_vjp has the formula and its pivot. y(n, x) and d_y(n, x) give
// this part's quad n, d_y_of(k) that of any class; past the row's end all are 0. put is not called before the last d_y
// has been read. All results are NaN if y or d_y has a NaN or an infinity.
template <class V, class Part, class Y, class Upstream, class UpstreamOf, class Put>
GUMBELCUDA_INLINE scalar_of<V> row_softmax_vjp(const Part& part, V* slots, scalar_of<V> gradient_scale,
                                               bool temperature_wanted, Y y, Upstream d_y, UpstreamOf d_y_of, Put put) {
  using S = scalar_of<V>;
  const auto [top, top_class] = row_argmax<V>(part, y);
  const S pivot = top_class == no_class ? S(NAN) : d_y_of(top_class);
  const S mean = row_sum(part, slots, [&](std::int64_t n, V* t) {
    V share[quad_size];
    y(n, share);
    d_y(n, t);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) t[j] = share[j] * (t[j] - V(pivot));
  });
  const auto d_logits = [&](std::int64_t n, const V* share, V* d) {
    d_y(n, d);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) d[j] = softmax_term_vjp(share[j], d[j] - V(pivot), V(mean), V(gradient_scale));
  };
  S d_temperature = S(0);
  if (temperature_wanted) {
    const S log_top = log(top);
    d_temperature = -row_sum(part, slots, [&](std::int64_t n, V* t) {
      V share[quad_size];
      y(n, share);
      d_logits(n, share, t);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) {
        const V log_share = log(max(share[j], V(constants_of<V>::smallest_normal)));
        t[j] = select(t[j] == V(0), V(0), t[j] * (log_share - V(log_top)));
      }
    });
  }
  for_each_quad(part, [&](std::int64_t n) {
    V share[quad_size], d[quad_size];
    y(n, share);
    d_logits(n, share, d);
    put(n, d);
  });
  return d_temperature;
}

GUMBELCUDA_MATH_END
