// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/sweep.h: turns a configuration in C into one in C++, and shows the result.
#include "gumbelcuda/sweep.hpp"

#include "host/api/config_checks.hpp"
#include "host/c_api/schedule.hpp"
#include "host/c_api/training.hpp"

namespace gumbelcuda::c_api {
namespace {

static_assert(GUMBELCUDA_ACTIVATION_TANH == int(gan_activation::tanh) &&
              GUMBELCUDA_INITIALIZER_HE_UNIFORM == int(gan_initializer::he_uniform));
static_assert(GUMBELCUDA_LOSS_SATURATING == int(gan_loss::saturating) &&
              GUMBELCUDA_LOSS_HINGE == int(gan_loss::hinge) &&
              GUMBELCUDA_LOSS_WASSERSTEIN == int(gan_loss::wasserstein));
static_assert(GUMBELCUDA_ESTIMATOR_STRAIGHT_THROUGH == int(gan_estimator::straight_through) &&
              GUMBELCUDA_ESTIMATOR_GUMBEL_RAO == int(gan_estimator::gumbel_rao) &&
              GUMBELCUDA_ESTIMATOR_SCORE_FUNCTION == int(gan_estimator::score_function));
static_assert(GUMBELCUDA_OPTIMIZER_ADAM_PYTORCH == int(optimizer_kind::adam_pytorch) &&
              GUMBELCUDA_OPTIMIZER_SGD == int(optimizer_kind::sgd) &&
              GUMBELCUDA_OPTIMIZER_RMSPROP == int(optimizer_kind::rmsprop));
static_assert(GUMBELCUDA_SMOOTHING_GUMBEL_SOFTMAX == int(gan_smoothing::gumbel_softmax) &&
              GUMBELCUDA_SMOOTHING_LABEL == int(gan_smoothing::label) &&
              GUMBELCUDA_SMOOTHING_NORMAL == int(gan_smoothing::normal));
static_assert(GUMBELCUDA_DATA_ORDER_SHUFFLED == int(data_order::shuffled) &&
              GUMBELCUDA_DATA_ORDER_IID == int(data_order::iid));
static_assert(GUMBELCUDA_GAN_END == int(gan_outcome::end) && GUMBELCUDA_GAN_CONVERGED == int(gan_outcome::converged) &&
              GUMBELCUDA_GAN_DIVERGED == int(gan_outcome::diverged));

// "problem[7]", for messages.
std::string element(const char* name, std::size_t i) { return std::string(name) + "[" + std::to_string(i) + "]"; }

gan_problem problem_from_c(const gumbelcuda_gan_problem& c, const std::string& name) {
  gan_problem problem{.hidden_layers = c.hidden_layers,
                      .hidden_width = {c.hidden_width[0], c.hidden_width[1], c.hidden_width[2]},
                      .activation = gan_activation(c.activation),
                      .initializer = gan_initializer(c.initializer),
                      .loss = gan_loss(c.loss),
                      .weight_clip = c.weight_clip,
                      .gradient_penalty = c.gradient_penalty,
                      .estimator = gan_estimator(c.estimator),
                      .optimizer = optimizer_kind(c.optimizer),
                      .smoothing = gan_smoothing(c.smoothing),
                      .smoothing_amount = c.smoothing_amount};
  set_if_given(problem.inner_samples, c.inner_samples);
  for (const std::uint32_t reserved : c.reserved) check_reserved(reserved, name);
  return problem;
}

// Replaces the default in `setting`, if the caller's rows are there. shortest: of a row.
template <class Value, class Ragged>
void set_rows(const char* name, std::vector<std::vector<Value>>& setting, const Ragged& rows, std::uint64_t num_gans,
              std::int32_t shortest) {
  if (rows.count == 0 && !rows.data && !rows.length) return;
  check_count_of_gans(name, rows.count, num_gans);
  const std::string length_name = std::string(name) + ".length";
  check_not_null(length_name.c_str(), rows.length);
  std::vector<std::vector<Value>> all(rows.count);
  const Value* data = rows.data;
  for (std::size_t i = 0; i < rows.count; ++i) {
    check_range(element(length_name.c_str(), i), rows.length[i], shortest, max_classes);
    if (rows.length[i] == 0) continue;
    check_not_null(name, rows.data);
    all[i].assign(data, data + rows.length[i]);
    data += rows.length[i];
  }
  setting = std::move(all);
}

}  // namespace

sweep_config config_from_c(const gumbelcuda_sweep_config* config) {
  const gumbelcuda_sweep_config c = read(config, "config", "config.struct_size");
  sweep_config result;
  result.num_gans = c.num_gans;
  set_rows("target", result.target, c.target, c.num_gans, 2);
  if (is_given("data", c.data.data, c.data.count)) result.data.assign(c.data.data, c.data.data + c.data.count);
  result.order = data_order(c.order);
  if (is_given("problem", c.problem.data, c.problem.count)) {
    check_count_of_gans("problem", c.problem.count, c.num_gans);
    result.problem.clear();
    for (std::size_t i = 0; i < c.problem.count; ++i)
      result.problem.push_back(problem_from_c(c.problem.data[i], element("problem", i)));
  }
  set_per_gan("seed", result.seed, c.seed, c.num_gans);
  result.first_gan = c.first_gan;
  set_per_gan("generator_learning_rate", result.generator_learning_rate, c.generator_learning_rate, c.num_gans);
  set_per_gan("discriminator_learning_rate", result.discriminator_learning_rate, c.discriminator_learning_rate,
              c.num_gans);
  set_per_gan("beta_1", result.beta_1, c.beta_1, c.num_gans);
  set_per_gan("beta_2", result.beta_2, c.beta_2, c.num_gans);
  set_per_gan("epsilon", result.epsilon, c.epsilon, c.num_gans);
  if (is_given("temperature", c.temperature.data, c.temperature.count)) {
    check_count_of_gans("temperature", c.temperature.count, c.num_gans);
    result.temperature.clear();
    for (std::size_t i = 0; i < c.temperature.count; ++i)
      result.temperature.push_back(schedule_from_c(c.temperature.data[i], element("temperature", i)));
  }
  set_per_gan("batch_size", result.batch_size, c.batch_size, c.num_gans);
  set_per_gan("generator_steps", result.generator_steps, c.generator_steps, c.num_gans);
  set_per_gan("epochs", result.epochs, c.epochs, c.num_gans);
  set_if_given(result.steps_per_epoch, c.steps_per_epoch);
  set_rows("initial_logits", result.initial_logits, c.initial_logits, c.num_gans, 0);
  if (c.until_total_variation) {
    check_not_null("until_total_variation", c.until_total_variation);
    result.until_total_variation = *c.until_total_variation;
  }
  result.gradient_samples = c.gradient_samples;
  result.history_gans = c.history_gans;
  return result;
}

}  // namespace gumbelcuda::c_api

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_sweep_bytes(const gumbelcuda_sweep_config* config, uint64_t* bytes) {
  return count_result_bytes(config, bytes);
}

gumbelcuda_status gumbelcuda_train_sweep(gumbelcuda_sweep_result** result, const gumbelcuda_sweep_config* config,
                                         const gumbelcuda_training_execution* execution) {
  return train_new(result, config, execution, [](const auto& in_cpp, const auto& where) {
    return gumbelcuda_sweep_result{train_sweep(in_cpp, where), in_cpp.first_gan};
  });
}

void gumbelcuda_destroy_sweep(gumbelcuda_sweep_result* result) { delete result; }

gumbelcuda_status gumbelcuda_view_sweep(const gumbelcuda_sweep_result* result, gumbelcuda_sweep_view* view) {
  return answer([&] {
    check_not_null("result", result);
    const sweep_result& r = result->in_cpp;
    write(view, {.struct_size = sizeof *view,
                 .num_gans = r.num_gans,
                 .most_classes = std::uint64_t(r.most_classes),
                 .most_epochs = std::uint64_t(r.most_epochs),
                 .history_gans = r.history_gans,
                 .classes = data_of(r.classes),
                 .distribution = data_of(r.distribution),
                 .logits = data_of(r.logits),
                 .outcome = reinterpret_cast<const std::uint8_t*>(data_of(r.outcome)),
                 .epochs = data_of(r.epochs),
                 .steps = data_of(r.steps),
                 .total_variation = data_of(r.total_variation),
                 .generator_loss = data_of(r.generator_loss),
                 .discriminator_loss = data_of(r.discriminator_loss),
                 .nonzero_gradients = data_of(r.nonzero_gradients),
                 .gradient_variance = data_of(r.gradient_variance),
                 .history = data_of(r.history),
                 .history_total_variation = data_of(r.history_total_variation),
                 .history_generator_loss = data_of(r.history_generator_loss),
                 .history_discriminator_loss = data_of(r.history_discriminator_loss),
                 .backend = r.backend.c_str(),
                 .target = r.target.c_str(),
                 .threads = std::uint64_t(r.threads),
                 .seconds = r.seconds,
                 .lanes_busy = r.lanes_busy,
                 .first_gan = result->first_gan});
  });
}
