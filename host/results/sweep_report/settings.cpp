// SPDX-License-Identifier: Apache-2.0
#include "host/results/sweep_report/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gumbelcuda {
namespace {

constexpr std::size_t most_classes_spelt_out = 16;

// 0.0007 and 1e-8, not 7e-04 and 1e-08.
template <class Number>
std::string number(Number value) {
  std::string text = fmt::format("{}", value);
  if (const std::size_t at = text.find("e-0"); at != std::string::npos) text.erase(at + 2, 1);
  return text;
}

template <class Value, class Text>
std::string listed(const std::vector<Value>& values, Text text, const char* between = ", ") {
  std::string all;
  for (const Value& value : values) all += (all.empty() ? "" : between) + text(value);
  return all;
}

std::string schedule_text(const temperature_schedule& schedule) {
  constexpr const char* shapes[] = {"linear", "exponential", "cosine"};
  const auto& first = schedule.knots[0];
  if (schedule.knot_count == 1) return number(first.temperature);
  std::string text = shapes[static_cast<int>(schedule.shape)] + std::string(":");
  for (int i = 0; i < schedule.knot_count; ++i)
    text +=
        (i == 0 ? " " : " → ") + number(schedule.knots[i].temperature) + " at step " + number(schedule.knots[i].step);
  return text;
}

std::string network_text(const gan_problem& problem) {
  if (problem.hidden_layers == 0) return "logistic regression";
  std::string text = "perceptron, hidden layers of ";
  for (int i = 0; i < problem.hidden_layers; ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(problem.hidden_width[i]);
  text += problem.activation == gan_activation::tanh ? "; tanh" : "; leaky ReLU";
  return text + (problem.initializer == gan_initializer::he_uniform ? "; He-uniform start" : "; Glorot-uniform start");
}

std::string loss_text(const gan_problem& problem) {
  constexpr const char* names[] = {"non-saturating", "saturating", "hinge", "Wasserstein"};
  std::string text = names[static_cast<int>(problem.loss)];
  if (problem.weight_clip > 0) text += ", weights clipped to ±" + number(problem.weight_clip);
  if (problem.gradient_penalty > 0) text += ", gradient penalty " + number(problem.gradient_penalty);
  return text;
}

std::string estimator_text(const gan_problem& problem) {
  constexpr const char* names[] = {"Gumbel-softmax, relaxed", "straight-through Gumbel-softmax", "Gumbel-Rao",
                                   "score function"};
  std::string text = names[static_cast<int>(problem.estimator)];
  if (problem.estimator == gan_estimator::gumbel_rao)
    text += ", " + std::to_string(problem.inner_samples) + " inner samples";
  return text;
}

std::string optimizer_text(const gan_problem& problem) {
  constexpr const char* names[] = {"Adam", "Adam, ε as in PyTorch", "gradient descent with momentum", "RMSprop"};
  return names[static_cast<int>(problem.optimizer)];
}

std::string smoothing_text(const gan_problem& problem) {
  constexpr const char* names[] = {"one-hot", "Gumbel-softmax", "label smoothing", "normal noise"};
  const std::string text = names[static_cast<int>(problem.smoothing)];
  const bool amount = problem.smoothing == gan_smoothing::label || problem.smoothing == gan_smoothing::normal;
  return amount ? text + " of " + number(problem.smoothing_amount) : text;
}

std::string probabilities_text(const std::vector<double>& target) {
  if (target.size() > most_classes_spelt_out) return std::to_string(target.size()) + " classes";
  return listed(target, number<double>);
}

// Lists settings under the names that axes have, too.
class settings_list {
 public:
  explicit settings_list(const std::vector<std::string>& axes) : axes_(axes) {}

  template <class Value, class Text>
  void add(const char* name, const std::vector<Value>& values, Text text) {
    if (values.empty() || std::find(axes_.begin(), axes_.end(), name) != axes_.end()) return;
    const std::string first = text(values.front());
    for (const Value& value : values)
      if (text(value) != first) {
        list_.emplace_back(name, "differs between GANs");
        return;
      }
    list_.emplace_back(name, first);
  }
  void add(const char* name, const std::string& text) { list_.emplace_back(name, text); }
  std::vector<std::pair<std::string, std::string>> take() { return std::move(list_); }

 private:
  const std::vector<std::string>& axes_;
  std::vector<std::pair<std::string, std::string>> list_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> common_settings(const sweep_config& config,
                                                                 const std::vector<std::string>& axes) {
  settings_list list(axes);
  list.add("target", config.target, probabilities_text);
  if (!config.data.empty()) {
    constexpr const char* orders[] = {"in their order", "shuffled in each pass", "each from anywhere"};
    list.add("data", std::to_string(config.data.size()) + " samples, " + orders[static_cast<int>(config.order)]);
  }
  list.add("discriminator", config.problem, network_text);
  list.add("loss", config.problem, loss_text);
  list.add("estimator", config.problem, estimator_text);
  list.add("optimizer", config.problem, optimizer_text);
  list.add("real_samples", config.problem, smoothing_text);
  list.add("generator_learning_rate", config.generator_learning_rate, number<float>);
  list.add("discriminator_learning_rate", config.discriminator_learning_rate, number<float>);
  list.add("beta_1", config.beta_1, number<double>);
  list.add("beta_2", config.beta_2, number<double>);
  list.add("epsilon", config.epsilon, number<float>);
  list.add("temperature", config.temperature, schedule_text);
  list.add("batch_size", config.batch_size, number<int>);
  list.add("generator_steps", config.generator_steps, number<int>);
  list.add("epochs", config.epochs, number<std::int64_t>);
  list.add("steps_per_epoch", number(config.steps_per_epoch));
  if (config.until_total_variation >= 0) list.add("until_total_variation", number(config.until_total_variation));
  if (config.gradient_samples > 0) list.add("gradient_samples", number(config.gradient_samples));
  list.add("seed", config.seed, number<std::uint64_t>);
  if (config.first_gan > 0) list.add("first_gan", number(config.first_gan));
  return list.take();
}

}  // namespace gumbelcuda
