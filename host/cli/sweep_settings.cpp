// SPDX-License-Identifier: Apache-2.0
// The list of settings. Ranges are the library's (validate(sweep_config)); what is checked here is that values have the
// right type and fit.
#include "host/cli/sweep_settings.hpp"

#include <algorithm>
#include <limits>

namespace gumbelcuda {
namespace {

using type = sweep_setting::type;

double real_of(const setting_value& value) { return std::get<double>(value); }
float float_of(const setting_value& value) { return static_cast<float>(std::get<double>(value)); }
int int_of(const setting_value& value) { return static_cast<int>(std::get<std::int64_t>(value)); }
template <class Word>
Word word_as(const setting_value& value) {
  return static_cast<Word>(std::get<std::int64_t>(value));
}

void set_hidden(gan_setup& setup, const setting_value& value) {
  const auto& widths = std::get<std::vector<double>>(value);
  gan_problem& problem = setup.problem;
  problem.hidden_layers = static_cast<int>(widths.size());
  for (std::size_t layer = 0; layer < max_hidden_layers; ++layer)
    problem.hidden_width[layer] = layer < widths.size() ? static_cast<int>(widths[layer]) : 0;
}

void set_logits(gan_setup& setup, const setting_value& value) {
  const auto& logits = std::get<std::vector<double>>(value);
  setup.initial_logits.assign(logits.size(), 0);
  std::transform(logits.begin(), logits.end(), setup.initial_logits.begin(),
                 [](double logit) { return static_cast<float>(logit); });
}

void set_temperature(gan_setup& setup, const setting_value& value) {
  if (const double* const constant = std::get_if<double>(&value))
    setup.temperature = constant_temperature(static_cast<float>(*constant));
  else
    setup.temperature = *std::get<std::shared_ptr<const temperature_schedule>>(value);
}

sweep_setting word_setting(std::string_view name, std::vector<std::string> words,
                           void (*set)(gan_setup&, const setting_value&)) {
  std::string allowed = "one of ";
  for (const std::string& word : words) allowed += (&word == words.data() ? "\"" : ", \"") + word + '"';
  return {name, type::word, problem_part, allowed, set, std::move(words)};
}

std::vector<sweep_setting> rate_settings() {
  const std::string rate = "a number above 0";
  return {
      {"learning_rate",
       type::real,
       generator_rate_part | discriminator_rate_part,
       rate,
       [](gan_setup& gan, const setting_value& value) {
         gan.generator_learning_rate = gan.discriminator_learning_rate = float_of(value);
       },
       {},
       0,
       {"generator_learning_rate", "discriminator_learning_rate"}},
      {"generator_learning_rate", type::real, generator_rate_part, rate,
       [](gan_setup& gan, const setting_value& value) { gan.generator_learning_rate = float_of(value); }},
      {"discriminator_learning_rate", type::real, discriminator_rate_part, rate,
       [](gan_setup& gan, const setting_value& value) { gan.discriminator_learning_rate = float_of(value); }},
      {"beta_1", type::real, beta_1_part, "a number from 0 to below 1",
       [](gan_setup& gan, const setting_value& value) { gan.beta_1 = real_of(value); }},
      {"beta_2", type::real, beta_2_part, "a number from 0 to below 1",
       [](gan_setup& gan, const setting_value& value) { gan.beta_2 = real_of(value); }},
      {"epsilon", type::real, epsilon_part, "a number, 0 or more",
       [](gan_setup& gan, const setting_value& value) { gan.epsilon = float_of(value); }},
  };
}

std::vector<sweep_setting> training_settings() {
  constexpr std::int64_t most_int = std::numeric_limits<int>::max(), most = std::numeric_limits<std::int64_t>::max();
  return {
      {"target", type::numbers, target_part, "an array of 2 … 1024 probabilities that sum to 1",
       [](gan_setup& gan, const setting_value& value) { gan.target = std::get<std::vector<double>>(value); }},
      {"seed",
       type::whole,
       seed_part,
       "a whole number, 0 … 2^63 − 1",
       [](gan_setup& gan, const setting_value& value) {
         gan.seed = static_cast<std::uint64_t>(std::get<std::int64_t>(value));
       },
       {},
       most},
      {"temperature", type::temperature, temperature_part,
       "a number, 0 or more, or a table {shape = …, steps = […], temperatures = […]}", set_temperature},
      {"batch_size",
       type::whole,
       batch_part,
       "a whole number, 1 … 4096",
       [](gan_setup& gan, const setting_value& value) { gan.batch_size = int_of(value); },
       {},
       most_int},
      {"generator_steps",
       type::whole,
       generator_steps_part,
       "a whole number, 1 … 1000",
       [](gan_setup& gan, const setting_value& value) { gan.generator_steps = int_of(value); },
       {},
       most_int},
      {"epochs",
       type::whole,
       epochs_part,
       "a whole number, 1 or more",
       [](gan_setup& gan, const setting_value& value) { gan.epochs = std::get<std::int64_t>(value); },
       {},
       most},
      {"initial_logits", type::numbers, logits_part, "an array with a number for each class, or [] for ones",
       set_logits},
  };
}

std::vector<sweep_setting> problem_settings() {
  return {
      {"hidden",
       type::widths,
       problem_part,
       "an array of 0 … 3 widths, each 1 … 64",
       set_hidden,
       {},
       0,
       {"hidden_layers", "hidden_width"}},
      word_setting(
          "activation", {"leaky_relu", "tanh"},
          [](gan_setup& gan, const setting_value& value) { gan.problem.activation = word_as<gan_activation>(value); }),
      word_setting("initializer", {"glorot_uniform", "he_uniform"},
                   [](gan_setup& gan, const setting_value& value) {
                     gan.problem.initializer = word_as<gan_initializer>(value);
                   }),
      word_setting("loss", {"non_saturating", "saturating", "hinge", "wasserstein"},
                   [](gan_setup& gan, const setting_value& value) { gan.problem.loss = word_as<gan_loss>(value); }),
      {"weight_clip", type::real, problem_part, "a number, 0 or more",
       [](gan_setup& gan, const setting_value& value) { gan.problem.weight_clip = float_of(value); }},
      {"gradient_penalty", type::real, problem_part, "a number, 0 or more",
       [](gan_setup& gan, const setting_value& value) { gan.problem.gradient_penalty = float_of(value); }},
      word_setting(
          "estimator", {"relaxed", "straight_through", "gumbel_rao", "score_function"},
          [](gan_setup& gan, const setting_value& value) { gan.problem.estimator = word_as<gan_estimator>(value); }),
      {"inner_samples",
       type::whole,
       problem_part,
       "a whole number, 1 … 64",
       [](gan_setup& gan, const setting_value& value) { gan.problem.inner_samples = int_of(value); },
       {},
       std::numeric_limits<int>::max()},
      word_setting(
          "optimizer", {"adam", "adam_pytorch", "sgd", "rmsprop"},
          [](gan_setup& gan, const setting_value& value) { gan.problem.optimizer = word_as<optimizer_kind>(value); }),
      word_setting(
          "smoothing", {"none", "gumbel_softmax", "label", "normal"},
          [](gan_setup& gan, const setting_value& value) { gan.problem.smoothing = word_as<gan_smoothing>(value); }),
      {"smoothing_amount", type::real, problem_part, "a number, 0 or more; of label, 0 … 1",
       [](gan_setup& gan, const setting_value& value) { gan.problem.smoothing_amount = float_of(value); }},
  };
}

}  // namespace

const std::vector<sweep_setting>& sweep_settings() {
  static const std::vector<sweep_setting> all = [] {
    std::vector<sweep_setting> list = training_settings();
    for (const auto& part : {rate_settings(), problem_settings()}) list.insert(list.end(), part.begin(), part.end());
    return list;
  }();
  return all;
}

const sweep_setting* find_setting(std::string_view name) {
  for (const sweep_setting& setting : sweep_settings())
    if (setting.name == name) return &setting;
  return nullptr;
}

namespace {

// Passes each vector of config that is among `parts`, with the setup's value for it.
template <class Visit>
void visit_parts(sweep_config& config, const gan_setup& setup, unsigned parts, Visit visit) {
  const auto pass = [parts, &visit](unsigned part, auto& values, const auto& value) {
    if (parts & part) visit(values, value);
  };
  pass(target_part, config.target, setup.target);
  pass(problem_part, config.problem, setup.problem);
  pass(seed_part, config.seed, setup.seed);
  pass(generator_rate_part, config.generator_learning_rate, setup.generator_learning_rate);
  pass(discriminator_rate_part, config.discriminator_learning_rate, setup.discriminator_learning_rate);
  pass(beta_1_part, config.beta_1, setup.beta_1);
  pass(beta_2_part, config.beta_2, setup.beta_2);
  pass(epsilon_part, config.epsilon, setup.epsilon);
  pass(temperature_part, config.temperature, setup.temperature);
  pass(batch_part, config.batch_size, setup.batch_size);
  pass(generator_steps_part, config.generator_steps, setup.generator_steps);
  pass(epochs_part, config.epochs, setup.epochs);
  pass(logits_part, config.initial_logits, setup.initial_logits);
}

template <class Value>
std::uint64_t bytes_of(const Value&) {
  return sizeof(Value);
}
template <class Value>
std::uint64_t bytes_of(const std::vector<Value>& values) {
  constexpr std::uint64_t allocation = 16;  // beside what was asked for
  return sizeof values + values.size() * sizeof(Value) + allocation;
}

}  // namespace

void clear_setups(sweep_config& config, unsigned parts, std::uint64_t count) {
  visit_parts(config, {}, parts, [count](auto& values, const auto&) {
    values.clear();
    values.reserve(count);
  });
}

void append_setup(sweep_config& config, const gan_setup& setup, unsigned parts) {
  visit_parts(config, setup, parts, [](auto& values, const auto& value) { values.push_back(value); });
}

std::uint64_t setup_bytes(const gan_setup& setup, unsigned parts) {
  std::uint64_t bytes = 0;
  sweep_config none;
  visit_parts(none, setup, parts, [&bytes](auto&, const auto& value) { bytes += bytes_of(value); });
  return bytes;
}

}  // namespace gumbelcuda
