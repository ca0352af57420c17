// SPDX-License-Identifier: Apache-2.0
// Checks a sweep before any work.
#include <algorithm>
#include <limits>

#include "gumbelcuda/detail/sweep/shape.hpp"
#include "gumbelcuda/sweep.hpp"
#include "host/api/config_checks.hpp"
#include "host/cpu/sweep/sweep_groups.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {
namespace {

// "problem" for all GANs, "problem[7]" where each has its own: so errors say which.
template <class Value>
std::string name_of(const std::string& setting, const std::vector<Value>& values, std::size_t i) {
  return values.size() == 1 ? setting : setting + "[" + number_text(i) + "]";
}

void check_amount(const std::string& argument, float amount, float most = std::numeric_limits<float>::max()) {
  if (!(amount >= 0 && amount <= most))
    throw invalid_argument(
        argument, number_text(amount) + " is not " + (most == 1 ? std::string("in 0 … 1") : "0 or more and finite"));
}

template <class Choice>
void check_choice(const std::string& argument, Choice choice, Choice last) {
  if (int(choice) < 0 || int(choice) > int(last))
    throw invalid_argument(argument, number_text(int(choice)) + " is none of its names");
}

void check_problem(const std::string& name, const gan_problem& problem) {
  check_range(name + ".hidden_layers", problem.hidden_layers, 0, max_hidden_layers);
  for (int l = 0; l < problem.hidden_layers; ++l)
    check_range(name + ".hidden_width[" + number_text(l) + "]", problem.hidden_width[l], 1, max_hidden_width);
  check_choice(name + ".activation", problem.activation, gan_activation::tanh);
  check_choice(name + ".initializer", problem.initializer, gan_initializer::he_uniform);
  check_choice(name + ".loss", problem.loss, gan_loss::wasserstein);
  check_choice(name + ".estimator", problem.estimator, gan_estimator::score_function);
  check_choice(name + ".optimizer", problem.optimizer, optimizer_kind::rmsprop);
  check_choice(name + ".smoothing", problem.smoothing, gan_smoothing::normal);
  check_amount(name + ".weight_clip", problem.weight_clip);
  check_amount(name + ".gradient_penalty", problem.gradient_penalty);
  check_amount(name + ".smoothing_amount", problem.smoothing_amount,
               problem.smoothing == gan_smoothing::label ? 1 : std::numeric_limits<float>::max());
  if (problem.estimator == gan_estimator::gumbel_rao)
    check_range(name + ".inner_samples", problem.inner_samples, 1, max_inner_samples_of_gan);
}

void check_betas(const std::string& argument, const std::vector<double>& values, std::uint64_t num_gans) {
  check_count(argument, values.size(), num_gans);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!(values[i] >= 0 && values[i] < 1))
      throw invalid_argument(name_of(argument, values, i), number_text(values[i]) + " is not in 0 … 1, 1 excluded");
}

template <class Integer>
void check_integers(const std::string& argument, const std::vector<Integer>& values, std::uint64_t num_gans,
                    std::int64_t low, std::int64_t high) {
  check_count(argument, values.size(), num_gans);
  for (std::size_t i = 0; i < values.size(); ++i) check_range(name_of(argument, values, i), values[i], low, high);
}

void check_data(const sweep_config& config) {
  constexpr std::size_t most_data = std::size_t{1} << 31;
  if (config.data.empty()) return;
  if (config.data.size() > most_data)
    throw invalid_argument("data", number_text(config.data.size()) + " of them, more than " + number_text(most_data));
  if (config.target.size() != 1)
    throw invalid_argument("target", number_text(config.target.size()) +
                                         " of them, but with data there is one for all GANs, the shares of the data");
  const std::size_t classes = config.target[0].size();
  std::vector<std::size_t> counts(classes);
  for (std::size_t i = 0; i < config.data.size(); ++i) {
    if (config.data[i] >= classes)
      throw invalid_argument("data", "number " + number_text(i) + " is class " + number_text(config.data[i]) +
                                         ", but the target has classes 0 … " + number_text(classes - 1));
    ++counts[config.data[i]];
  }
  for (std::size_t k = 0; k < classes; ++k) {
    const double share = double(counts[k]) / double(config.data.size());
    if (!(std::abs(share - config.target[0][k]) <= 1e-6))
      throw invalid_argument("target", "probability of class " + number_text(k) + " is " +
                                           number_text(config.target[0][k]) + ", but its share of the data is " +
                                           number_text(share));
  }
}

// The planes of the noise stream (docs/noise-stream.md) hold 2^60 blocks.
void check_noise(const sweep_config& config, std::uint64_t gan) {
  const gan_problem& problem = value_of_gan(config.problem, gan);
  const double steps = double(value_of_gan(config.epochs, gan)) * double(config.steps_per_epoch);
  const double classes = double(value_of_gan(config.target, gan).size()), batch = value_of_gan(config.batch_size, gan);
  const double updates = value_of_gan(config.generator_steps, gan);
  const double inner = problem.estimator == gan_estimator::gumbel_rao ? problem.inner_samples : 0;
  const double blocks = steps * (batch / 4 + 1) * (classes * std::max(updates + 1, updates * inner) + 1);
  if (blocks > 0x1p60)
    throw invalid_argument("epochs", number_text(value_of_gan(config.epochs, gan)) + " epochs of GAN " +
                                         number_text(gan) + " take " + number_text(blocks) +
                                         " blocks of noise, more than 2^60");
}

// How many GANs differ in what their number of updates, their noise and their logits depend on: one stands for all
// where settings are shared, however many there are.
std::uint64_t different_gans(const sweep_config& config) {
  const std::size_t most = std::max({config.epochs.size(), config.generator_steps.size(), config.problem.size(),
                                     config.target.size(), config.batch_size.size(), config.initial_logits.size()});
  return most == 1 ? 1 : config.num_gans;
}

}  // namespace

std::uint64_t result_bytes(const sweep_config& config) {
  std::uint64_t most_classes = 0, most_epochs = 0;
  for (const std::vector<double>& target : config.target)
    most_classes = std::max<std::uint64_t>(most_classes, target.size());
  for (const std::int64_t epochs : config.epochs) most_epochs = std::max(most_epochs, std::uint64_t(epochs));
  constexpr std::uint64_t of_a_gan = sizeof(int) + sizeof(gan_outcome) + 2 * sizeof(std::int64_t) + 5 * sizeof(float);
  const std::uint64_t of_an_epoch = (most_classes + 3) * sizeof(float);
  return saturating_sum(saturating_product(config.num_gans, 2 * most_classes * sizeof(float) + of_a_gan),
                        saturating_product(config.history_gans, saturating_product(most_epochs, of_an_epoch)));
}

void validate(const sweep_config& config) {
  constexpr std::uint64_t most_gans = std::uint64_t{1} << 32;
  if (config.num_gans < 1 || config.num_gans > most_gans)
    throw invalid_argument("num_gans", number_text(config.num_gans) + " is not in 1 … 2^32");
  check_count("target", config.target.size(), config.num_gans);
  for (std::size_t i = 0; i < config.target.size(); ++i)
    check_target(name_of("target", config.target, i), config.target[i]);
  check_data(config);
  check_choice("order", config.order, data_order::iid);
  check_count("problem", config.problem.size(), config.num_gans);
  for (std::size_t i = 0; i < config.problem.size(); ++i)
    check_problem(name_of("problem", config.problem, i), config.problem[i]);
  check_count("seed", config.seed.size(), config.num_gans);
  if (config.first_gan > std::numeric_limits<std::uint64_t>::max() - config.num_gans)
    throw invalid_argument(
        "first_gan", number_text(config.first_gan) + " + " + number_text(config.num_gans) + " GANs is not below 2^64");
  check_per_gan("generator_learning_rate", config.generator_learning_rate, config.num_gans, false);
  check_per_gan("discriminator_learning_rate", config.discriminator_learning_rate, config.num_gans, false);
  check_betas("beta_1", config.beta_1, config.num_gans);
  check_betas("beta_2", config.beta_2, config.num_gans);
  check_per_gan("epsilon", config.epsilon, config.num_gans, false);
  check_count("temperature", config.temperature.size(), config.num_gans);
  for (std::size_t i = 0; i < config.temperature.size(); ++i)
    validate(config.temperature[i], name_of("temperature", config.temperature, i));
  check_integers("batch_size", config.batch_size, config.num_gans, 1, max_batch_size);
  check_integers("generator_steps", config.generator_steps, config.num_gans, 1, max_generator_steps);
  check_integers("epochs", config.epochs, config.num_gans, 1, max_updates);
  check_range("steps_per_epoch", config.steps_per_epoch, 1, max_updates);
  check_count("initial_logits", config.initial_logits.size(), config.num_gans);
  for (std::uint64_t gan = 0, end = different_gans(config); gan < end; ++gan) {
    check_updates(value_of_gan(config.epochs, gan), config.steps_per_epoch, value_of_gan(config.generator_steps, gan));
    check_noise(config, gan);
    const std::vector<float>& logits = value_of_gan(config.initial_logits, gan);
    const std::size_t classes = value_of_gan(config.target, gan).size();
    if (!logits.empty() && logits.size() != classes)
      throw invalid_argument(name_of("initial_logits", config.initial_logits, gan),
                             number_text(logits.size()) + " of them, but GAN " + number_text(gan) + " has " +
                                 number_text(classes) + " classes");
    for (const float logit : logits)
      if (!std::isfinite(logit))
        throw invalid_argument(name_of("initial_logits", config.initial_logits, gan),
                               number_text(logit) + " is not finite");
  }
  if (config.until_total_variation != -1 && !(config.until_total_variation >= 0 && config.until_total_variation <= 1))
    throw invalid_argument("until_total_variation",
                           number_text(config.until_total_variation) + " is neither −1 nor in 0 … 1");
  if (config.gradient_samples != 0) check_range("gradient_samples", config.gradient_samples, 2, max_batch_size);
  if (config.history_gans > config.num_gans)
    throw invalid_argument("history_gans", number_text(config.history_gans) + " is more than the " +
                                               number_text(config.num_gans) + " GANs of the sweep");
}

}  // namespace gumbelcuda
