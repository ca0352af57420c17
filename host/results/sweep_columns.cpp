// SPDX-License-Identifier: Apache-2.0
#include "host/results/sweep_columns.hpp"

#include <algorithm>
#include <utility>

#include "gumbelcuda/detail/number_text.hpp"

namespace gumbelcuda {
namespace {

// The columns that are members of gan_problem, and how many different numbers each knows.
template <class Columns, class Visit>
void visit_problem(Columns& columns, Visit visit) {
  visit(
      "hidden_layers", columns.hidden_layers, [](auto& p) -> auto& { return p.hidden_layers; }, max_hidden_layers + 1);
  visit(
      "hidden_width_1", columns.hidden_width[0], [](auto& p) -> auto& { return p.hidden_width[0]; },
      max_hidden_width + 1);
  visit(
      "hidden_width_2", columns.hidden_width[1], [](auto& p) -> auto& { return p.hidden_width[1]; },
      max_hidden_width + 1);
  visit(
      "hidden_width_3", columns.hidden_width[2], [](auto& p) -> auto& { return p.hidden_width[2]; },
      max_hidden_width + 1);
  visit(
      "activation", columns.activation, [](auto& p) -> auto& { return p.activation; }, 2);
  visit(
      "initializer", columns.initializer, [](auto& p) -> auto& { return p.initializer; }, 2);
  visit(
      "loss", columns.loss, [](auto& p) -> auto& { return p.loss; }, 4);
  visit(
      "estimator", columns.estimator, [](auto& p) -> auto& { return p.estimator; }, 4);
  visit(
      "inner_samples", columns.inner_samples, [](auto& p) -> auto& { return p.inner_samples; },
      max_inner_samples_of_gan + 1);
  visit(
      "optimizer", columns.optimizer, [](auto& p) -> auto& { return p.optimizer; }, 4);
  visit(
      "smoothing", columns.smoothing, [](auto& p) -> auto& { return p.smoothing; }, 4);
  visit(
      "weight_clip", columns.weight_clip, [](auto& p) -> auto& { return p.weight_clip; }, 0);
  visit(
      "gradient_penalty", columns.gradient_penalty, [](auto& p) -> auto& { return p.gradient_penalty; }, 0);
  visit(
      "smoothing_amount", columns.smoothing_amount, [](auto& p) -> auto& { return p.smoothing_amount; }, 0);
}

template <class Value>
void expect_below(const char* name, Value value, std::uint64_t limit) {
  if (value < 0 || static_cast<std::uint64_t>(value) >= limit)
    throw invalid_argument(name, number_text(value) + " is not known");
}

template <class To, class From>
std::vector<To> converted(const std::vector<From>& values) {
  std::vector<To> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(), [](From value) { return static_cast<To>(value); });
  return result;
}

// Narrows; a number that does not fit becomes 0, which validate() refuses for all that is narrowed.
std::vector<int> narrowed(const std::vector<std::int64_t>& values) {
  std::vector<int> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(),
                 [](std::int64_t value) { return std::in_range<int>(value) ? static_cast<int>(value) : 0; });
  return result;
}

// All columns of gan_problem are of one length after the one-for-all among them are repeated.
template <class Value>
const Value& element(const std::vector<Value>& values, std::size_t gan) {
  return values[values.size() == 1 ? 0 : gan];
}

}  // namespace

int most_classes_of(const sweep_config& config) {
  std::size_t most = 0;
  for (const auto& target : config.target) most = std::max(most, target.size());
  return static_cast<int>(most);
}

std::int64_t most_epochs_of(const sweep_config& config) {
  return config.epochs.empty() ? 0 : *std::max_element(config.epochs.begin(), config.epochs.end());
}

sweep_columns columns_of(const sweep_config& config) {
  sweep_columns columns;
  columns.seed = config.seed;
  columns.generator_learning_rate = config.generator_learning_rate;
  columns.discriminator_learning_rate = config.discriminator_learning_rate;
  columns.epsilon = config.epsilon;
  columns.beta_1 = config.beta_1;
  columns.beta_2 = config.beta_2;
  columns.batch_size = converted<std::int64_t>(config.batch_size);
  columns.generator_steps = converted<std::int64_t>(config.generator_steps);
  columns.epochs = config.epochs;
  visit_problem(columns, [&config](const char*, auto& column, auto member, int) {
    using stored = typename std::decay_t<decltype(column)>::value_type;
    for (const gan_problem& problem : config.problem) column.push_back(static_cast<stored>(member(problem)));
  });
  for (const temperature_schedule& schedule : config.temperature)
    columns.most_knots = std::max(columns.most_knots, static_cast<std::uint64_t>(schedule.knot_count));
  for (const temperature_schedule& schedule : config.temperature) {
    columns.temperature_shape.push_back(static_cast<std::int64_t>(schedule.shape));
    columns.temperature_knots.push_back(schedule.knot_count);
    for (std::uint64_t knot = 0; knot < columns.most_knots; ++knot) {
      const auto last = static_cast<std::uint64_t>(schedule.knot_count) - 1;
      columns.temperature_step.push_back(schedule.knots[std::min(knot, last)].step);
      columns.temperature.push_back(schedule.knots[std::min(knot, last)].temperature);
    }
  }
  const auto classes = static_cast<std::size_t>(most_classes_of(config));
  for (const auto& target : config.target) {
    columns.target.insert(columns.target.end(), target.begin(), target.end());
    columns.target.resize(columns.target.size() + classes - target.size(), 0);
  }
  const bool any_logits = std::any_of(config.initial_logits.begin(), config.initial_logits.end(),
                                      [](const auto& logits) { return !logits.empty(); });
  for (std::size_t gan = 0; any_logits && gan < config.initial_logits.size(); ++gan) {
    const auto& logits = config.initial_logits[gan];
    columns.initial_logits.insert(columns.initial_logits.end(), logits.begin(), logits.end());
    // Ones where none are given: what the library takes then.
    if (logits.empty())
      columns.initial_logits.resize(columns.initial_logits.size() + element(config.target, gan).size(), 1);
    columns.initial_logits.resize((gan + 1) * classes, 0);
  }
  return columns;
}

void put_columns(const sweep_columns& columns, const std::vector<int>& classes, sweep_config& config) {
  config.seed = columns.seed;
  config.generator_learning_rate = columns.generator_learning_rate;
  config.discriminator_learning_rate = columns.discriminator_learning_rate;
  config.epsilon = columns.epsilon;
  config.beta_1 = columns.beta_1;
  config.beta_2 = columns.beta_2;
  config.batch_size = narrowed(columns.batch_size);
  config.generator_steps = narrowed(columns.generator_steps);
  config.epochs = columns.epochs;
  std::size_t problems = 1;
  visit_problem(columns, [&problems](const char*, const auto& column, auto, int) {
    problems = std::max(problems, column.size());
  });
  config.problem.assign(problems, {});
  visit_problem(columns, [&config](const char* name, const auto& column, auto member, int limit) {
    for (std::size_t gan = 0; gan < config.problem.size(); ++gan) {
      const auto value = element(column, gan);
      if (limit > 0) expect_below(name, value, static_cast<std::uint64_t>(limit));
      auto& place = member(config.problem[gan]);
      place = static_cast<std::decay_t<decltype(place)>>(value);
    }
  });
  config.temperature.clear();
  const std::size_t knots = columns.most_knots;
  for (std::size_t gan = 0; (gan + 1) * knots <= columns.temperature.size(); ++gan) {
    temperature_schedule schedule;
    expect_below("temperature_shape", element(columns.temperature_shape, gan), 3);
    expect_below("temperature_knots", element(columns.temperature_knots, gan) - 1, knots);
    schedule.shape = static_cast<schedule_shape>(element(columns.temperature_shape, gan));
    schedule.knot_count = static_cast<int>(element(columns.temperature_knots, gan));
    for (int knot = 0; knot < schedule.knot_count; ++knot) {
      const std::size_t at = gan * knots + static_cast<std::size_t>(knot);
      schedule.knots[knot] = {columns.temperature_step[at], columns.temperature[at]};
    }
    config.temperature.push_back(schedule);
  }
  // Rows are as long as the most classes of any GAN.
  const auto most = static_cast<std::size_t>(*std::max_element(classes.begin(), classes.end()));
  const auto rows_of = [&classes, most](const auto& values, auto& rows) {
    rows.clear();
    for (std::size_t gan = 0; (gan + 1) * most <= values.size(); ++gan) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(gan * most);
      rows.emplace_back(begin, begin + classes[gan]);
    }
  };
  rows_of(columns.target, config.target);
  rows_of(columns.initial_logits, config.initial_logits);
  if (config.initial_logits.empty()) config.initial_logits.emplace_back();
}

}  // namespace gumbelcuda
