// SPDX-License-Identifier: Apache-2.0
// gumbelcuda train: checks everything that can be checked, trains, writes the files, prints the result.
#include <fmt/format.h>

#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include "gumbelcuda/fleet.hpp"
#include "host/cli/command.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/memory.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/cli/train_options.hpp"
#include "host/fleet/atomic_file.hpp"
#include "host/fleet/csv.hpp"
#include "host/fleet/report.hpp"
#include "host/fleet/result_file.hpp"
#include "host/fleet/statistics.hpp"

namespace gumbelcuda {
namespace {

void check_memory(const fleet_config& config) {
  const std::uint64_t needed = result_bytes(config), available = free_memory();
  if (needed <= available) return;
  fleet_config without_history = config;
  without_history.history_gans = 0;
  const bool by_history = result_bytes(without_history) <= available;
  const auto gans = static_cast<double>(by_history ? config.history_gans : config.num_gans);
  throw invalid_argument(by_history ? "history_gans" : "num_gans",
                         fmt::format("{} GANs need {} for their {}, and {} are free: about {} GANs would fit",
                                     grouped(static_cast<std::uint64_t>(gans)), bytes(static_cast<double>(needed)),
                                     by_history ? "history" : "result", bytes(static_cast<double>(available)),
                                     grouped(static_cast<std::uint64_t>(gans * static_cast<double>(available) /
                                                                        static_cast<double>(needed)))));
}

void check_outputs(const train_options& options) {
  if (!options.out.empty() && !have_result_file())
    throw invalid_argument("--out", "this build has no HDF5, so no result files; use --csv FILE or --json");
  if (!options.out.empty() && options.out == options.csv)
    throw invalid_argument("--csv", "'" + options.csv + "' is the file of --out too");
  if (options.config.history_gans > 0 && options.out.empty())
    throw invalid_argument("--history", "is kept in the result file only; name one with --out FILE.h5");
  for (const std::string& path : {options.out, options.csv})
    if (!path.empty()) check_writable(path);
}

void stop_here() {
  if (stop_flag()) throw interrupted("stopped by a signal");
}

fleet_result train(const train_options& options) {
  progress_line progress(options.config.num_gans, !options.quiet);
  fleet_execution execution = options.execution;
  execution.stop = &stop_flag();
  if (progress.visible()) execution.on_progress = [&progress](const progress_report& report) { progress.show(report); };
  return train_fleet(options.config, execution);
}

class train_command : public command {
 public:
  explicit train_command(CLI::App& app) : parser_(app, options_) {}

  int run() override {
    try {
      parser_.convert();
      validate(options_.config);
      check_memory(options_.config);
      check_outputs(options_);
      return train_and_report();
    } catch (const invalid_argument& error) {
      throw parser_.in_terms_of_flags(error);
    } catch (const std::bad_alloc&) {
      throw out_of_memory();
    } catch (const std::length_error&) {
      throw out_of_memory();
    }
  }

 private:
  gumbelcuda::error out_of_memory() const {
    return gumbelcuda::error(fmt::format("out of memory: the result of {} GANs alone takes {}; try fewer --gans",
                                         grouped(options_.config.num_gans),
                                         bytes(static_cast<double>(result_bytes(options_.config)))));
  }

  int train_and_report() {
    catch_stop_signals();
    const fleet_result fleet = train(options_);
    const fleet_statistics statistics = collect(fleet, options_.config.target, options_.tolerance);
    stop_here();
    if (!options_.out.empty()) write_result_file(options_.out, options_.config, fleet);
    if (!options_.csv.empty()) write_csv(options_.csv, fleet, options_.config.first_gan);
    if (options_.json) print_result(json_text(fleet, statistics));
    if (!options_.json && !options_.quiet) print_result(table(options_.config, statistics) + speed_text(fleet));
    return exit_done;
  }

  int threads() const {
    if (options_.execution.threads > 0) return options_.execution.threads;
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  }

  std::string json_text(const fleet_result& fleet, const fleet_statistics& statistics) const {
    nlohmann::json object = to_json(options_.config, fleet, statistics);
    object["threads"] = threads();
    return object.dump(2) + "\n";
  }

  std::string speed_text(const fleet_result& fleet) const {
    const std::string where = fleet.target.empty() ? fleet.backend : fleet.backend + " (" + fleet.target + ")";
    return fmt::format("{}, {} thread{}: {} GAN{} in {:.3g} s, {} GANs/s\n", where, threads(),
                       threads() == 1 ? "" : "s", grouped(fleet.num_gans), fleet.num_gans == 1 ? "" : "s",
                       fleet.seconds, rate(static_cast<double>(fleet.num_gans) / fleet.seconds));
  }

  train_options options_;
  train_parser parser_;
};

}  // namespace

std::unique_ptr<command> make_train_command(CLI::App& app) { return std::make_unique<train_command>(app); }

}  // namespace gumbelcuda
