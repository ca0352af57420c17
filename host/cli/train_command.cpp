// SPDX-License-Identifier: Apache-2.0
// gumbelcuda train: checks everything that can be checked, trains, writes the files, prints the result.
#include <fmt/format.h>

#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/byte_text.hpp"
#include "host/cli/command.hpp"
#include "host/cli/csv_output.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/memory.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/cli/train_options.hpp"
#include "host/results/csv.hpp"
#include "host/results/report.hpp"
#include "host/results/result_file.hpp"
#include "host/results/result_layout.hpp"
#include "host/results/statistics.hpp"

namespace gumbelcuda {
namespace {

class train_command : public command {
 public:
  explicit train_command(CLI::App& app) : parser_(app, options_) {}

  int run() override {
    catch_stop_signals();
    try {
      parser_.convert();
      validate(options_.config);
      check_memory(options_.config, !options_.out.empty(), free_memory());
      if (options_.config.history_gans > 0 && options_.out.empty())
        throw invalid_argument("--history", "is kept in the result file only; name one with --out FILE.h5");
      check_outputs(options_, "train", result_layout::file_bytes(options_.config), least_csv_bytes(options_.config));
      return train_and_report();
    } catch (const invalid_argument& error) {
      const invalid_argument told = parser_.in_terms_of_flags(error);
      if (error.argument() == "devices" && !devices_exist(options_))
        throw no_device(told.what());  // with its own exit code
      throw told;
    } catch (const std::bad_alloc&) {
      throw too_little_memory();
    } catch (const std::length_error&) {
      throw too_little_memory();
    }
  }

 private:
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
    fleet_result fleet;
    train_with_progress(options_, options_.config.num_gans,
                        [&](const fleet_execution& execution) { fleet = train_fleet(options_.config, execution); });
    stop_here();
    const fleet_statistics statistics = summarise(fleet);
    delivery results;
    results.file(options_.out, [&](const std::string& path) { write_result_file(path, options_.config, fleet); });
    results.file(options_.csv, [&](const std::string& path) {
      write_csv_output(path, [&](const text_writer& write) { write_csv(write, fleet, options_.config.first_gan); });
    });
    if (options_.json) results.text(to_json(options_.config, fleet, statistics).dump(2) + "\n");
    if (!options_.json && !options_.quiet && !is_standard_output(options_.csv))
      results.text(table(options_.config, statistics) +
                   speed_text(fleet.backend, fleet.target, fleet.threads, fleet.num_gans, fleet.seconds));
    const std::string divergence = divergence_text(statistics.diverged, fleet.num_gans,
                                                   "probabilities are not finite; a smaller --learning-rate may help");
    const bool all = statistics.diverged == fleet.num_gans;
    if (!divergence.empty() && (!all || results.failed())) warn(divergence);
    results.finish();
    if (all) throw all_diverged(divergence);
    return exit_done;
  }

  train_options options_;
  train_parser parser_;
};

}  // namespace

std::unique_ptr<command> make_train_command(CLI::App& app) { return std::make_unique<train_command>(app); }

}  // namespace gumbelcuda
