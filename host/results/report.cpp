// SPDX-License-Identifier: Apache-2.0
#include "host/results/report.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

#include "gumbelcuda/detail/number_text.hpp"

namespace gumbelcuda {
namespace {

// 7e-4f as 0.0007, not as the digits of the float's exact value.
double shortest(float value) {
  const std::string text = number_text(value);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

// One value for all GANs becomes a number, otherwise a list of one number per GAN.
nlohmann::json rates(const std::vector<float>& values) {
  if (values.size() == 1) return shortest(values[0]);
  auto list = nlohmann::json::array();
  for (const float value : values) list.push_back(shortest(value));
  return list;
}

}  // namespace

nlohmann::json to_json(const fleet_config& config, const fleet_result& fleet, const fleet_statistics& statistics) {
  return {
      {"gans", fleet.num_gans},
      {"first_gan", config.first_gan},
      {"classes", fleet.classes},
      {"seed", config.seed},
      {"epochs", config.epochs},
      {"steps_per_epoch", config.steps_per_epoch},
      {"batch_size", config.batch_size},
      {"generator_steps", config.generator_steps},
      {"temperature", rates(config.temperature)},
      {"generator_learning_rate", rates(config.generator_learning_rate)},
      {"discriminator_learning_rate", rates(config.discriminator_learning_rate)},
      {"backend", fleet.backend},
      {"hardware", fleet.target},
      {"threads", fleet.threads},
      {"seconds", fleet.seconds},
      {"gans_per_second", static_cast<double>(fleet.num_gans) / fleet.seconds},
      {"target", config.target},
      {"mean", statistics.mean},
      {"stddev", statistics.stddev},
      {"quantiles", {{"0.05", statistics.quantile_05}, {"0.5", statistics.median}, {"0.95", statistics.quantile_95}}},
      {"total_variation", statistics.mean_total_variation},
      {"max_total_variation", statistics.max_total_variation},
      {"kl_divergence", statistics.mean_kl},
      {"converged", statistics.converged},
      {"tolerance", statistics.tolerance},
      {"diverged", statistics.diverged},
  };
}

std::string table(const fleet_config& config, const fleet_statistics& statistics) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{:>5}  {:>8}  {:>8}  {:>8}  {:>8}  {:>8}  {:>8}\n", "class", "target", "mean", "stddev", "5 %",
                 "median", "95 %");
  for (std::size_t k = 0; k < config.target.size(); ++k)
    fmt::format_to(out, "{:>5}  {:>8.4f}  {:>8.4f}  {:>8.4f}  {:>8.4f}  {:>8.4f}  {:>8.4f}\n", k, config.target[k],
                   statistics.mean[k], statistics.stddev[k], statistics.quantile_05[k], statistics.median[k],
                   statistics.quantile_95[k]);
  fmt::format_to(out, "total variation to the target: mean {:.4f}, largest {:.4f}; KL divergence: mean {:.4f}\n",
                 statistics.mean_total_variation, statistics.max_total_variation, statistics.mean_kl);
  fmt::format_to(out, "converged (total variation at most {}): {} of {}", statistics.tolerance, statistics.converged,
                 config.num_gans);
  if (statistics.diverged > 0) fmt::format_to(out, "; diverged and left out above: {}", statistics.diverged);
  text += '\n';
  return text;
}

}  // namespace gumbelcuda
