// SPDX-License-Identifier: Apache-2.0
// A training whose GANs' results go into a checkpoint as they end: what is there already is not trained again, and what
// is being trained when the process ends is lost.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "host/cli/checkpoint_options.hpp"
#include "host/cli/command.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/results/checkpoint/checkpoint_file.hpp"
#include "host/results/checkpoint/ended_rows.hpp"
#include "host/results/checkpoint/run_settings.hpp"

namespace gumbelcuda {

// Records of the GANs that have ended and are not `kept` yet, which are kept then. GAN 0 is number `first_gan` of the
// run.
template <class Config, class Partial>
std::vector<checkpoint_record> new_records(const Config& config, const Partial& run, std::uint64_t first_gan,
                                           std::vector<std::uint8_t>& kept) {
  constexpr std::uint64_t most = 1 << 16;  // a record is in memory twice
  std::vector<checkpoint_record> records;
  for (std::uint64_t gan = 0; gan < kept.size();) {
    std::uint64_t end = gan;
    while (end < kept.size() && end - gan < most && !kept[end] && run.has_ended(end)) kept[end++] = 1;
    if (end > gan) records.push_back({first_gan + gan, end - gan, bytes_of_rows(config, run, gan, end - gan)});
    gan = std::max(end, gan + 1);
  }
  return records;
}

// `gans` of the run are those of `config`.
template <class Config, class Partial>
class checkpointed_training {
 public:
  // Reads the checkpoint, or makes it. Throws invalid_argument if it is of another run.
  checkpointed_training(const checkpoint_options& options, const std::string& settings, const Config& config,
                        const gan_range& gans, Partial& run)
      : options_(options), config_(config), first_gan_(gans.first), run_(run), file_(opened(options, settings)) {
    prepare(config, run);
    if (settings_of_checkpoint(options.file) != settings)
      throw invalid_argument("--resume", "'" + options.file + "' is the checkpoint of a run with other settings");
    file_.read([&](const checkpoint_record& record) {
      if (record.first < gans.first || record.first > gans.first + gans.count ||
          record.count > gans.first + gans.count - record.first)
        throw invalid_argument(
            "--resume", fmt::format("'{}' has GAN {}, which is of another shard", options.file, grouped(record.first)));
      put_rows(record.rows, options.file, config, record.first - gans.first, record.count, run);
    });
    kept_ = run.ended;
  }

  // While it trains; looks whether it is time for an addition. A disk that is full now may not be later.
  void look() {
    if (!take_checkpoint_request() && elapsed_() < next_) return;
    next_ = elapsed_() + options_.interval;
    std::vector<std::uint8_t> kept = kept_;
    try {
      add(kept);
    } catch (const file_error& error) {
      if (!warned_) warn(std::string(error.what()) + "; the training goes on, and it is tried again");
      warned_ = true;
    }
  }
  // When the training is over.
  void add_rest() { add(kept_); }

  std::string summary() const {
    const auto ended = std::uint64_t(std::count(run_.ended.begin(), run_.ended.end(), std::uint8_t{1}));
    return fmt::format("{} of {} GANs are in {}", grouped(ended), grouped(run_.ended.size()), options_.file);
  }

 private:
  static std::string opened(const checkpoint_options& options, const std::string& settings) {
    if (!checkpoint_exists(options.file)) create_checkpoint(options.file, settings);
    return options.file;
  }
  void add(std::vector<std::uint8_t>& kept) {
    const std::vector<checkpoint_record> records = new_records(config_, run_, first_gan_, kept);
    if (!records.empty()) file_.add(records);
    kept_ = kept;
  }

  const checkpoint_options& options_;
  const Config& config_;
  std::uint64_t first_gan_;
  Partial& run_;
  checkpoint_file file_;
  std::vector<std::uint8_t> kept_{};
  stopwatch elapsed_ = started_stopwatch();
  double next_ = options_.interval;
  bool warned_ = false;
};

// train(execution) trains what is left of `run`. Throws what it throws, and `resumable` in place of interrupted.
template <class Config, class Partial, class Train>
void train_into_checkpoint(const run_options& options, const std::string& settings, const Config& config,
                           const gan_range& gans, Partial& run, Train train) {
  checkpointed_training<Config, Partial> training(options.checkpoint, settings, config, gans, run);
  catch_checkpoint_signal();
  try {
    train_with_progress(options, config.num_gans, train, [&] { training.look(); });
  } catch (const interrupted&) {
    training.add_rest();
    throw resumable(training.summary() + "; --resume goes on");
  }
  training.add_rest();
  if (options.checkpoint.part && !options.quiet) print_result(training.summary() + "\n");
}

}  // namespace gumbelcuda
