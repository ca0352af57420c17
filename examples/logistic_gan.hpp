// SPDX-License-Identifier: Apache-2.0
// The article's GAN, as a model of one's own (docs/models.md): K logits with Gumbel-softmax against logistic
// regression.
#pragma once

#include <gumbelcuda/model_fleet.hpp>

// In a namespace inside the library's: there exp(), sqrt() and so on are its own, with the same bits everywhere.
namespace gumbelcuda::example {

template <int K, int Batch, int GeneratorSteps>
struct logistic_gan {
  using parameters = parameter_groups<K, K + 1>;  // the generator's; the discriminator's, with the bias last
  static constexpr fixed<0> logits{};
  static constexpr fixed<1> weights{};
  static constexpr int outputs = K, start_blocks = (K + 3) / 4, real_blocks = (Batch + 3) / 4,
                       step_blocks = real_blocks + (Batch * (GeneratorSteps + 1) + 3) / 4 * K;
  real_classes<K> target;

  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void start(Run& run) const {
    for (int k = 0; k < K; ++k) run.parameters(logits)[k] = V(1);
    for (int k = 0; k < K; ++k) run.parameters(weights)[k] = V(glorot_limit<float>(K)) * uniform_signed<V>(run.word(k));
    run.parameters(weights)[K] = V(0);
  }
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void step(Run& run) const {
    const V* const now = run.parameters(weights);
    V of_class[K];  // what a real sample adds at its class's weight, and at the bias
    for (int k = 0; k < K; ++k) of_class[k] = d_cross_entropy_label_1(now[k] + now[K]);
    auto sums = target.sum(run, fixed<Batch>{}, of_class);
    gumbel_softmax_samples fake(run, fixed<K>{}, real_blocks);
    sums += fake.sum(0, fixed<Batch>{}, fixed<K + 1>{}, logits, weights,
                     [](const V* y, const V* w, V* terms) { fake_terms(y, w, terms, fixed<K>{}); });
    run.update(weights, sums, V(1) / V(Batch));
    for (int update = 1; update <= GeneratorSteps; ++update)
      run.update(logits,
                 fake.sum(
                     update * Batch, fixed<Batch>{}, fixed<K>{}, logits, weights,
                     [](const V* y, const V* w, V* terms) { generator_terms(y, w, terms, fixed<K>{}); },
                     zero_terms_if_one_hot{}),
                 generator_gradient_scale(run.temperature()) / V(Batch));
  }
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void output(const Run& run, V* distribution) const {
    tempered_softmax(run.parameters(logits), distribution, V(1), fixed<K>{});
  }
};

}  // namespace gumbelcuda::example
