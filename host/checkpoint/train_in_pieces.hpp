// SPDX-License-Identifier: Apache-2.0
// Trains a run whose results memory does not hold, some GANs at a time: what has ended is in the checkpoint alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/checkpoint/shard.hpp"
#include "host/checkpoint/train_into_checkpoint.hpp"
#include "host/cpu/fleet/task_of_config.hpp"
#include "host/cpu/sweep/sweep_groups.hpp"
#include "host/cpu/training_state.hpp"

namespace gumbelcuda {

// What has been done of a run in pieces.
struct pieces_so_far {
  std::uint64_t ended = 0;   // GANs
  std::uint64_t epochs = 0;  // of those
};

// `part` has the GANs `gans` of the whole run, most_gans of which train at a time. train(config, run, execution) trains
// the rest of a piece; begins() is called when `done` says what was there before, and returns the execution, whose
// reports are of the whole part. each(run) hears of a piece that has ended. Throws as train_into_checkpoint() does.
template <class Partial, class Config, class Train, class Begins, class Each>
void train_in_pieces(const Config& part, const gan_range& gans, std::uint64_t most_gans, const std::string& settings,
                     const checkpoint& kept, pieces_so_far& done, Train train, Begins begins, Each each) {
  with_checkpoint(kept, settings, [&](kept_files& files) {
    const shard_places places(kept, gans, part.first_gan);
    std::vector<std::uint8_t> ended(gans.count, 0);
    read_records(kept.file, [&](const checkpoint_record& record) {
      const auto first = std::ptrdiff_t(places.in_part(record.first, record.count));
      std::fill_n(ended.begin() + first, record.count, std::uint8_t{1});
    });
    files.others = read_paused_file(files.paused, settings);
    for (const paused_record& record : files.others) places.in_part(record.gan, 1);
    for (std::uint64_t gan = 0; gan < gans.count; ++gan)
      if (ended[gan] != 0) done = {done.ended + 1, done.epochs + epochs_of(part, gan)};
    const fleet_execution given = begins();
    addition_clock clock(kept);
    std::vector<paused_gan> none;
    for (gan_range left : training_state(ended, none).left())
      while (left.count > 0) {
        const gan_range piece{left.first, std::min(left.count, most_gans)};
        left = {left.first + piece.count, left.count - piece.count};
        const Config config = part_of(part, piece);
        Partial run;
        prepare(config, run);
        const std::uint64_t place = gans.first + piece.first;
        std::erase_if(files.others, [&](const paused_record& record) {
          if (record.gan < place || record.gan - place >= piece.count) return false;
          put_paused(record.bytes, files.paused, config, record.gan - place, record.steps, run);
          return true;
        });
        fleet_execution execution = given;
        if (given.on_progress)
          execution.on_progress = [&](const progress_report& report) {
            given.on_progress({done.epochs + report.done, all_epochs(part)});
          };
        kept_training(config, run, place, files, clock)
            .train([&](const fleet_execution& where) { train(config, run, where); }, execution);
        done = {done.ended + piece.count, done.epochs + epochs_so_far(config, run)};
        each(run);
      }
  });
}

}  // namespace gumbelcuda
