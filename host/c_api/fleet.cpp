// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/fleet.h: turns a configuration in C into one in C++, and shows the result.
#include "gumbelcuda/fleet.hpp"

#include "host/api/config_checks.hpp"
#include "host/c_api/training.hpp"

namespace gumbelcuda::c_api {

fleet_config config_from_c(const gumbelcuda_fleet_config* config) {
  const gumbelcuda_fleet_config c = read(config, "config", "config.struct_size");
  fleet_config result;
  result.num_gans = c.num_gans;
  if (is_given("target", c.target.data, c.target.count)) {
    check_classes("target", c.target.count);
    result.target.assign(c.target.data, c.target.data + c.target.count);
  }
  set_if_given(result.epochs, c.epochs);
  set_if_given(result.steps_per_epoch, c.steps_per_epoch);
  set_if_given(result.batch_size, c.batch_size);
  set_if_given(result.generator_steps, c.generator_steps);
  set_per_gan("temperature", result.temperature, c.temperature, c.num_gans);
  set_per_gan("generator_learning_rate", result.generator_learning_rate, c.generator_learning_rate, c.num_gans);
  set_per_gan("discriminator_learning_rate", result.discriminator_learning_rate, c.discriminator_learning_rate,
              c.num_gans);
  set_if_given("seed", result.seed, c.seed);
  result.first_gan = c.first_gan;
  result.history_gans = c.history_gans;
  return result;
}

}  // namespace gumbelcuda::c_api

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_fleet_bytes(const gumbelcuda_fleet_config* config, uint64_t* bytes) {
  return count_result_bytes(config, bytes);
}

gumbelcuda_status gumbelcuda_train_fleet(gumbelcuda_fleet_result** result, const gumbelcuda_fleet_config* config,
                                         const gumbelcuda_training_execution* execution) {
  return train_new(result, config, execution, [](const auto& in_cpp, const auto& where) {
    return gumbelcuda_fleet_result{train_fleet(in_cpp, where), in_cpp.epochs, in_cpp.first_gan};
  });
}

void gumbelcuda_destroy_fleet(gumbelcuda_fleet_result* result) { delete result; }

gumbelcuda_status gumbelcuda_view_fleet(const gumbelcuda_fleet_result* result, gumbelcuda_fleet_view* view) {
  return answer([&] {
    check_not_null("result", result);
    const fleet_result& r = result->in_cpp;
    const std::uint64_t classes = std::uint64_t(r.classes), epochs = std::uint64_t(result->epochs);
    write(view, {.struct_size = sizeof *view,
                 .num_gans = r.num_gans,
                 .classes = classes,
                 .history_gans = r.history.size() / (epochs * classes),
                 .epochs = epochs,
                 .distribution = data_of(r.distribution),
                 .logits = data_of(r.logits),
                 .weights = data_of(r.weights),
                 .bias = data_of(r.bias),
                 .generator_loss = data_of(r.generator_loss),
                 .discriminator_loss = data_of(r.discriminator_loss),
                 .history = data_of(r.history),
                 .backend = r.backend.c_str(),
                 .target = r.target.c_str(),
                 .threads = std::uint64_t(r.threads),
                 .seconds = r.seconds,
                 .first_gan = result->first_gan});
  });
}

const char* gumbelcuda_cpu_target(size_t i) {
  try {
    static const std::vector<std::string> targets = cpu_targets();
    return i < targets.size() ? targets[i].c_str() : nullptr;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

int gumbelcuda_default_threads(void) {
  int threads = 0;
  answer([&] { threads = default_threads(); });
  return threads;
}
