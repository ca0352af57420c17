// SPDX-License-Identifier: Apache-2.0
// The optimiser of a fleet of models: math/optimizer.hpp with what is the same for all of them.
#pragma once

#include <vector>

#include "gumbelcuda/detail/gan/model.hpp"
#include "gumbelcuda/detail/model/parameters.hpp"
#include "gumbelcuda/math/optimizer.hpp"

namespace gumbelcuda {

struct optimizer_settings {
  optimizer_kind kind = optimizer_kind::adam;
  // β₁ (sgd: its momentum) and β₂: in [0, 1 − 1e-6]. ε: > 0, finite.
  double beta_1 = .9, beta_2 = .999;
  float epsilon = 1e-8f;

  bool operator==(const optimizer_settings&) const = default;
};

}  // namespace gumbelcuda

GUMBELCUDA_MODEL_BEGIN

// update(n) for each parameter of a group. A large group is not in a kernel's registers, and its loop is not unrolled.
template <class Count, class Update>
GUMBELCUDA_INLINE void for_each_parameter(Count count, Update update) {
  if constexpr (Count{} > 64) {
    GUMBELCUDA_ROLLED
    for (int n = 0; n < count; ++n) update(n);
  } else {
    GUMBELCUDA_UNROLL_ON_GPU
    for (int n = 0; n < count; ++n) update(n);
  }
}

// The steps of the article's Adam, whose constants are known when compiling. Each function updates `count` parameters,
// for the t-th time, t = 1, 2, …, with the gradient sums·factor.
struct article_adam {
  adam_corrections correction;

  template <class V, class Count>
  GUMBELCUDA_OUT_OF_LINE static void update_out_of_line(V* parameters, V* m, V* v, const V* sums, const V& factor,
                                                        const V& rate, Count count) {
    for_each_parameter(count, [&](int n) { adam_update(parameters[n], m[n], v[n], sums[n] * factor, rate); });
  }
  // Inlined into a model's loops it would push the samples' code out of the processor's caches.
  template <class V, class Count>
  GUMBELCUDA_INLINE void update(V* parameters, V* m, V* v, const V* sums, const V& factor, const V& rate,
                                std::uint64_t t, Count count) const {
    update_out_of_line(parameters, m, v, sums, factor, rate * V(correction(t)), count);
  }
};

// The steps of any optimiser.
struct any_optimizer {
  optimizer_kind kind;
  bool is_the_articles;
  float beta_1, one_minus_beta_1, one_minus_beta_2, epsilon;
  adam_corrections correction, root;  // √(1 − β₂ᵗ)/(1 − β₁ᵗ) and √(1 − β₂ᵗ)

  template <class V, class Count>
  GUMBELCUDA_OUT_OF_LINE static void update_out_of_line(V* parameters, V* m, V* v, const V* sums, const V& factor,
                                                        const optimizer_step<V>& step, Count count) {
    for_each_parameter(count, [&](int n) { step(parameters[n], m[n], v[n], sums[n] * factor); });
  }
  template <class V, class Count>
  GUMBELCUDA_INLINE void update(V* parameters, V* m, V* v, const V* sums, const V& factor, const V& rate,
                                std::uint64_t t, Count count) const {
    if (is_the_articles) return article_adam{correction}.update(parameters, m, v, sums, factor, rate, t, count);
    optimizer_step<V> step{kind, rate, V(beta_1), {V(one_minus_beta_1), V(one_minus_beta_2), V(epsilon)}};
    if (corrects_bias(kind)) step.rate = rate * V(correction(t));
    if (kind == optimizer_kind::adam_pytorch) step.adam.epsilon = V(epsilon) * V(root(t));
    update_out_of_line(parameters, m, v, sums, factor, step, count);
  }
};

// What an any_optimizer points to, computed on the host: square root and division are correctly rounded there.
class optimizer_tables {
 public:
  explicit optimizer_tables(const optimizer_settings& of) : settings_(of) {
    if (!corrects_bias(of.kind)) return;
    // Below 2^-27 a power changes neither number any more: both are 1.
    for (double power_1 = of.beta_1, power_2 = of.beta_2; power_1 > 0x1p-27 || power_2 > 0x1p-27;
         power_1 *= of.beta_1, power_2 *= of.beta_2) {
      const double root = std::sqrt(1 - power_2);
      root_.push_back(float(root));
      correction_.push_back(float(root / (1 - power_1)));
    }
  }
  any_optimizer optimizer() const {
    return {settings_.kind,
            settings_ == optimizer_settings{},
            float(settings_.beta_1),
            float(1 - settings_.beta_1),
            float(1 - settings_.beta_2),
            settings_.epsilon,
            {correction_.data(), correction_.size()},
            {root_.data(), root_.size()}};
  }

 private:
  optimizer_settings settings_;
  std::vector<float> correction_, root_;
};

GUMBELCUDA_MODEL_END
