// SPDX-License-Identifier: Apache-2.0
#include "host/cli/file_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "host/cli/quantity.hpp"
#include "host/results/report.hpp"
#include "host/results/statistics.hpp"
#include "host/results/sweep_layout.hpp"
#include "host/results/sweep_summary.hpp"

namespace gumbelcuda {
namespace {

std::string rates(const std::vector<float>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return *least == *most ? fmt::format("{}", *least) : fmt::format("{} … {}", *least, *most);
}

template <class Config>
std::string history(const Config& config) {
  if (config.history_gans == 0) return "none";
  if (config.history_gans == config.num_gans) return "of every GAN";
  return fmt::format("of the first {} GANs", grouped(config.history_gans));
}

std::string axis_line(const sweep_axis& axis) {
  if (!axis.words.empty())
    return fmt::format("{}: {}", axis.name, fmt::join(axis.words.begin(), axis.words.end(), " | "));
  std::vector<double> values = axis.value;
  std::sort(values.begin(), values.end());
  const auto different = std::unique(values.begin(), values.end()) - values.begin();
  return fmt::format("{}: {} values, {} … {}{}", axis.name, different, values.front(),
                     values[static_cast<std::size_t>(different) - 1], axis.logarithmic ? ", logarithmic" : "");
}

template <class Object>
void erase_keys_of_the_run(Object& object) {
  for (const char* of_the_run : {"backend", "hardware", "threads", "seconds", "gans_per_second"})
    object.erase(of_the_run);
}

}  // namespace

std::string file_info_text(const std::string& path, const open_fleet& fleet) {
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
         table(config, collect(fleet.rows, config.target));
}

std::string file_info_json(const open_fleet& fleet) {
  fleet_result run;
  run.num_gans = fleet.rows.num_gans;
  run.classes = fleet.rows.classes;
  nlohmann::json object = to_json(fleet.config, run, collect(fleet.rows, fleet.config.target));
  erase_keys_of_the_run(object);
  object["format_version"] = fleet.format_version;
  object["history_gans"] = fleet.config.history_gans;
  return object.dump(2) + "\n";
}

std::string file_info_text(const std::string& path, const sweep_record& record) {
  const sweep_config& config = record.config;
  std::string axes;
  for (const sweep_axis& axis : record.axes) axes += (axes.empty() ? "" : "\n                ") + axis_line(axis);
  const auto [least, most] = std::minmax_element(config.epochs.begin(), config.epochs.end());
  std::string text = fmt::format(
      "sweep file      {}, format version {}\n"
      "gans            {}, numbers {} … {}, {} classes{}\n"
      "axes            {}\n"
      "training        {} epochs of {} steps\n",
      path, sweep_layout::format_version, grouped(config.num_gans), config.first_gan,
      config.first_gan + config.num_gans - 1, record.result.most_classes,
      std::all_of(record.result.classes.begin(), record.result.classes.end(),
                  [&](int classes) { return classes == record.result.most_classes; })
          ? ""
          : " or fewer",
      axes.empty() ? "none" : axes,
      *least == *most ? grouped(static_cast<std::uint64_t>(*least)) : fmt::format("{} … {}", *least, *most),
      config.steps_per_epoch);
  if (record.data_count > 0)
    text += fmt::format("data            {} samples, hash {:016x}\n", grouped(record.data_count), record.data_hash);
  if (config.gradient_samples > 0) text += fmt::format("gradients       {} samples a GAN\n", config.gradient_samples);
  return text + fmt::format("history         {}\n\n", history(config)) + table(record, summarise(record));
}

std::string file_info_json(const sweep_record& record) {
  nlohmann::json object = to_json(record, summarise(record));
  erase_keys_of_the_run(object);
  object["kind"] = "sweep";
  object["format_version"] = sweep_layout::format_version;
  object["history_gans"] = record.config.history_gans;
  object["gradient_samples"] = record.config.gradient_samples;
  if (record.data_count > 0) {
    object["data_count"] = record.data_count;
    object["data_hash"] = fmt::format("{:016x}", record.data_hash);
  }
  return object.dump(2) + "\n";
}

}  // namespace gumbelcuda
