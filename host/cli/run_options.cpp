// SPDX-License-Identifier: Apache-2.0
#include "host/cli/run_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "host/cli/csv_output.hpp"
#include "host/cli/file_kind.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/run_progress.hpp"
#include "host/files/atomic_file.hpp"
#include "host/results/result_file.hpp"

namespace gumbelcuda {

void add_execution_options(flag_set& flags, run_options& options) {
  fleet_execution& execution = options.execution;
  flags.group("Execution");
  flags.add("--backend", "NAME", execution.backend, backend_text);
  flags.add_conversion(
      "--device", "N,N,...|all",
      {"CUDA devices, between which the GANs are divided; gumbelcuda info lists them", "numbers, or all", "the first"},
      [&options](const std::string& flag, const std::string& given) {
        options.all_devices = given == "all";
        if (!options.all_devices) parse(flag, given, options.execution.devices);
      });
  flags.add("--threads", "N", execution.threads, threads_text);
  flags.add("--cpu-target", "NAME", execution.cpu_target,
            {"instruction set; gumbelcuda info lists those of this machine", "", "the best of them"});
}

void add_report_options(flag_set& flags, run_options& options, const std::string& rows, const std::string& page) {
  flags.add("--csv", "FILE", options.csv,
            {"write " + rows +
             "; replaced if it exists, only once the new one is complete; "
             "- prints them instead of the table"});
  flags.add_switch("--json", options.json, "print one JSON object instead of the table (" + page + ")");
  flags.add("--tolerance", "D", options.tolerance,
            {"total variation up to which a GAN counts as converged", "0 … 1", fmt::format("{}", options.tolerance)});
  flags.add_switch("--quiet", options.quiet, "no progress and no table, only warnings and errors");
}

void finish_options(run_options& options) {
  if (options.all_devices) {
    for (const cuda_device& device : cuda_devices()) options.execution.devices.push_back(device.number);
    if (options.execution.devices.empty()) throw no_device("--device: all of none; " + cuda_problem());
  }
  if (!(options.tolerance >= 0 && options.tolerance <= 1))
    throw invalid_argument("--tolerance", fmt::format("{} is not in 0 … 1", options.tolerance));
  if (!(options.log.interval >= .1 && options.log.interval <= 1e6))
    throw invalid_argument("--log-interval", fmt::format("{} is not in 0.1 … 1e6", options.log.interval));
}

void check_outputs(const run_options& options, const std::string& command, std::uint64_t out_bytes,
                   std::uint64_t csv_bytes) {
  if (!options.out.empty() && !have_result_file())
    throw invalid_argument("--out", "this build has no HDF5, so no result files; use --csv FILE or --json");
  refuse_other_kind("--out", options.out, kind_of_file::hdf5, command);
  refuse_other_kind("--csv", options.csv, kind_of_file::csv, command);
  if (is_standard_output(options.out))
    throw invalid_argument("--out", "'" + options.out + "' is standard output, and HDF5 cannot be written in one go; " +
                                        "name a file, or use --csv - or --json");
  if (is_standard_output(options.csv) && options.json)
    throw invalid_argument(
        "--csv", "'" + options.csv + "' is standard output, where --json prints its object; " + "name a file");
  for (const auto& [flag, path] : {std::pair{"--out", options.out}, std::pair{"--csv", options.csv}})
    if (!path.empty() && !is_stream(path)) refuse_checkpoint(flag, path);
  if (!options.out.empty() && !options.csv.empty() && !is_stream(options.csv) &&
      same_destination(options.out, options.csv))
    throw invalid_argument("--csv", "'" + options.csv + "' is the file of --out too");
  if (!options.out.empty()) check_writable(options.out, out_bytes);
  if (!options.csv.empty()) check_csv_output(options.csv, csv_bytes);
}

bool devices_exist(const run_options& options) {
  if (options.execution.backend == backend_kind::cpu) return true;
  const std::vector<cuda_device> there = cuda_devices();
  const std::vector<int>& asked = options.execution.devices;
  return std::all_of(asked.begin(), asked.end(), [&](int number) {
    return std::any_of(there.begin(), there.end(), [&](const cuda_device& device) { return device.number == number; });
  });
}

void stop_here() {
  if (stop_flag()) throw interrupted("stopped by a signal");
}

void train_with_progress(const run_options& options, const training_view& view,
                         const std::function<void(const fleet_execution&)>& train) {
  const stop_by_flag while_training;
  run_progress progress(options.execution, view, !options.quiet);
  train(progress.execution());
  progress.done();
}

std::string speed_text(const std::string& backend, const std::string& target, int threads, std::uint64_t gans,
                       double seconds) {
  const std::string where = target.empty() ? backend : backend + " (" + target + ")";
  return fmt::format("{}, {} {}{}: {} GAN{} in {:.3g} s, {} GANs/s\n", where, threads,
                     backend == "cuda" ? "device" : "thread", threads == 1 ? "" : "s", grouped(gans),
                     gans == 1 ? "" : "s", seconds, rate(static_cast<double>(gans) / seconds));
}

std::string divergence_text(std::uint64_t diverged, std::uint64_t gans, const std::string& advice) {
  if (diverged == 0) return "";
  const std::string which = gans == 1          ? "the GAN"
                            : diverged == gans ? fmt::format("all {} GANs", grouped(gans))
                                               : fmt::format("{} of {} GANs", grouped(diverged), grouped(gans));
  return which + " diverged: " + advice;
}

}  // namespace gumbelcuda
