// SPDX-License-Identifier: Apache-2.0
// A model of one's own that nvcc compiled: trained on a device, in several launches, it gives the bytes of the built-in
// GAN on the CPU.
#include <cstdio>
#include <cstring>

#include "examples/logistic_gan.hpp"
#include "tests/model/config_of.hpp"

namespace {

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// How many of the results on a device are not those of the CPU.
template <class Model>
int differences_from_the_cpu(const Model& model, const gumbelcuda::model_fleet_config& config) {
  const gumbelcuda::model_fleet_result own =
      gumbelcuda::train_fleet(model, config, {.backend = gumbelcuda::backend_kind::cuda});
  const gumbelcuda::model_fleet_result on_the_cpu =
      gumbelcuda::train_fleet(model, config, {.backend = gumbelcuda::backend_kind::cpu});
  return int(own.backend != "cuda") + int(!same(own.output, on_the_cpu.output)) +
         int(!same(own.history, on_the_cpu.history)) + int(!same(own.parameter, on_the_cpu.parameter));
}

template <int K, int Batch, int GeneratorSteps>
int differences(gumbelcuda::fleet_config config) {
  config.batch_size = Batch;
  config.generator_steps = GeneratorSteps;
  const gumbelcuda::fleet_result built_in = train_fleet(config, {.backend = gumbelcuda::backend_kind::cpu});
  const gumbelcuda::model_fleet_config same_config = gumbelcuda::testing_models::config_of(config);
  const gumbelcuda::example::logistic_gan<K, Batch, GeneratorSteps> model{gumbelcuda::real_classes<K>(config.target)};
  const gumbelcuda::model_fleet_result own =
      gumbelcuda::train_fleet(model, same_config, {.backend = gumbelcuda::backend_kind::cuda});
  const int wrong = differences_from_the_cpu(model, same_config) + int(!same(own.output, built_in.distribution)) +
                    int(!same(own.history, built_in.history));
  if (wrong > 0) std::printf("K = %d, temperature %g: %d results differ\n", K, double(config.temperature[0]), wrong);
  return wrong;
}

// Every optimiser, with temperatures that change.
int differences_of_optimizers() {
  using namespace gumbelcuda;
  int wrong = 0;
  for (const optimizer_settings& optimizer :
       {optimizer_settings{}, optimizer_settings{optimizer_kind::adam, .5},
        optimizer_settings{optimizer_kind::adam_pytorch, .9, .99, 1e-3f}, optimizer_settings{optimizer_kind::sgd, .8},
        optimizer_settings{optimizer_kind::rmsprop, .9, .97, 1e-6f}}) {
    const model_fleet_config config{.num_models = 2,
                                    .epochs = 2,
                                    .steps_per_epoch = 2,
                                    .learning_rate = {{.01f}, {.02f, .03f}},
                                    .optimizer = optimizer,
                                    .temperature = {{schedule_shape::exponential, 2, {{0, .5f}, {4, 1e-3f}}}},
                                    .history_models = 2};
    wrong += differences_from_the_cpu(example::logistic_gan<3, 5, 2>{real_classes<3>({.5, .25, .25})}, config);
  }
  if (wrong > 0) std::printf("optimisers: %d results differ\n", wrong);
  return wrong;
}

}  // namespace

int main() {
  int wrong = differences_of_optimizers();
  gumbelcuda::fleet_config config{.num_gans = 3, .epochs = 3, .steps_per_epoch = 2, .history_gans = 2};
  for (const float temperature : {1e-3f, .5f, 0.f}) {
    config.temperature = {temperature};
    wrong += differences<5, 10, 10>(config);
  }
  config.temperature = {.1f, .2f, .3f};
  config.generator_learning_rate = {1e-2f, 1e-3f, 3e38f};
  config.first_gan = 0xffffffff;
  wrong += differences<5, 10, 10>(config);
  // More than a warp, whose lanes share samples, and some that have no model.
  config.generator_learning_rate = {1e-2f};
  config.temperature = {2e-3f};
  config.num_gans = 37;
  config.epochs = 1;
  config.steps_per_epoch = 1;
  wrong += differences<5, 10, 10>(config);
  config.num_gans = 3;
  config.temperature = {.1f, .2f, .3f};
  config.target = {.25, .75};
  wrong += differences<2, 33, 1>(config);
  std::printf("%d results differ\n", wrong);
  return wrong;
}
