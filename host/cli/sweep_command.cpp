// SPDX-License-Identifier: Apache-2.0
// gumbelcuda sweep: reads the file of a sweep, says what it comes to, trains, writes the files, prints the result.
#include <fmt/format.h>
#include <unistd.h>

#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "host/byte_text.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/checkpoint/shard.hpp"
#include "host/cli/checkpoints.hpp"
#include "host/cli/command.hpp"
#include "host/cli/deliver.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/flag.hpp"
#include "host/cli/joined_sweep.hpp"
#include "host/cli/memory.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/rank_training.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/run_progress.hpp"
#include "host/cli/run_watch.hpp"
#include "host/cli/sweep_estimate.hpp"
#include "host/cli/sweep_plan.hpp"
#include "host/cli/write_whole.hpp"
#include "host/results/sweep_csv.hpp"
#include "host/results/sweep_file.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {
namespace {

class sweep_command : public command {
 public:
  explicit sweep_command(CLI::App& app) : flags_(app) {
    flags_.about("Trains toy GANs that differ, as a file says: a grid of settings, random ones, replicas.",
                 "docs/sweep.md describes the file. The result depends on it alone: same bytes for any number of "
                 "threads, instruction set or backend.\n"
                 "\n"
                 "Exit codes: 0 done, 1 failed, 2 usage or something wrong in the file, 3 the checkpoint is damaged, 4 "
                 "no such device, 5 every GAN "
                 "diverged (the results are written), 129, 130 or 143 interrupted (SIGHUP, Ctrl-C, SIGTERM).\n"
                 "\n"
                 "Examples:\n"
                 "  gumbelcuda sweep rates.toml --dry-run\n"
                 "  gumbelcuda sweep rates.toml --out rates.h5 --csv rates.csv");
    flags_.add_argument("SWEEP.toml", file_, "what to train (docs/sweep.md)");
    add_execution_options(flags_, options_);
    add_checkpoint_options(flags_, options_.checkpoint);
    flags_.group("Output");
    flags_.add_switch("--dry-run", dry_run_, "check the file, print the plan and end");
    flags_.add("--out", "FILE.h5", options_.out,
               {"write everything that was learned as HDF5; replaced if it exists, only once the new one is complete"});
    add_report_options(flags_, options_, "a row a GAN: its settings, how it ended, what it learned", "docs/sweep.md");
    add_log_options(flags_, options_.log, true);
  }

  int run() override {
    catch_stop_signals();
    try {
      const auto convert = [&] {
        flags_.convert();
        finish_options(options_);
      };
      if (dry_run_) {
        convert();
        check_log_options(options_, "sweep");
      } else {
        begin_run("sweep", options_, convert);
      }
      read_plan();
      check_outputs(options_, "sweep", options_.out.empty() ? 0 : sweep_file_bytes(record_),
                    least_sweep_csv_bytes(record_));
      if (!options_.quiet) show_plan();
      return dry_run_ ? exit_done : train_and_report();
    } catch (const invalid_argument& error) {
      throw in_terms_of_flags(error);
    } catch (const std::bad_alloc&) {
      throw too_little_memory();
    } catch (const std::length_error&) {
      throw too_little_memory();
    }
  }

 private:
  // What this process trains of the sweep.
  const sweep_config& trained() const { return options_.checkpoint.part ? part_ : record_.config; }

  void read_plan() {
    const std::uint64_t available = free_memory();
    sweep_plan plan = read_sweep_plan(file_, available);
    record_.config = std::move(plan.config);
    record_.axes = std::move(plan.axes);
    record_.tolerance = options_.tolerance;
    factors_ = std::move(plan.factors);
    gans_ = check_checkpoint_options(options_, record_.config.num_gans);
    if (!options_.checkpoint.file.empty()) catch_checkpoint_signal();
    if (options_.checkpoint.part) part_ = part_of(record_.config, gans_);
    if (record_.config.history_gans > 0 && options_.out.empty() && options_.checkpoint.file.empty() && !dry_run_)
      throw invalid_argument(file_, "history is kept in the result file only; name one with --out FILE.h5");
    const std::uint64_t needed = memory_needed();
    if (needed > available)
      throw invalid_argument(file_, fmt::format("{} GANs need {}, and {} are free", grouped(trained().num_gans),
                                                byte_text(needed, available), byte_text(available, needed)));
  }

  // Beside the settings and axes, which are there already: the result, and a copy of all of it in a file that is
  // written, or what is sorted for the table.
  std::uint64_t memory_needed() const {
    constexpr std::uint64_t summary_bytes = 16;
    const std::uint64_t copy = options_.out.empty() ? saturating_product(trained().num_gans, summary_bytes)
                                                    : saturating_product(2, sweep_file_bytes(record_));
    return saturating_sum(result_bytes(trained()), copy);
  }

  void show_plan() {
    const sweep_config& config = record_.config;
    const sweep_estimate estimate = measured();
    std::string text = fmt::format("sweep   {} GAN{}{}\n", grouped(config.num_gans), config.num_gans == 1 ? "" : "s",
                                   factors_.empty() ? "" : ": " + factors_);
    if (options_.checkpoint.part)
      text += fmt::format("shard   {}/{}: {} GANs\n", options_.checkpoint.part->index, options_.checkpoint.part->count,
                          grouped(trained().num_gans));
    if (!config.data.empty()) text += fmt::format("data    {} samples\n", grouped(config.data.size()));
    text += fmt::format("memory  {}", byte_text(memory_needed()));
    if (!options_.out.empty()) text += fmt::format("; file {}", byte_text(sweep_file_bytes(record_)));
    text += fmt::format("\ntime    {}{} on {}{}, {} {}{}\n", config.until_total_variation >= 0 ? "at most " : "about ",
                        clock_time(estimate.seconds), estimate.backend,
                        estimate.hardware.empty() ? "" : " (" + estimate.hardware + ")", estimate.threads,
                        estimate.backend == "cuda" ? "device" : "thread", estimate.threads == 1 ? "" : "s");
    write_whole(STDERR_FILENO, text);
  }

  sweep_estimate measured() const {
    const stop_by_flag while_training;
    fleet_execution execution = options_.execution;
    execution.stop = &stop_flag();
    return estimate_sweep(trained(), execution);
  }

  int train_and_report() {
    const sweep_config& config = trained();
    partial_sweep run;
    if (const std::unique_ptr<ranks> all = ranks::of_this_run()) {
      const std::vector<std::string> files = train_in_ranks<partial_sweep>(
          *all, options_, bytes_of_settings(record_), config,
          [](const auto& piece, auto& of_piece, const auto& execution) { train_sweep(piece, of_piece, execution); });
      if (all->number() != 0) return exit_done;
      record_.result = joined_sweep(files, config);
      remove_paused_files(files);
      return deliver(options_, record_, 0);
    }
    const auto train = [&](const fleet_execution& execution) { train_sweep(config, run, execution); };
    checkpoint_outcome outcome{config.num_gans};
    if (options_.checkpoint.file.empty())
      train_with_progress(options_, view_of(config, run), train);
    else
      outcome = train_and_keep(options_, bytes_of_settings(record_), config, gans_, run, train);
    stop_here();
    if (options_.checkpoint.part) return exit_done;
    record_.result = std::move(run.result);
    const int code = deliver(options_, record_, outcome.trained);
    if (!outcome.problem.empty()) throw file_error(outcome.problem);
    return code;
  }

  // The file's own messages name the file; others name an argument of the library.
  invalid_argument in_terms_of_flags(const invalid_argument& error) const {
    const std::string& name = error.argument();
    const std::string problem = std::string(error.what()).substr(name.size() + 2);
    if (name == "devices" && !devices_exist(options_)) throw no_device("--device: " + problem);
    for (const auto& [argument, flag] :
         {std::pair{"devices", "--device"}, std::pair{"threads", "--threads"}, std::pair{"cpu_target", "--cpu-target"},
          std::pair{"backend", "--backend"}, std::pair{"checkpoint.file", "--checkpoint"},
          std::pair{"checkpoint.resume", "--resume"}})
      if (name == argument) return {flag, problem};
    return error;
  }

  out_of_memory too_little_memory() const {
    const std::uint64_t gans = record_.config.num_gans;
    return out_of_memory(fmt::format("out of memory: the result of {} GANs alone takes {}; try fewer of them",
                                     grouped(gans), byte_text(result_bytes(record_.config))));
  }

  run_options options_;
  std::string file_, factors_;
  bool dry_run_ = false;
  flag_set flags_;
  sweep_record record_;
  gan_range gans_{};
  sweep_config part_;  // of a shard
};

}  // namespace

std::unique_ptr<command> make_sweep_command(CLI::App& app) { return std::make_unique<sweep_command>(app); }

}  // namespace gumbelcuda
