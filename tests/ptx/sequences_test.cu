// SPDX-License-Identifier: Apache-2.0
// The models of examples/sequences/ that nvcc compiled: trained on a device they have the bytes of the CPU.
#include <cstdio>
#include <cstring>

#include "examples/sequences/likelihood_model.hpp"
#include "examples/sequences/sequence_gan.hpp"

namespace gumbelcuda::sequences {
namespace {

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

template <class Model>
int differences(const char* name, const Model& model, std::size_t groups) {
  model_fleet_config config{.num_models = 2, .epochs = 2, .steps_per_epoch = 1};
  config.learning_rate.assign(groups, {.01f});
  config.temperature = {{schedule_shape::exponential, 2, {{0, 2.f}, {2, .5f}}}};
  config.history_models = 2;
  const model_fleet_result on_a_device = train_fleet(model, config, {.backend = backend_kind::cuda});
  const model_fleet_result on_the_cpu = train_fleet(model, config, {.backend = backend_kind::cpu});
  const int wrong = int(on_a_device.backend != "cuda") + int(!same(on_a_device.output, on_the_cpu.output)) +
                    int(!same(on_a_device.history, on_the_cpu.history)) +
                    int(!same(on_a_device.parameter, on_the_cpu.parameter));
  std::printf("%s: %d results differ\n", name, wrong);
  return wrong;
}

int all_differences() {
  using small = expressions<1>;
  using gan = sequence_gan<2, 2, 4, 1, small>;
  int wrong = differences("likelihood", likelihood_model<2, 4, 1, small>{}, 1) + differences("default", gan{}, 3);
  gan rao;
  rao.estimator = estimator::gumbel_rao;
  rao.inner_samples = 2;
  rao.feedback = feedback::straight_through;
  rao.judged = judged::dense;
  wrong += differences("gumbel_rao", rao, 3);
  gan soft;
  soft.feedback = feedback::soft;
  soft.loss = loss::hinge;
  soft.real_smoothing = .1f;
  wrong += differences("soft", soft, 3);
  return wrong;
}

}  // namespace
}  // namespace gumbelcuda::sequences

int main() { return gumbelcuda::sequences::all_differences(); }
