// SPDX-License-Identifier: Apache-2.0
// A model that is no GAN (docs/models.md): K logits q fit a distribution p that is known up to a factor, by the
// gradient of KL(q, p) = E[log q[k] − log p[k]] through relaxed samples. A thousand copies side by side, whose
// temperature falls: a smaller one leaves less bias.
#include <gumbelcuda/model_fleet.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace gumbelcuda::example {

template <int K, int Batch>
struct fit_by_kl {
  using parameters = parameter_groups<K>;
  static constexpr fixed<0> logits{};
  static constexpr int outputs = K, start_blocks = 0, step_blocks = (Batch + 3) / 4 * K;
  float log_p[K];  // up to a constant

  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void start(Run& run) const {
    for (int k = 0; k < K; ++k) run.parameters(logits)[k] = V(0);
  }
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void step(Run& run) const {
    gumbel_softmax_samples samples(run, fixed<K>{}, 0);
    const auto gradient = samples.sum(
        0, fixed<Batch>{}, fixed<K>{}, logits, logits,
        [this](const V* y, const V* q, V* terms) {
          V d_y[K];  // log q[k] − log p[k]; a constant for all k has no gradient
          for (int k = 0; k < K; ++k) d_y[k] = q[k] - V(log_p[k]);
          tempered_softmax_vjp(y, d_y, terms, V(1), fixed<K>{});
        },
        zero_terms_if_one_hot{});
    run.update(logits, gradient, gradient_scale(run.temperature()) / V(Batch));
  }
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void output(const Run& run, V* q) const {
    tempered_softmax(run.parameters(logits), q, V(1), fixed<K>{});
  }
};

}  // namespace gumbelcuda::example

int main() {
  const double p[4] = {.1, .2, .3, .4};
  using namespace gumbelcuda;
  example::fit_by_kl<4, 16> model{};
  for (int k = 0; k < 4; ++k) model.log_p[k] = float(std::log(p[k]) + 7);
  model_fleet_config config{.num_models = 1000, .steps_per_epoch = 1000, .learning_rate = {{.01f}}};
  config.optimizer = {.kind = optimizer_kind::adam_pytorch, .beta_1 = .5};
  config.temperature = {{schedule_shape::exponential, 2, {{0, 2.f}, {800, .5f}}}};
  const model_fleet_result result = train_fleet(model, config);
  double worst = 0;
  for (std::uint64_t i = 0; i < result.num_models; ++i) {
    double total_variation = 0;
    for (std::uint64_t k = 0; k < 4; ++k) total_variation += std::abs(double(result.output[i * 4 + k]) - p[k]) / 2;
    worst = std::max(worst, total_variation);
  }
  std::printf("%d at a time; the worst of 1000 models is off by %.6f (total variation)\n", result.side_by_side, worst);
  return worst < 1e-3 ? 0 : 1;
}
