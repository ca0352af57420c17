// SPDX-License-Identifier: Apache-2.0
// gumbelcuda merge: the checkpoints of one run's shards as that run's result.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/ended_rows.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/cli/command.hpp"
#include "host/cli/csv_output.hpp"
#include "host/cli/deliver.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/flag.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/run_watch.hpp"
#include "host/files/destination.hpp"
#include "host/results/csv.hpp"
#include "host/results/result_layout.hpp"
#include "host/results/sweep_csv.hpp"
#include "host/results/sweep_file.hpp"

namespace gumbelcuda {
namespace {

// Which checkpoint each GAN is from; 0: none.
class origins {
 public:
  origins(const std::vector<std::string>& files, std::uint64_t gans, std::uint64_t first_gan)
      : files_(files), first_gan_(first_gan), of_gan_(gans, 0) {}

  void add(const checkpoint_record& record, std::size_t file) {
    expect_gans(record, of_gan_.size(), files_[file]);
    for (std::uint64_t gan = record.first; gan < record.first + record.count; ++gan) {
      if (of_gan_[gan] != 0) refuse_overlap(gan, file, of_gan_[gan] - 1);
      of_gan_[gan] = static_cast<std::uint32_t>(file + 1);
    }
  }
  void expect_all() const {
    const auto first = std::find(of_gan_.begin(), of_gan_.end(), 0u);
    if (first == of_gan_.end()) return;
    const auto end = std::find_if(first, of_gan_.end(), [](std::uint32_t origin) { return origin != 0; });
    const auto missing = static_cast<std::uint64_t>(std::count(of_gan_.begin(), of_gan_.end(), 0u));
    throw invalid_argument("CHECKPOINT", fmt::format("{} of {} GANs are missing, {}{}: train them (--resume), or name "
                                                     "the file that has them",
                                                     grouped(missing), grouped(of_gan_.size()), number(first),
                                                     end - first == 1 ? "" : " … " + number(end - 1)));
  }

 private:
  [[noreturn]] void refuse_overlap(std::uint64_t gan, std::size_t file, std::size_t other) const {
    if (same_destination(files_[file], files_[other]))
      throw invalid_argument("CHECKPOINT", "'" + files_[file] + "' is named twice");
    throw invalid_argument("CHECKPOINT", fmt::format("GAN {} is in '{}' and in '{}'", grouped(first_gan_ + gan),
                                                     files_[other], files_[file]));
  }
  std::string number(std::vector<std::uint32_t>::const_iterator gan) const {
    return grouped(first_gan_ + static_cast<std::uint64_t>(gan - of_gan_.begin()));
  }

  const std::vector<std::string>& files_;
  std::uint64_t first_gan_;
  std::vector<std::uint32_t> of_gan_;
};

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
  template <class Partial, class Config>
  auto joined(const Config& config) const {
    Partial whole;
    prepare(config, whole);
    origins from(files_, config.num_gans, config.first_gan);
    for (std::size_t i = 0; i < files_.size(); ++i)
      read_records(files_[i], [&](const checkpoint_record& record) {
        from.add(record, i);
        put_rows(record.rows, files_[i], config, record.first, record.count, whole);
      });
    from.expect_all();
    return std::move(whole.result);
  }

  int merge(const fleet_config& config) {
    check_outputs(options_, "merge", result_layout::file_bytes(config), least_csv_bytes(config));
    return deliver(options_, config, joined<partial_fleet>(config), 0);
  }
  int merge(sweep_record& record) {
    check_outputs(options_, "merge", sweep_file_bytes(record), least_sweep_csv_bytes(record));
    record.tolerance = options_.tolerance;
    record.result = joined<partial_sweep>(record.config);
    return deliver(options_, record, 0);
  }

  run_options options_;
  std::vector<std::string> files_;
  flag_set flags_;
};

}  // namespace

std::unique_ptr<command> make_merge_command(CLI::App& app) { return std::make_unique<merge_command>(app); }

}  // namespace gumbelcuda
