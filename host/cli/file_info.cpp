// SPDX-License-Identifier: Apache-2.0
#include "host/cli/file_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "host/cli/quantity.hpp"
#include "host/results/report.hpp"
#include "host/results/statistics.hpp"

namespace gumbelcuda {
namespace {

std::string rates(const std::vector<float>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return *least == *most ? fmt::format("{}", *least) : fmt::format("{} … {}", *least, *most);
}

std::string history(const fleet_config& config) {
  if (config.history_gans == 0) return "none";
  if (config.history_gans == config.num_gans) return "of every GAN";
  return fmt::format("of the first {} GANs", grouped(config.history_gans));
}

}  // namespace

std::string file_info_text(const std::string& path, const stored_fleet& fleet) {
  const fleet_config& config = fleet.config;
  return fmt::format(
             "result file     {}, format version {}\n"
             "gans            {}, numbers {} … {}, seed {}\n"
             "training        {} epochs of {} steps, batch size {}, {} generator updates a step\n"
             "temperature     {}\n"
             "learning rates  {} generator, {} discriminator\n"
             "history         {}\n"
             "\n",
             path, fleet.format_version, grouped(config.num_gans), config.first_gan,
             config.first_gan + config.num_gans - 1, config.seed, config.epochs, config.steps_per_epoch,
             config.batch_size, config.generator_steps, rates(config.temperature),
             rates(config.generator_learning_rate), rates(config.discriminator_learning_rate), history(config)) +
         table(config, collect(fleet.result, config.target));
}

std::string file_info_json(const stored_fleet& fleet) {
  nlohmann::json object = to_json(fleet.config, fleet.result, collect(fleet.result, fleet.config.target));
  for (const char* of_the_run : {"backend", "hardware", "threads", "seconds", "gans_per_second"})
    object.erase(of_the_run);
  object["format_version"] = fleet.format_version;
  object["history_gans"] = fleet.config.history_gans;
  return object.dump(2) + "\n";
}

}  // namespace gumbelcuda
