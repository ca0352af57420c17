// SPDX-License-Identifier: Apache-2.0
// A training whose GANs' results go into a checkpoint as they end, as train and sweep have it: progress, signals, what
// is said in the end.
#pragma once

#include <fmt/format.h>

#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "host/checkpoint/train_in_pieces.hpp"
#include "host/checkpoint/train_into_checkpoint.hpp"
#include "host/cli/checkpoint_options.hpp"
#include "host/cli/command.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/run_progress.hpp"
#include "host/cli/run_watch.hpp"
#include "host/cli/stop_signal.hpp"

namespace gumbelcuda {

// What the library is to do, with SIGUSR1 and warnings. `problem` becomes why the last addition failed.
inline checkpoint checkpoint_of(const checkpoint_options& options, const std::string& file, std::string& problem) {
  checkpoint kept{.file = file, .resume = options.resume, .interval = options.interval};
  kept.wants_addition = [] {
    const bool asked = take_checkpoint_request();
    if (asked) log_signal(SIGUSR1);
    return asked;
  };
  kept.on_addition = log_addition;
  kept.on_problem = [&problem, warned = false](const std::string& found, bool last) mutable {
    if (last) problem = found;
    if (!last && !warned) warn(found + "; the training goes on, and it is tried again");
    warned = true;
  };
  return kept;
}

struct checkpoint_outcome {
  std::uint64_t trained = 0;  // GANs, by this process
  std::string problem{};      // why the last results could not be added; empty if they are there
};

// Calls train(kept, outcome), and says in the end how many GANs are in the checkpoint, which is ended(). Throws what
// train() throws, and `resumable` if a signal has come.
template <class Train, class Ended>
checkpoint_outcome train_and_keep(const run_options& options, std::uint64_t num_gans, Train train, Ended ended) {
  // Signals wait until what has ended is kept.
  const stop_by_flag until_then(later_signals::wait);
  checkpoint_outcome outcome;
  const checkpoint kept = checkpoint_of(options.checkpoint, options.checkpoint.file, outcome.problem);
  const auto summary = [&] {
    return fmt::format("{} of {} GANs are in {}", grouped(ended()), grouped(num_gans), kept.file);
  };
  const auto stop_if_asked = [&] {
    if (stop_flag()) throw resumable((outcome.problem.empty() ? summary() : outcome.problem) + "; --resume goes on");
  };
  try {
    train(kept, outcome);
  } catch (const interrupted&) {
    stop_if_asked();
    throw;
  }
  stop_if_asked();
  if (options.checkpoint.part) {
    if (!outcome.problem.empty()) throw file_error(outcome.problem);
    if (!options.quiet) print_result(summary() + "\n");
  }
  return outcome;
}

// train(execution) trains what is left of `run`, which are the GANs `gans` of the whole run.
template <class Config, class Partial, class Train>
checkpoint_outcome train_and_keep(const run_options& options, const std::string& settings, const Config& config,
                                  const gan_range& gans, Partial& run, Train train) {
  const auto into_checkpoint = [&](const checkpoint& kept, checkpoint_outcome& outcome) {
    std::optional<run_progress> progress;
    train_into_checkpoint(config, gans, settings, kept, run, train, [&] {
      outcome.trained = config.num_gans - count_ended(run);
      progress.emplace(options.execution, view_of(config, run), !options.quiet);
      return progress->execution();
    });
    progress->done();
  };
  return train_and_keep(options, config.num_gans, into_checkpoint, [&] { return count_ended(run); });
}

// The same for a run whose results memory does not hold: most_gans train at a time. Of `last`, the result of the last
// piece, the arrays mean nothing.
template <class Partial, class Config, class Train>
checkpoint_outcome train_and_keep_in_pieces(const run_options& options, const std::string& settings,
                                            const Config& config, const gan_range& gans, std::uint64_t most_gans,
                                            decltype(Partial::result)& last, Train train) {
  pieces_so_far done;
  const auto into_checkpoint = [&](const checkpoint& kept, checkpoint_outcome& outcome) {
    std::optional<run_progress> progress;
    double seconds = 0;
    train_in_pieces<Partial>(
        config, gans, most_gans, settings, kept, done, train,
        [&] {
          outcome.trained = config.num_gans - done.ended;
          progress.emplace(options.execution,
                           training_view{.gans = config.num_gans,
                                         .resumed = done.ended,
                                         .before = {done.epochs, all_epochs(config)},
                                         .ended = [&] { return done.ended; },
                                         .hardware =
                                             [&] {
                                               return training_hardware{last.backend, last.target, last.threads};
                                             }},
                           !options.quiet);
          return progress->execution();
        },
        [&](Partial& piece) {
          if (!outcome.problem.empty()) throw file_error(outcome.problem);  // its results are nowhere else
          last = std::move(piece.result);
          last.seconds = seconds += last.seconds;
        });
    progress->done();
  };
  return train_and_keep(options, config.num_gans, into_checkpoint, [&] { return done.ended; });
}

}  // namespace gumbelcuda
