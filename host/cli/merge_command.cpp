// SPDX-License-Identifier: Apache-2.0
// gumbelcuda merge: the checkpoints of one run's shards as that run's result.
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/cli/command.hpp"
#include "host/cli/csv_output.hpp"
#include "host/cli/deliver.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/flag.hpp"
#include "host/cli/joined_sweep.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/run_watch.hpp"
#include "host/results/checkpoint_rows.hpp"
#include "host/results/csv.hpp"
#include "host/results/result_layout.hpp"
#include "host/results/sweep_csv.hpp"
#include "host/results/sweep_file.hpp"

namespace gumbelcuda {
namespace {

class merge_command : public command {
 public:
  explicit merge_command(CLI::App& app) : flags_(app) {
    flags_.about(
        "Joins the checkpoints of a run's shards, in any order, to the result that one run would have had.",
        "The files have the same bytes as those of a run that trained all GANs at once (docs/checkpoints.md).\n"
        "\n"
        "Exit codes: 0 done, 1 failed, 2 usage, GANs that are missing or there twice, or checkpoints of "
        "different runs, 3 a checkpoint is damaged, 5 every GAN diverged (the results are written), 129, 130 or "
        "143 interrupted.\n"
        "\n"
        "Example:\n"
        "  gumbelcuda merge shard-*.checkpoint --out run.h5");
    flags_.add_arguments("CHECKPOINT", files_, "written by gumbelcuda train or sweep --checkpoint FILE");
    flags_.group("Output");
    flags_.add("--out", "FILE.h5", options_.out,
               {"write everything that was learned as HDF5; replaced if it exists, only once the new one is complete"});
    add_report_options(flags_, options_, "what train or sweep writes", "docs/command.md, docs/sweep.md");
    add_log_options(flags_, options_.log, false);
  }

  int run() override {
    catch_stop_signals();
    begin_run("merge", options_, [&] {
      flags_.convert();
      finish_options(options_);
    });
    const std::string settings = settings_of_checkpoint(files_.front());
    for (const std::string& file : files_)
      if (settings_of_checkpoint(file) != settings)
        throw invalid_argument("CHECKPOINT", "'" + file + "' and '" + files_.front() + "' are of different runs");
    try {
      run_settings whole = settings_of_bytes(settings, files_.front());
      return std::visit([this](auto& run) { return merge(run); }, whole);
    } catch (const std::bad_alloc&) {
      throw out_of_memory("out of memory: there is no room for the result of all GANs");
    }
  }

 private:
  // Read where it is, whatever its size.
  int merge(const fleet_config& config) {
    check_outputs(options_, "merge", result_layout::file_bytes(config), least_csv_bytes(config));
    const fleet_rows rows = rows_of_checkpoints(files_, config);
    fleet_result run;
    run.num_gans = rows.num_gans;
    run.classes = rows.classes;
    return deliver(options_, config, run, rows, 0);
  }
  // In memory, as its settings are.
  int merge(sweep_record& record) {
    check_outputs(options_, "merge", sweep_file_bytes(record), least_sweep_csv_bytes(record));
    record.tolerance = options_.tolerance;
    record.result = joined_sweep(files_, record.config);
    return deliver(options_, record, 0);
  }

  run_options options_;
  std::vector<std::string> files_;
  flag_set flags_;
};

}  // namespace

std::unique_ptr<command> make_merge_command(CLI::App& app) { return std::make_unique<merge_command>(app); }

}  // namespace gumbelcuda
