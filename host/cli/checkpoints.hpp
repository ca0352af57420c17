// SPDX-License-Identifier: Apache-2.0
// A training whose GANs' results go into a checkpoint as they end: what is there already is not trained again, and what
// is being trained when the process ends is lost.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
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

// When it is time for an addition.
class addition_clock {
 public:
  explicit addition_clock(double interval) : interval_(interval) {}
  bool is_due() {
    if (!take_checkpoint_request() && elapsed_() < next_) return false;
    next_ = elapsed_() + interval_;
    return true;
  }

 private:
  double interval_;
  stopwatch elapsed_ = started_stopwatch();
  double next_ = interval_;
};

// A training whose GAN 0 is number `first_gan` of the run.
template <class Config, class Partial>
class checkpointed_training {
 public:
  // What has ended in `run` is in checkpoints.
  checkpointed_training(const Config& config, const Partial& run, std::uint64_t first_gan, checkpoint_file& file,
                        addition_clock& clock)
      : config_(config), run_(run), first_gan_(first_gan), file_(file), clock_(clock), kept_(run.ended) {}

  // While it trains. A disk that is full now may not be later.
  void look() {
    if (!clock_.is_due()) return;
    try {
      add();
    } catch (const file_error& error) {
      if (!warned_) warn(std::string(error.what()) + "; the training goes on, and it is tried again");
      warned_ = true;
    }
  }
  void add() {
    std::vector<std::uint8_t> kept = kept_;
    const std::vector<checkpoint_record> records = new_records(config_, run_, first_gan_, kept);
    if (!records.empty()) file_.add(records);
    kept_ = std::move(kept);
  }

 private:
  const Config& config_;
  const Partial& run_;
  std::uint64_t first_gan_;
  checkpoint_file& file_;
  addition_clock& clock_;
  std::vector<std::uint8_t> kept_;
  bool warned_ = false;
};

// The checkpoint at `path`, of a run with these settings: made if it is not there. Throws invalid_argument if it is of
// another run.
inline void make_or_check(const std::string& path, const std::string& settings) {
  if (!checkpoint_exists(path)) create_checkpoint(path, settings);
  if (settings_of_checkpoint(path) != settings)
    throw invalid_argument("--resume", "'" + path + "' is the checkpoint of a run with other settings");
}

// train(execution) trains what is left of `run`, whose GANs are `gans` of the whole one. Throws what it throws, and
// `resumable` in place of interrupted.
template <class Config, class Partial, class Train>
void train_into_checkpoint(const run_options& options, const std::string& settings, const Config& config,
                           const gan_range& gans, Partial& run, Train train) {
  const std::string& path = options.checkpoint.file;
  make_or_check(path, settings);
  checkpoint_file file(path);
  prepare(config, run);
  read_records(path, [&](const checkpoint_record& record) {
    const std::uint64_t end = gans.first + gans.count;
    if (record.first < gans.first || record.first > end || record.count > end - record.first)
      throw invalid_argument("--resume",
                             fmt::format("'{}' has GAN {}, which is of another shard", path, grouped(record.first)));
    put_rows(record.rows, path, config, record.first - gans.first, record.count, run);
  });
  const auto summary = [&] {
    const auto ended = static_cast<std::uint64_t>(std::count(run.ended.begin(), run.ended.end(), std::uint8_t{1}));
    return fmt::format("{} of {} GANs are in {}", grouped(ended), grouped(run.ended.size()), path);
  };
  addition_clock clock(options.checkpoint.interval);
  checkpointed_training training(config, run, gans.first, file, clock);
  catch_checkpoint_signal();
  try {
    train_with_progress(options, config.num_gans, train, [&] { training.look(); });
  } catch (const interrupted&) {
    training.add();
    throw resumable(summary() + "; --resume goes on");
  }
  training.add();
  if (options.checkpoint.part && !options.quiet) print_result(summary() + "\n");
}

}  // namespace gumbelcuda
