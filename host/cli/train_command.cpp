// SPDX-License-Identifier: Apache-2.0
// gumbelcuda train: checks everything that can be checked, trains, writes the files, prints the result.
#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/byte_text.hpp"
#include "host/cli/command.hpp"
#include "host/cli/csv_output.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/file_kind.hpp"
#include "host/cli/memory.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/cli/train_options.hpp"
#include "host/results/atomic_file.hpp"
#include "host/results/report.hpp"
#include "host/results/result_file.hpp"
#include "host/results/result_layout.hpp"
#include "host/results/statistics.hpp"

namespace gumbelcuda {
namespace {

void check_outputs(const train_options& options) {
  if (!options.out.empty() && !have_result_file())
    throw invalid_argument("--out", "this build has no HDF5, so no result files; use --csv FILE or --json");
  refuse_other_kind("--out", options.out, kind_of_file::hdf5);
  refuse_other_kind("--csv", options.csv, kind_of_file::csv);
  if (is_standard_output(options.out))
    throw invalid_argument("--out", "'" + options.out + "' is standard output, and HDF5 cannot be written in one go; " +
                                        "name a file, or use --csv - or --json");
  if (is_standard_output(options.csv) && options.json)
    throw invalid_argument(
        "--csv", "'" + options.csv + "' is standard output, where --json prints its object; " + "name a file");
  if (!options.out.empty() && !options.csv.empty() && !is_stream(options.csv) &&
      same_destination(options.out, options.csv))
    throw invalid_argument("--csv", "'" + options.csv + "' is the file of --out too");
  if (options.config.history_gans > 0 && options.out.empty())
    throw invalid_argument("--history", "is kept in the result file only; name one with --out FILE.h5");
  if (!options.out.empty()) check_writable(options.out, result_layout::file_bytes(options.config));
  if (!options.csv.empty()) check_csv_output(options.csv, options.config);
}

void stop_here() {
  if (stop_flag()) throw interrupted("stopped by a signal");
}

fleet_result train(const train_options& options) {
  progress_line progress(options.config.num_gans, !options.quiet);
  const stop_by_flag while_training;
  fleet_execution execution = options.execution;
  execution.stop = &stop_flag();
  if (progress.wanted()) execution.on_progress = [&progress](const progress_report& report) { progress.show(report); };
  return train_fleet(options.config, execution);
}

// Delivers what it can: if a file fails, the other file and the table are still written. finish() throws what failed.
class delivery {
 public:
  template <class Write>
  void file(const std::string& path, Write write) {
    if (path.empty()) return;
    stop_here();
    attempt([&] { write(path); });
  }
  void text(const std::string& text) {
    attempt([&] { print_result(text); });
  }
  bool failed() const { return !problems_.empty(); }
  void finish() const {
    if (!problems_.empty()) throw file_error(problems_);
  }

 private:
  template <class Action>
  void attempt(Action action) {
    try {
      action();
    } catch (const file_error& error) {
      problems_ += (problems_.empty() ? "" : "; ") + std::string(error.what());
    }
  }

  std::string problems_;
};

class train_command : public command {
 public:
  explicit train_command(CLI::App& app) : parser_(app, options_) {}

  int run() override {
    catch_stop_signals();
    try {
      parser_.convert();
      validate(options_.config);
      check_memory(options_.config, !options_.out.empty(), free_memory());
      check_outputs(options_);
      return train_and_report();
    } catch (const invalid_argument& error) {
      const invalid_argument told = parser_.in_terms_of_flags(error);
      if (error.argument() == "devices" && !devices_exist()) throw no_device(told.what());  // with its own exit code
      throw told;
    } catch (const std::bad_alloc&) {
      throw too_little_memory();
    } catch (const std::length_error&) {
      throw too_little_memory();
    }
  }

 private:
  // Also true if devices do not matter, because the CPU was requested.
  bool devices_exist() const {
    if (options_.execution.backend == backend_kind::cpu) return true;
    const std::vector<cuda_device> there = cuda_devices();
    const std::vector<int>& asked = options_.execution.devices;
    return std::all_of(asked.begin(), asked.end(), [&](int number) {
      return std::any_of(there.begin(), there.end(),
                         [&](const cuda_device& device) { return device.number == number; });
    });
  }

  out_of_memory too_little_memory() const {
    return out_of_memory(fmt::format("out of memory: the result of {} GANs alone takes {}; try fewer --gans",
                                     grouped(options_.config.num_gans), byte_text(result_bytes(options_.config))));
  }

  // On the backend that trained.
  fleet_statistics summarise(const fleet_result& fleet) const {
    const std::vector<int>& devices = options_.execution.devices;
    if (fleet.backend != "cuda") return collect(fleet, options_.config.target, options_.tolerance);
    return collect_on_device(fleet, options_.config.target, options_.tolerance, devices.empty() ? 0 : devices.front());
  }

  int train_and_report() {
    const fleet_result fleet = train(options_);
    stop_here();
    const fleet_statistics statistics = summarise(fleet);
    delivery results;
    results.file(options_.out, [&](const std::string& path) { write_result_file(path, options_.config, fleet); });
    results.file(options_.csv,
                 [&](const std::string& path) { write_csv_output(path, fleet, options_.config.first_gan); });
    if (options_.json) results.text(to_json(options_.config, fleet, statistics).dump(2) + "\n");
    if (!options_.json && !options_.quiet && !is_standard_output(options_.csv))
      results.text(table(options_.config, statistics) + speed_text(fleet));
    const std::string divergence = divergence_text(statistics);
    const bool all = statistics.diverged == fleet.num_gans;
    if (!divergence.empty() && (!all || results.failed())) warn(divergence);
    results.finish();
    if (all) throw all_diverged(divergence);
    return exit_done;
  }

  // Empty if none diverged.
  std::string divergence_text(const fleet_statistics& statistics) const {
    const std::uint64_t gans = options_.config.num_gans;
    if (statistics.diverged == 0) return "";
    const std::string which = gans == 1 ? "the GAN"
                              : statistics.diverged == gans
                                  ? fmt::format("all {} GANs", grouped(gans))
                                  : fmt::format("{} of {} GANs", grouped(statistics.diverged), grouped(gans));
    return which + " diverged: probabilities are not finite; a smaller --learning-rate may help";
  }

  static std::string speed_text(const fleet_result& fleet) {
    const std::string where = fleet.target.empty() ? fleet.backend : fleet.backend + " (" + fleet.target + ")";
    return fmt::format("{}, {} {}{}: {} GAN{} in {:.3g} s, {} GANs/s\n", where, fleet.threads,
                       fleet.backend == "cuda" ? "device" : "thread", fleet.threads == 1 ? "" : "s",
                       grouped(fleet.num_gans), fleet.num_gans == 1 ? "" : "s", fleet.seconds,
                       rate(static_cast<double>(fleet.num_gans) / fleet.seconds));
  }

  train_options options_;
  train_parser parser_;
};

}  // namespace

std::unique_ptr<command> make_train_command(CLI::App& app) { return std::make_unique<train_command>(app); }

}  // namespace gumbelcuda
