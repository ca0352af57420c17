// SPDX-License-Identifier: Apache-2.0
// The public functions of gumbelcuda/checkpoint.hpp.
#include "gumbelcuda/checkpoint.hpp"

#include <utility>
#include <variant>

#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/partial_training.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/checkpoint/shard.hpp"
#include "host/checkpoint/train_into_checkpoint.hpp"

namespace gumbelcuda {
namespace {

template <class Partial, class Config, class Train>
auto train_kept(const Config& config, const std::string& settings, const checkpoint& kept,
                const fleet_execution& execution, Train train) {
  validate(kept);
  const gan_range gans = gans_of_shard(kept, config.num_gans);
  const Config part = part_of(config, gans);
  Partial run;
  train_into_checkpoint(
      part, gans, settings, kept, run, [&](const fleet_execution& where) { train(part, run, where); },
      [&] { return execution; });
  return std::move(run.result);
}

// The settings that all of the files have.
run_settings settings_of_all(const std::vector<std::string>& files) {
  if (files.empty()) throw invalid_argument("files", "there are none");
  const std::string settings = settings_of_checkpoint(files.front());
  for (const std::string& file : files)
    if (settings_of_checkpoint(file) != settings)
      throw invalid_argument("files", "'" + file + "' and '" + files.front() + "' are of different runs");
  return settings_of_bytes(settings, files.front());
}

template <class Partial, class Config>
auto joined(const std::vector<std::string>& files, const Config& config) {
  Partial whole;
  prepare(config, whole);
  for (const std::string& file : files)
    read_records(file, [&](const checkpoint_record& record) {
      expect_gans(record, config.num_gans, file);
      for (std::uint64_t gan = record.first; gan < record.first + record.count; ++gan)
        if (whole.ended[gan])
          throw invalid_argument(
              "files", "GAN " + number_text(config.first_gan + gan) + " is in '" + file + "' and was there before");
      put_rows(record.rows, file, config, record.first, record.count, whole);
    });
  for (std::uint64_t gan = 0; gan < config.num_gans; ++gan)
    if (!whole.ended[gan])
      throw invalid_argument("files", "GAN " + number_text(config.first_gan + gan) + " is in none of them");
  return std::move(whole.result);
}

}  // namespace

fleet_result train_fleet(const fleet_config& config, const checkpoint& kept, const fleet_execution& execution) {
  validate(config);
  return train_kept<partial_fleet>(
      config, bytes_of_settings(config), kept, execution,
      [](const auto& part, auto& run, const auto& where) { train_fleet(part, run, where); });
}

sweep_result train_sweep(const sweep_config& config, const checkpoint& kept, const fleet_execution& execution) {
  validate(config);
  sweep_record record;
  record.config = config;
  return train_kept<partial_sweep>(
      config, bytes_of_settings(record), kept, execution,
      [](const auto& part, auto& run, const auto& where) { train_sweep(part, run, where); });
}

merged_fleet merge_fleet(const std::vector<std::string>& files) {
  const run_settings settings = settings_of_all(files);
  const fleet_config* const config = std::get_if<fleet_config>(&settings);
  if (!config) throw invalid_argument("files", "'" + files.front() + "' is the checkpoint of a sweep");
  return {*config, joined<partial_fleet>(files, *config)};
}

merged_sweep merge_sweep(const std::vector<std::string>& files) {
  const run_settings settings = settings_of_all(files);
  const sweep_record* const record = std::get_if<sweep_record>(&settings);
  if (!record) throw invalid_argument("files", "'" + files.front() + "' is the checkpoint of a fleet");
  return {record->config, joined<partial_sweep>(files, record->config)};
}

}  // namespace gumbelcuda
