// SPDX-License-Identifier: Apache-2.0
// What a program of sequences is told: the options that all of them have, and the settings of the fleet that follow.
#pragma once

#include <CLI/CLI.hpp>

#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "sequence_settings.hpp"

namespace gumbelcuda::example {

// One GAN of each combination's seeds; combinations are all of the lists' values with each other.
struct combination {
  float generator_rate, discriminator_rate, tau_begin, tau_end;
};

struct sequence_options {
  sequence_settings settings{};
  int hidden = 16, discriminator_hidden = 0, batch = 32;
  std::uint64_t gans = 32;  // of each combination
  std::int64_t steps = 2000, epochs = 10, tau_steps = 0;
  schedule_shape tau_shape = schedule_shape::exponential;
  std::vector<float> generator_rate{3e-3f}, discriminator_rate{3e-3f}, tau_begin{1}, tau_end{1};
  std::vector<double> sampling_temperature{1};
  std::vector<combination> combinations{};  // model i belongs to number i / gans
  int threads = 0, samples = 24, sampled_gans = 1;
  bool quiet = false;
  std::string out{};
};

namespace options {

// --flag WORD, one of the names of an enumeration.
template <class Enum>
void add_choice(CLI::App& app, const std::string& flag, Enum& value, const std::map<std::string, Enum>& names,
                const std::string& about) {
  const auto chosen = [&] {
    for (const auto& [name, of] : names)
      if (of == value) return name;
    return std::string();
  };
  std::string all;
  for (const auto& [name, of] : names) all += (all.empty() ? "" : "|") + name;
  app.add_option_function<std::string>(
         flag, [&value, names](const std::string& name) { value = names.at(name); }, about)
      ->check(CLI::IsMember(names))
      ->type_name(all)
      ->default_str(chosen());
}

template <class Value>
CLI::Option* add_list(CLI::App& app, const std::string& flag, std::vector<Value>& values, const std::string& about) {
  const auto above_0 = [](const std::string& text) {
    char* end = nullptr;
    const double x = std::strtod(text.c_str(), &end);
    return *end == 0 && x > 0 && std::isfinite(x) ? std::string() : text + " is not a number above 0";
  };
  return app.add_option(flag, values, about)->delimiter(',')->check(CLI::Validator(above_0, ""))->capture_default_str();
}

}  // namespace options

// sequences_are: what they are called.
inline void add_sequence_options(CLI::App& app, sequence_options& o, const std::string& sequences_are) {
  sequence_settings& s = o.settings;
  sequences::sequence_gan_settings& gan = s.gan;
  using options::add_choice;
  using options::add_list;
  constexpr double most = 1e9;
  add_choice<bool>(app, "--model", s.likelihood, {{"gan", false}, {"likelihood", true}}, "what trains the generator");
  app.add_option("--gans", o.gans, "seeds of each combination of the values below that are lists")
      ->check(CLI::Range(1., most))
      ->capture_default_str();
  app.add_option("--steps", o.steps, "steps of the training")->check(CLI::Range(1., most))->capture_default_str();
  app.add_option("--epochs", o.epochs, "at how many moments the generator is evaluated")
      ->check(CLI::Range(1., most))
      ->capture_default_str();
  app.add_option("--seed", s.fleet.seed, "of the noise stream")->capture_default_str();
  app.add_option("--first", s.fleet.first_model, "the first model's row of the noise stream")->capture_default_str();
  app.add_option("--hidden", o.hidden, "units of the generator's LSTM")->capture_default_str();
  app.add_option("--discriminator-hidden", o.discriminator_hidden, "of the discriminator's; 0: as many")
      ->capture_default_str();
  app.add_option("--batch", o.batch, sequences_are + " an update")->capture_default_str();
  add_list(app, "--generator-rate", o.generator_rate, "learning rates, R,R,…");
  add_list(app, "--discriminator-rate", o.discriminator_rate, "learning rates, R,R,…");
  add_list(app, "--tau-begin", o.tau_begin, "temperatures at the beginning, T,T,…");
  add_list(app, "--tau-end", o.tau_end, "temperatures at the end, T,T,…");
  add_choice<schedule_shape>(app, "--tau-shape", o.tau_shape,
                             {{"linear", schedule_shape::linear},
                              {"exponential", schedule_shape::exponential},
                              {"cosine", schedule_shape::cosine}},
                             "the way from the one to the other");
  app.add_option("--tau-steps", o.tau_steps, "steps until the temperature is that of the end; 0: all")
      ->check(CLI::Range(0., most))
      ->capture_default_str();
  add_choice<sequences::estimator>(app, "--estimator", gan.estimator,
                                   {{"relaxed", estimator::relaxed},
                                    {"straight_through", estimator::straight_through},
                                    {"gumbel_rao", estimator::gumbel_rao}},
                                   "of the generator's gradient");
  app.add_option("--inner-samples", gan.inner_samples, "of gumbel_rao")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  add_choice<sequences::feedback>(
      app, "--feedback", gan.feedback,
      {{"hard", feedback::hard}, {"straight_through", feedback::straight_through}, {"soft", feedback::soft}},
      "what the generator reads of its last symbol");
  add_choice<sequences::judged>(app, "--judged", gan.judged, {{"final", judged::final}, {"dense", judged::dense}},
                                "the discriminator judges the whole, or each beginning");
  add_choice<sequences::loss>(app, "--loss", gan.loss,
                              {{"non_saturating", loss::non_saturating}, {"hinge", loss::hinge}}, "of both");
  app.add_option("--real-smoothing", gan.real_smoothing,
                 "how much of a real symbol is spread before Gumbel-softmax; 0: one-hot")
      ->check(CLI::Range(0., .999))
      ->capture_default_str();
  app.add_option("--label-smoothing", gan.label_smoothing, "how far the label of what is real is below 1")
      ->check(CLI::Range(0., .499))
      ->capture_default_str();
  app.add_option("--averaging", gan.averaging,
                 "how much of the average of the generator's parameters, which writes, a step keeps")
      ->check(CLI::Range(0., .999999))
      ->capture_default_str();
  app.add_option("--discriminator-updates", gan.discriminator_updates, "in a step")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  app.add_option("--generator-updates", gan.generator_updates, "in a step")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  add_choice<optimizer_kind>(app, "--optimizer", s.fleet.optimizer.kind,
                             {{"adam", optimizer_kind::adam},
                              {"adam_pytorch", optimizer_kind::adam_pytorch},
                              {"sgd", optimizer_kind::sgd},
                              {"rmsprop", optimizer_kind::rmsprop}},
                             "of both");
  app.add_option("--beta1", s.fleet.optimizer.beta_1, "of the optimizer")->capture_default_str();
  app.add_option("--beta2", s.fleet.optimizer.beta_2, "of the optimizer")->capture_default_str();
  add_list(app, "--sampling-temperature", o.sampling_temperature,
           "at which the trained generator is evaluated, too, A,A,…")
      ->check(CLI::Range(1e-6, 1e6));
  app.add_option("--threads", o.threads, "0: all processors")->check(CLI::Range(0, 4096))->capture_default_str();
  app.add_option("--samples", o.samples, sequences_are + " to print of each sampled model")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  app.add_option("--sampled-gans", o.sampled_gans, "models to sample")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  app.add_option("--out", o.out, "FILE.csv: a line for each model and moment");
  app.add_flag("--quiet", o.quiet, "no progress");
}

// The compiled size that is asked for. Size: has hidden, discriminator and batch.
template <class Size>
const Size* find_size(sequence_options& o, const std::vector<const Size*>& sizes) {
  if (o.discriminator_hidden == 0) o.discriminator_hidden = o.hidden;
  const Size* found = nullptr;
  std::string compiled;
  for (const Size* size : sizes) {
    if (size->hidden == o.hidden && size->batch == o.batch &&
        (o.settings.likelihood || size->discriminator == o.discriminator_hidden))
      found = size;
    compiled += (compiled.empty() ? "" : "; ") + std::to_string(size->hidden) + ", " +
                std::to_string(size->discriminator) + ", " + std::to_string(size->batch);
  }
  if (!found)
    throw CLI::ValidationError("--hidden, --discriminator-hidden, --batch",
                               std::to_string(o.hidden) + ", " + std::to_string(o.discriminator_hidden) + ", " +
                                   std::to_string(o.batch) + " are not compiled; these are: " + compiled);
  return found;
}

// Lays the combinations out over the fleet.
inline void complete_fleet(sequence_options& o) {
  model_fleet_config& fleet = o.settings.fleet;
  if (o.steps % o.epochs != 0)
    throw CLI::ValidationError("--steps",
                               std::to_string(o.steps) + " is no multiple of --epochs, " + std::to_string(o.epochs));
  if (o.settings.likelihood) o.discriminator_rate.resize(1), o.tau_begin.resize(1), o.tau_end.resize(1);
  for (const float g : o.generator_rate)
    for (const float d : o.discriminator_rate)
      for (const float begin : o.tau_begin)
        for (const float end : o.tau_end) o.combinations.push_back({g, d, begin, end});
  fleet.num_models = fleet.history_models = o.gans * o.combinations.size();
  fleet.epochs = o.epochs;
  fleet.steps_per_epoch = o.steps / o.epochs;
  fleet.learning_rate.assign(1, {});
  if (!o.settings.likelihood) fleet.learning_rate = {{}, {}, {1}};  // an average is not updated by a rate
  fleet.temperature.clear();
  const std::uint64_t until = std::uint64_t(o.tau_steps > 0 ? o.tau_steps : o.steps);
  for (const combination& c : o.combinations)
    for (std::uint64_t i = 0; i < o.gans; ++i) {
      fleet.learning_rate[0].push_back(c.generator_rate);
      if (!o.settings.likelihood) fleet.learning_rate[1].push_back(c.discriminator_rate);
      fleet.temperature.push_back(c.tau_begin == c.tau_end
                                      ? constant_temperature(c.tau_end)
                                      : temperature_schedule{o.tau_shape, 2, {{0, c.tau_begin}, {until, c.tau_end}}});
    }
}

}  // namespace gumbelcuda::example
