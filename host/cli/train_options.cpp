// SPDX-License-Identifier: Apache-2.0
// Only fleet_config has default values. The help text is made from them, so it cannot be wrong.
#include "host/cli/train_options.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "host/cli/quantity.hpp"

namespace gumbelcuda {
namespace {

// Only flags that are not "--" and the library's name with dashes for underscores.
constexpr std::array<std::pair<const char*, const char*>, 6> renamed{{
    {"num_gans", "--gans"},
    {"target", "--probs"},
    {"history_gans", "--history"},
    {"devices", "--device"},
    {"checkpoint.file", "--checkpoint"},
    {"checkpoint.resume", "--resume"},
}};

template <class Value>
std::string text(Value value) {
  return fmt::format("{}", value);
}

}  // namespace

train_parser::train_parser(CLI::App& app, train_options& options) : options_(options), flags_(app) {
  flags_.about("Trains a fleet of toy GANs and prints the converged distributions against the target.",
               "The result depends on the model and training options alone: same bytes for any number of "
               "threads, instruction set or backend.\n"
               "\n"
               "Exit codes: 0 done, 1 failed, 2 usage or bad value, 3 the checkpoint is damaged, 4 no such device, 5 "
               "every GAN diverged (the results are written), 129, 130 or 143 interrupted (SIGHUP, Ctrl-C, SIGTERM: "
               "stops in under a second and leaves no part of a file; under nohup, which ignores SIGHUP, it trains "
               "on).\n"
               "\n"
               "Examples:\n"
               "  gumbelcuda train --gans 10000 --out fleet.h5 --history 100\n"
               "  gumbelcuda train --probs 0.5,0.25,0.25 --temperature 0.5 --json --quiet");
  add_model();
  add_training();
  add_execution_options(flags_, options_);
  add_checkpoint_options(flags_, options_.checkpoint);
  add_output();
}

void train_parser::add_model() {
  fleet_config& config = options_.config;
  flags_.group("Model");
  flags_.add("--gans", "N", config.num_gans, {"GANs to train", "1 or more", text(config.num_gans)});
  flags_.add("--probs", "P,P,...", config.target,
             {"the distribution to learn", "2 … 1024 numbers in 0 … 1 that sum to 1",
              joined(config.target.data(), config.target.size())});
  flags_.add("--temperature", "T", config.temperature,
             {"of the Gumbel-softmax", "0 or more; one value, or one for each GAN (T,T,... or @FILE)",
              text(config.temperature[0])});
}

void train_parser::add_training() {
  fleet_config& config = options_.config;
  flags_.group("Training");
  flags_.add("--epochs", "N", config.epochs, {"", "1 or more", text(config.epochs)});
  flags_.add("--steps-per-epoch", "N", config.steps_per_epoch,
             {"discriminator updates an epoch", "1 or more", text(config.steps_per_epoch)});
  flags_.add("--batch-size", "N", config.batch_size, {"samples an update", "1 … 4096", text(config.batch_size)});
  flags_.add("--generator-steps", "N", config.generator_steps,
             {"generator updates after each discriminator update", "1 … 1000", text(config.generator_steps)});
  const std::string rates = "above 0; one value, or one for each GAN (R,R,... or @FILE)";
  flags_.add("--learning-rate", "R", learning_rate_,
             {"of both optimizers", rates, text(config.generator_learning_rate[0])});
  flags_.add("--generator-learning-rate", "R", config.generator_learning_rate,
             {"of the generator's instead", "above 0"});
  flags_.add("--discriminator-learning-rate", "R", config.discriminator_learning_rate,
             {"of the discriminator's instead", "above 0"});
  flags_.add("--seed", "N", config.seed, seed_text);
  flags_.add("--first-gan", "N", config.first_gan,
             {"number of the first GAN, so that a fleet can be trained in parts", "0 or more", text(config.first_gan)});
}

void train_parser::add_output() {
  flags_.group("Output");
  flags_.add("--out", "FILE.h5", options_.out,
             {"write everything that was learned as HDF5; replaced if it exists, only once the new one is complete"});
  flags_.add_conversion("--history", "N|all",
                        {"keep the distribution after every epoch of the first so many GANs in the result file",
                         "0 … --gans, or all", text(options_.config.history_gans)},
                        [this](const std::string& flag, const std::string& given) {
                          whole_history_ = given == "all";
                          if (!whole_history_) parse(flag, given, options_.config.history_gans);
                        });
  add_report_options(flags_, options_, "the final distributions: gan,p0,p1,...", "docs/command.md");
  add_log_options(flags_, options_.log, true);
}

void train_parser::convert() {
  flags_.convert();
  fleet_config& config = options_.config;
  if (flags_.given("--learning-rate")) {
    if (!flags_.given("--generator-learning-rate")) config.generator_learning_rate = learning_rate_;
    if (!flags_.given("--discriminator-learning-rate")) config.discriminator_learning_rate = learning_rate_;
  }
  finish_options(options_);
  if (whole_history_) config.history_gans = config.num_gans;
}

invalid_argument train_parser::in_terms_of_flags(const invalid_argument& error) const {
  const std::string& name = error.argument();
  if (name.rfind("--", 0) == 0) return error;
  const std::string problem = std::string(error.what()).substr(name.size() + 2);
  for (const auto& [argument, flag] : renamed)
    if (name == argument) return {flag, problem};
  std::string flag = "--" + name;
  for (char& c : flag)
    if (c == '_') c = '-';
  const bool is_rate = flag == "--generator-learning-rate" || flag == "--discriminator-learning-rate";
  return {is_rate && !flags_.given(flag) ? "--learning-rate" : flag, problem};
}

}  // namespace gumbelcuda
