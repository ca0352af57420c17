// SPDX-License-Identifier: Apache-2.0
// gumbelcuda train: checks everything that can be checked, trains, writes the files, prints the result.
#include <fmt/format.h>

#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gumbelcuda/partial_training.hpp"
#include "host/byte_text.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/checkpoint/shard.hpp"
#include "host/cli/checkpoints.hpp"
#include "host/cli/command.hpp"
#include "host/cli/csv_output.hpp"
#include "host/cli/deliver.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/memory.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/rank_training.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/run_progress.hpp"
#include "host/cli/run_watch.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/cli/train_options.hpp"
#include "host/results/checkpoint_rows.hpp"
#include "host/results/csv.hpp"
#include "host/results/result_layout.hpp"

namespace gumbelcuda {
namespace {

class train_command : public command {
 public:
  explicit train_command(CLI::App& app) : parser_(app, options_) {}

  int run() override {
    catch_stop_signals();
    try {
      begin_run("train", options_, [&] { parser_.convert(); });
      validate(options_.config);
      const gan_range gans = check_checkpoint_options(options_, options_.config.num_gans);
      if (!options_.checkpoint.file.empty()) catch_checkpoint_signal();
      const fleet_config part = part_of(options_.config, gans);
      const std::uint64_t available = free_memory();
      most_gans_ = options_.checkpoint.file.empty() ? part.num_gans : gans_at_a_time(part, available);
      if (most_gans_ >= part.num_gans) check_memory(part, !options_.out.empty(), available);
      if (options_.config.history_gans > 0 && options_.out.empty() && options_.checkpoint.file.empty())
        throw invalid_argument("--history", "is kept in the result file only; name one with --out FILE.h5");
      check_outputs(options_, "train", result_layout::file_bytes(options_.config), least_csv_bytes(options_.config));
      return train_and_report(gans, part);
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

  // `part`: the GANs `gans` of the run.
  int train_and_report(const gan_range& gans, const fleet_config& part) {
    partial_fleet run;
    if (const std::unique_ptr<ranks> all = ranks::of_this_run()) {
      const std::vector<std::string> files = train_in_ranks<partial_fleet>(
          *all, options_, bytes_of_settings(options_.config), options_.config,
          [](const auto& piece, auto& of_piece, const auto& execution) { train_fleet(piece, of_piece, execution); });
      if (all->number() != 0) return exit_done;
      const int code = deliver_from(files, {}, 0);
      remove_paused_files(files);
      return code;
    }
    if (most_gans_ < part.num_gans) return train_in_pieces_and_report(gans, part);
    const auto train = [&](const fleet_execution& execution) { train_fleet(part, run, execution); };
    checkpoint_outcome outcome{part.num_gans};
    if (options_.checkpoint.file.empty())
      train_with_progress(options_, view_of(part, run), train);
    else
      outcome = train_and_keep(options_, bytes_of_settings(options_.config), part, gans, run, train);
    stop_here();
    if (options_.checkpoint.part) return exit_done;
    const int code = deliver(options_, options_.config, run.result, outcome.trained);
    if (!outcome.problem.empty()) throw file_error(outcome.problem);
    return code;
  }

  // What they learned is read from the checkpoint.
  int train_in_pieces_and_report(const gan_range& gans, const fleet_config& part) {
    fleet_result last;
    const checkpoint_outcome outcome = train_and_keep_in_pieces<partial_fleet>(
        options_, bytes_of_settings(options_.config), part, gans, most_gans_, last,
        [](const auto& piece, auto& run, const auto& execution) { train_fleet(piece, run, execution); });
    stop_here();
    if (options_.checkpoint.part) return exit_done;
    return deliver_from({options_.checkpoint.file}, std::move(last), outcome.trained);
  }

  // With the speed and the hardware of `fleet`.
  int deliver_from(const std::vector<std::string>& checkpoints, fleet_result fleet, std::uint64_t trained) const {
    const fleet_rows rows = rows_of_checkpoints(checkpoints, options_.config);
    fleet.num_gans = rows.num_gans;
    fleet.classes = rows.classes;
    return deliver(options_, options_.config, fleet, rows, trained);
  }

  train_options options_;
  train_parser parser_;
  std::uint64_t most_gans_ = 0;  // that train at a time
};

}  // namespace

std::unique_ptr<command> make_train_command(CLI::App& app) { return std::make_unique<train_command>(app); }

}  // namespace gumbelcuda
