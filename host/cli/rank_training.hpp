// SPDX-License-Identifier: Apache-2.0
// A run that the processes of mpirun share. Each takes pieces of what is left, one after the other, by a common
// counter, so that none waits for a slower one, and keeps their results in a checkpoint of its own, FILE.0, FILE.1, …;
// in the end rank 0 joins them. A run may be resumed by another number of processes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/checkpoint/shard.hpp"
#include "host/cli/checkpoints.hpp"
#include "host/cli/rank_start.hpp"
#include "host/cli/ranks.hpp"
#include "host/cli/run_progress.hpp"

namespace gumbelcuda {

// FILE.0, FILE.1 … that are there.
std::vector<std::string> checkpoints_of_ranks(const std::string& file);

// Both throw invalid_argument: for options that make no sense with several processes, and if there are checkpoints.
void check_rank_options(const run_options& options);
void expect_no_checkpoints(const checkpoint_options& options);

// The device of a rank that no option gives one: those of one machine take turns.
std::vector<int> device_of_rank(const run_options& options, int number_on_this_machine);

// How many pieces: so many that the last ones are short, and so few that each has vectors to fill.
inline std::uint64_t piece_count(std::uint64_t gans, std::uint64_t ranks) {
  constexpr std::uint64_t pieces_a_rank = 32, least_gans = 64;
  return std::min(gans, std::clamp<std::uint64_t>(gans / least_gans, ranks, ranks * pieces_a_rank));
}

// train(config, run, execution) trains one piece. Returns the checkpoints, which have all GANs. Throws `resumable`
// where a signal ends it.
template <class Partial, class Config, class Train>
std::vector<std::string> train_in_ranks(ranks& all, const run_options& options, const std::string& settings,
                                        const Config& config, Train train) {
  const stop_by_flag until_it_is_kept(later_signals::wait);
  by_rank_0(all, [&] {
    if (!options.checkpoint.resume) expect_no_checkpoints(options.checkpoint);
  });
  const std::string own = options.checkpoint.file + "." + std::to_string(all.number());
  make_checkpoint(own, settings, true);
  std::string problem;
  const checkpoint kept = checkpoint_of(options.checkpoint, own, problem);
  kept_files of_this_rank(kept, settings);
  all.wait_for_all();  // until every rank has its own
  const work_left left = left_in_ranks(all, options.checkpoint.file, settings, config.num_gans);
  of_this_rank.others = read_paused_file(of_this_rank.paused, settings);
  std::erase_if(of_this_rank.others, [&](const paused_record& each) { return !left.has(each.gan); });
  all.wait_for_all();  // until every rank has read its file: now they change
  const std::uint64_t pieces = piece_count(total(left.gans), static_cast<std::uint64_t>(all.count()));
  addition_clock clock(kept);
  std::uint64_t trained = 0;  // GANs, by this rank
  training_hardware hardware;
  fleet_execution execution = options.execution;
  if (execution.devices.empty()) execution.devices = device_of_rank(options, all.number_on_this_machine());
  const std::uint64_t to_train = total(left.gans), resumed = config.num_gans - to_train;
  std::optional<run_progress> progress(std::in_place, execution,
                                       training_view{.gans = config.num_gans,
                                                     .resumed = resumed,
                                                     .before = {resumed, config.num_gans},
                                                     .counts_gan_epochs = false,
                                                     .ended = [&] { return trained; },
                                                     .hardware = [&] { return hardware; }},
                                       !options.quiet && all.number() == 0);
  execution = progress->execution();
  for (std::uint64_t piece; (piece = all.next()) < pieces;)
    for (const gan_range& range : equal_part(left.gans, piece, pieces)) {
      const Config part = part_of(config, range);
      Partial run;
      prepare(part, run);
      for (const std::string& path : left.paused_files_of(range))
        for (const paused_record& record : read_paused_file(path, settings))
          if (record.gan >= range.first && record.gan - range.first < range.count)
            put_paused(record.bytes, path, part, record.gan - range.first, record.steps, run);
      // From here on they are this piece's, and further than there.
      std::erase_if(of_this_rank.others,
                    [&](const paused_record& each) { return each.gan - range.first < range.count; });
      kept_training training(part, run, range.first, of_this_rank, clock);
      execution.on_progress = [&](const progress_report&) {
        all.attend();
        progress->show({resumed + piece * to_train / pieces, config.num_gans});
      };
      try {
        training.train([&](const fleet_execution& where) { train(part, run, where); }, execution);
      } catch (const interrupted&) {
        if (stop_flag())
          throw resumable((problem.empty() ? "what has ended is in " + own : problem) + "; --resume goes on");
        throw;
      }
      if (!problem.empty()) throw file_error(problem);
      trained += range.count;
      hardware = {run.result.backend, run.result.target, run.result.threads};
    }
  if (stop_flag()) throw resumable("what has ended is in " + own + "; --resume goes on");
  progress->done();
  progress.reset();
  all.wait_for_all();
  return checkpoints_of_ranks(options.checkpoint.file);
}

// For rank 0, once the checkpoints have been joined.
inline void remove_paused_files(const std::vector<std::string>& checkpoints) {
  for (const std::string& each : checkpoints) remove_paused_file(paused_path_of(each));
}

}  // namespace gumbelcuda
