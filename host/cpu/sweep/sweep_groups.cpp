// SPDX-License-Identifier: Apache-2.0
#include "host/cpu/sweep/sweep_groups.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "gumbelcuda/detail/gan/race.hpp"
#include "gumbelcuda/math/categorical.hpp"

namespace gumbelcuda {
namespace {

// Finds the group of a shape and a number of steps. All members are four bytes long, so equal shapes have equal bytes.
class group_numbers {
 public:
  // The number of the group; how many there were before if it is new.
  std::size_t number(const sweep_sizes& shape, std::uint64_t steps) {
    static_assert(sizeof(sweep_sizes) == 4 * (3 + 1 + max_hidden_layers + 10), "no padding");
    std::string bytes(reinterpret_cast<const char*>(&shape), sizeof shape);
    bytes.append(reinterpret_cast<const char*>(&steps), sizeof steps);
    return numbers_.try_emplace(bytes, numbers_.size()).first->second;
  }

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
};

// Numbers the rows of a table that a group needs: row n of the sweep is row `number` of the group.
class row_numbers {
 public:
  // Calls append() if the row is new.
  template <class Append>
  std::uint32_t number(std::uint64_t row, Append append) {
    const auto [at, is_new] = numbers_.try_emplace(row, std::uint32_t(numbers_.size()));
    if (is_new) append();
    return at->second;
  }

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
};

void add_settings(const sweep_config& config, sweep_group& group) {
  row_numbers targets, logits;
  const auto classes = std::size_t(group.shape.classes);
  group.settings.reserve(group.gans.size());
  for (const std::uint64_t gan : group.gans) {
    const gan_problem& problem = value_of_gan(config.problem, gan);
    sweep_gan_settings s{};
    s.seed = value_of_gan(config.seed, gan);
    s.row = config.first_gan + gan;
    s.beta_1 = value_of_gan(config.beta_1, gan);
    s.beta_2 = value_of_gan(config.beta_2, gan);
    s.generator_rate = value_of_gan(config.generator_learning_rate, gan);
    s.discriminator_rate = value_of_gan(config.discriminator_learning_rate, gan);
    s.epsilon = value_of_gan(config.epsilon, gan);
    s.weight_clip = problem.weight_clip;
    s.gradient_penalty = problem.gradient_penalty;
    s.smoothing_amount = problem.smoothing_amount;
    s.temperature = config.temperature.size() == 1 ? 0 : std::uint32_t(gan);
    s.target = targets.number(config.target.size() == 1 ? 0 : gan, [&] {
      const std::vector<double>& target = value_of_gan(config.target, gan);
      const std::size_t end = group.probabilities.size();
      group.probabilities.insert(group.probabilities.end(), target.begin(), target.end());
      group.first_word.resize(end + classes);
      group.last_word.resize(end + classes);
      share_words(target.data(), int(classes), &group.first_word[end], &group.last_word[end]);
    });
    s.initial_logits = logits.number(config.initial_logits.size() == 1 ? 0 : gan, [&] {
      const std::vector<float>& start = value_of_gan(config.initial_logits, gan);
      if (start.empty())
        group.initial_logits.insert(group.initial_logits.end(), classes, 1.0f);
      else
        group.initial_logits.insert(group.initial_logits.end(), start.begin(), start.end());
    });
    group.settings.push_back(s);
  }
}

// Whether vectors of such GANs alone may race in every step.
bool may_race(const temperature_schedule& schedule) {
  return std::all_of(schedule.knots, schedule.knots + schedule.knot_count,
                     [](const temperature_knot& knot) { return knot.temperature <= racing_temperature_limit; });
}

// The longest come first, and of equal ones those that race: a vector does what all of its GANs can do.
void put_in_order(const sweep_config& config, std::vector<std::uint64_t>& gans) {
  if (config.epochs.size() == 1 && config.temperature.size() == 1) return;
  std::stable_sort(gans.begin(), gans.end(), [&](std::uint64_t a, std::uint64_t b) {
    const std::int64_t of_a = value_of_gan(config.epochs, a), of_b = value_of_gan(config.epochs, b);
    if (of_a != of_b) return of_a > of_b;
    return may_race(value_of_gan(config.temperature, a)) && !may_race(value_of_gan(config.temperature, b));
  });
}

}  // namespace

sweep_sizes shape_of(const sweep_config& config, std::uint64_t gan) {
  sweep_sizes shape{int(value_of_gan(config.target, gan).size()), value_of_gan(config.batch_size, gan),
                    value_of_gan(config.generator_steps, gan), value_of_gan(config.problem, gan)};
  // What a GAN does not use must not part it from others.
  gan_problem& problem = shape.problem;
  for (int l = problem.hidden_layers; l < max_hidden_layers; ++l) problem.hidden_width[l] = 0;
  if (problem.hidden_layers == 0) problem.activation = {};
  if (problem.estimator != gan_estimator::gumbel_rao) problem.inner_samples = 0;
  for (float* amount : {&problem.weight_clip, &problem.gradient_penalty}) *amount = *amount > 0 ? 1.0f : 0.0f;
  problem.smoothing_amount = 0;
  return shape;
}

sweep_task sweep_group::task(const sweep_config& config) const {
  sweep_task task{};
  task.shape = shape;
  task.steps_per_epoch = std::uint64_t(config.steps_per_epoch);
  task.gans = settings.data();
  task.first_word = first_word.data();
  task.last_word = last_word.data();
  task.probabilities = probabilities.data();
  task.initial_logits = initial_logits.data();
  task.temperatures = config.temperature.data();
  task.data = config.data.empty() ? nullptr : config.data.data();
  task.data_count = config.data.size();
  task.order = config.order;
  return task;
}

std::uint64_t all_epochs(const sweep_config& config) {
  constexpr std::uint64_t most = ~std::uint64_t{0};
  if (config.epochs.size() == 1) {
    const auto each = std::uint64_t(config.epochs[0]);
    return config.num_gans > most / each ? most : config.num_gans * each;
  }
  std::uint64_t all = 0;
  for (const std::int64_t epochs : config.epochs) all += std::min(std::uint64_t(epochs), most - all);
  return all;
}

std::uint64_t epochs_so_far(const sweep_config& config, const training_state& state) {
  std::uint64_t epochs = state.paused_epochs(std::uint64_t(config.steps_per_epoch));
  for (std::uint64_t gan = 0; gan < config.num_gans; ++gan)
    if (state.has_ended(gan)) epochs += std::uint64_t(value_of_gan(config.epochs, gan));
  return epochs;
}

std::vector<sweep_group> groups_of(const sweep_config& config, const training_state& state) {
  std::vector<sweep_group> groups;
  group_numbers numbers;
  for (std::uint64_t gan = 0; gan < config.num_gans; ++gan) {
    if (state.has_ended(gan)) continue;
    const sweep_sizes shape = shape_of(config, gan);
    const std::uint64_t steps = state.steps(gan);
    const std::size_t number = numbers.number(shape, steps);
    if (number == groups.size()) groups.push_back({shape, steps, {}, {}, {}, {}, {}, {}});
    groups[number].gans.push_back(gan);
  }
  for (sweep_group& group : groups) {
    put_in_order(config, group.gans);
    add_settings(config, group);
  }
  return groups;
}

}  // namespace gumbelcuda
