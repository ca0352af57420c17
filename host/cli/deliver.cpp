// SPDX-License-Identifier: Apache-2.0
#include "host/cli/deliver.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "host/cli/command.hpp"
#include "host/cli/csv_output.hpp"
#include "host/cli/exit_code.hpp"
#include "host/results/csv.hpp"
#include "host/results/report.hpp"
#include "host/results/result_file.hpp"
#include "host/results/statistics.hpp"
#include "host/results/sweep_csv.hpp"
#include "host/results/sweep_file.hpp"
#include "host/results/sweep_summary.hpp"

namespace gumbelcuda {
namespace {

// On the backend that trained, if `fleet` has what all of `rows` are: a run in pieces has not.
fleet_statistics summarise(const run_options& options, const fleet_config& config, const fleet_result& fleet,
                           const fleet_rows& rows) {
  const std::vector<int>& devices = options.execution.devices;
  if (fleet.backend != "cuda" || fleet.distribution.size() != rows.distribution.size())
    return collect(rows, config.target, options.tolerance);
  return collect_on_device(fleet, config.target, options.tolerance, devices.empty() ? 0 : devices.front());
}

template <class Result>
std::string speed_of(const Result& result, std::uint64_t trained) {
  if (trained == 0) return "";
  return speed_text(result.backend, result.target, result.threads, trained, result.seconds);
}

// With the speed of what was trained, which is null if nothing was.
template <class Result>
std::string json_text(nlohmann::json object, const Result& result, std::uint64_t trained) {
  object["gans_per_second"] = nullptr;
  if (trained > 0) object["gans_per_second"] = static_cast<double>(trained) / result.seconds;
  return object.dump(2) + "\n";
}

}  // namespace

int deliver(const run_options& options, const fleet_config& config, const fleet_result& fleet, std::uint64_t trained) {
  return deliver(options, config, fleet, rows_of(fleet), trained);
}

int deliver(const run_options& options, const fleet_config& config, const fleet_result& fleet, const fleet_rows& rows,
            std::uint64_t trained) {
  const fleet_statistics statistics = summarise(options, config, fleet, rows);
  delivery results;
  results.file(options.out, [&](const std::string& path) { write_result_file(path, config, rows); });
  results.file(options.csv, [&](const std::string& path) {
    write_csv_output(path, [&](const text_writer& write) { write_csv(write, rows, config.first_gan); });
  });
  if (options.json) results.text(json_text(to_json(config, fleet, statistics), fleet, trained));
  if (!options.json && !options.quiet && !is_standard_output(options.csv))
    results.text(table(config, statistics) + speed_of(fleet, trained));
  const std::string divergence = divergence_text(statistics.diverged, fleet.num_gans,
                                                 "probabilities are not finite; a smaller --learning-rate may help");
  const bool all = statistics.diverged == fleet.num_gans;
  if (!divergence.empty() && (!all || results.failed())) warn(divergence);
  results.finish();
  if (all) throw all_diverged(divergence);
  return exit_done;
}

int deliver(const run_options& options, const sweep_record& record, std::uint64_t trained) {
  const sweep_result& result = record.result;
  const sweep_summary summary = summarise(record);
  delivery results;
  results.file(options.out, [&](const std::string& path) { write_sweep_file(path, record); });
  results.file(options.csv, [&](const std::string& path) {
    write_csv_output(path, [&](const text_writer& write) { write_sweep_csv(write, record); });
  });
  if (options.json) results.text(json_text(to_json(record, summary), result, trained));
  if (!options.json && !options.quiet && !is_standard_output(options.csv))
    results.text(table(record, summary) + speed_of(result, trained));
  const bool all = summary.diverged == result.num_gans;
  const std::string divergence =
      divergence_text(summary.diverged, result.num_gans, "a parameter is not finite; smaller learning rates may help");
  // Some that diverge are what a sweep is there to find; the table counts them.
  if (all && results.failed()) warn(divergence);
  results.finish();
  if (all) throw all_diverged(divergence);
  return exit_done;
}

}  // namespace gumbelcuda
