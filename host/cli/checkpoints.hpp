// SPDX-License-Identifier: Apache-2.0
// A training whose GANs' results go into a checkpoint as they end: what is there already is not trained again, and what
// is being trained when the process ends is lost.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/ended_rows.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/cli/checkpoint_options.hpp"
#include "host/cli/command.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/stop_signal.hpp"

namespace gumbelcuda {

// The GANs of `run` that have ended and are not `kept` yet, as records; they are marked as kept. GAN 0 of `run` is
// number `place` of the whole run.
template <class Config, class Partial>
class new_records {
 public:
  new_records(const Config& config, const Partial& run, std::uint64_t place, std::vector<std::uint8_t>& kept)
      : config_(config), run_(run), place_(place), kept_(kept) {}

  // False after the last.
  bool next(checkpoint_record& record) {
    constexpr std::size_t most_bytes = std::size_t{16} << 20;
    while (gan_ < kept_.size() && !is_new(gan_)) ++gan_;
    if (gan_ == kept_.size()) return false;
    const std::uint64_t most = std::max<std::uint64_t>(1, most_bytes / bytes_of_rows(config_, run_, gan_, 1).size());
    std::uint64_t end = gan_;
    while (end < kept_.size() && end - gan_ < most && is_new(end)) kept_[end++] = 1;
    record = {place_ + gan_, end - gan_, bytes_of_rows(config_, run_, gan_, end - gan_)};
    gan_ = end;
    return true;
  }

 private:
  bool is_new(std::uint64_t gan) const { return !kept_[gan] && run_.has_ended(gan); }

  const Config& config_;
  const Partial& run_;
  std::uint64_t place_, gan_ = 0;
  std::vector<std::uint8_t>& kept_;
};

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

// A training that adds to a checkpoint what has ended.
template <class Config, class Partial>
class checkpointed_training {
 public:
  // What has ended in `run` is in checkpoints. GAN 0 of `run` is number `place` of the whole run.
  checkpointed_training(const Config& config, const Partial& run, std::uint64_t place, checkpoint_file& file,
                        addition_clock& clock)
      : config_(config), run_(run), place_(place), file_(file), clock_(clock), kept_(run.ended) {}

  // While it trains. A disk that is full now may not be later.
  void look() {
    if (!clock_.is_due()) return;
    const std::string problem = try_to_add();
    if (!problem.empty() && !warned_) warn(problem + "; the training goes on, and it is tried again");
    warned_ = warned_ || !problem.empty();
  }
  // Returns what went wrong; nothing has been added then.
  std::string try_to_add() {
    try {
      add();
    } catch (const file_error& error) {
      return error.what();
    } catch (const std::bad_alloc&) {
      return "out of memory for an addition to the checkpoint";
    }
    return "";
  }
  void add() {
    std::vector<std::uint8_t> kept = kept_;
    new_records records(config_, run_, place_, kept);
    file_.add([&](checkpoint_record& record) { return records.next(record); });
    kept_ = std::move(kept);
  }

 private:
  const Config& config_;
  const Partial& run_;
  std::uint64_t place_;
  checkpoint_file& file_;
  addition_clock& clock_;
  std::vector<std::uint8_t> kept_;
  bool warned_ = false;
};

// The checkpoint at `path`, of a run with these settings. Makes it if it does not exist, and returns whether it has.
// Throws invalid_argument if it exists and may not, or is another run's.
inline bool make_checkpoint(const std::string& path, const std::string& settings, bool may_exist) {
  if (!path_exists(path) && create_checkpoint(path, settings)) return true;
  if (!may_exist) throw already_exists(path);
  if (settings_of_checkpoint(path) != settings)
    throw invalid_argument("--resume", "'" + path + "' is the checkpoint of a run with other settings");
  return false;
}

struct checkpoint_outcome {
  std::uint64_t trained = 0;  // GANs, by this process
  std::string problem{};      // why the last results could not be added; empty if they are there
};

// train(execution) trains what is left of `run`, which are the GANs `gans` of the whole run. Throws what train()
// throws, and `resumable` if a signal has come.
template <class Config, class Partial, class Train>
checkpoint_outcome train_into_checkpoint(const run_options& options, const std::string& settings, const Config& config,
                                         const gan_range& gans, Partial& run, Train train) {
  // Signals wait until what has ended is kept.
  const stop_by_flag until_then(later_signals::wait);
  const std::string& path = options.checkpoint.file;
  const bool made = make_checkpoint(path, settings, options.checkpoint.resume);
  checkpoint_file file(path);
  prepare(config, run);
  read_records(path, [&](const checkpoint_record& record) {
    const std::uint64_t end = gans.first + gans.count;
    if (record.first < gans.first || record.first > end || record.count > end - record.first)
      throw invalid_argument("--resume", fmt::format("'{}' has GAN {}, which is of another shard", path,
                                                     grouped(config.first_gan - gans.first + record.first)));
    put_rows(record.rows, path, config, record.first - gans.first, record.count, run);
  });
  const auto ended = [&] {
    return static_cast<std::uint64_t>(std::count(run.ended.begin(), run.ended.end(), std::uint8_t{1}));
  };
  const std::uint64_t before = ended();
  addition_clock clock(options.checkpoint.interval);
  checkpointed_training training(config, run, gans.first, file, clock);
  const auto summary = [&] {
    return fmt::format("{} of {} GANs are in {}", grouped(ended()), grouped(config.num_gans), path);
  };
  const auto stop_if_asked = [&](const std::string& problem) {
    if (stop_flag()) throw resumable((problem.empty() ? summary() : problem) + "; --resume goes on");
  };
  const auto forget = [&] {  // nothing was trained
    if (made) std::remove(path.c_str());
  };
  try {
    train_with_progress(options, config.num_gans, static_cast<double>(before) / static_cast<double>(config.num_gans),
                        train, [&] { training.look(); });
  } catch (const interrupted&) {
    stop_if_asked(training.try_to_add());
    throw;
  } catch (const invalid_argument&) {
    forget();
    throw;
  } catch (const no_device&) {
    forget();
    throw;
  } catch (...) {
    training.try_to_add();
    throw;
  }
  const checkpoint_outcome outcome{config.num_gans - before, training.try_to_add()};
  stop_if_asked(outcome.problem);
  if (options.checkpoint.part) {
    if (!outcome.problem.empty()) throw file_error(outcome.problem);
    if (!options.quiet) print_result(summary() + "\n");
  }
  return outcome;
}

}  // namespace gumbelcuda
