// SPDX-License-Identifier: Apache-2.0
// Begins a checkpoint or goes on with one, and trains what it does not have.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "gumbelcuda/checkpoint.hpp"
#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/partial_training.hpp"
#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/ended_rows.hpp"
#include "host/checkpoint/kept_training.hpp"
#include "host/cpu/gan_range.hpp"

namespace gumbelcuda {

// The checkpoint at `path`, of a run with these settings. Makes it if it does not exist, and returns whether it has.
// Throws invalid_argument if it exists and may not, or is another run's.
bool make_checkpoint(const std::string& path, const std::string& settings, bool may_exist);

// The GANs that this training has of a run of so many. Throws invalid_argument if there is no such shard.
gan_range gans_of_shard(const checkpoint& kept, std::uint64_t num_gans);

// Throws invalid_argument for an interval that is out of range, or a file without a name.
void validate(const checkpoint& kept);

// Calls train(files) with the checkpoint, which it begins, or goes on with. It is removed again if nothing was trained
// because of an argument or a device.
template <class Train>
void with_checkpoint(const checkpoint& kept, const std::string& settings, Train train) {
  const bool made = make_checkpoint(kept.file, settings, kept.resume);
  kept_files files(kept, settings);
  // A device may be lost, and the caller's callback may throw, when there is much to lose.
  const auto forget = [&] {
    if (made && !files.have_work) std::remove(kept.file.c_str());
  };
  try {
    train(files);
  } catch (const invalid_argument&) {
    forget();
    throw;
  } catch (const no_device&) {
    forget();
    throw;
  }
  if (!files.lacks_ended) remove_paused_file(files.paused);
}

// Where GANs of the whole run are in a part of it.
class shard_places {
 public:
  shard_places(const checkpoint& kept, const gan_range& gans, std::uint64_t first_gan)
      : kept_(kept), gans_(gans), first_gan_(first_gan) {}
  // Throws invalid_argument if they are not all in the part.
  std::uint64_t in_part(std::uint64_t first, std::uint64_t count) const {
    const std::uint64_t end = gans_.first + gans_.count;
    if (first < gans_.first || first > end || count > end - first)
      throw invalid_argument("checkpoint.resume", "'" + kept_.file + "' has GAN " +
                                                      number_text(first_gan_ - gans_.first + first) +
                                                      ", which is of another shard");
    return first - gans_.first;
  }

 private:
  const checkpoint& kept_;
  gan_range gans_;
  std::uint64_t first_gan_;
};

// train(execution) trains what is left of `run`, which are the GANs `gans` of the whole run; `settings` are those of
// the whole one. begins() is called when `run` has what the checkpoint has, and returns the execution. Throws what
// train() throws, and what train_fleet() of checkpoint.hpp throws.
template <class Config, class Partial, class Train, class Begins>
void train_into_checkpoint(const Config& part, const gan_range& gans, const std::string& settings,
                           const checkpoint& kept, Partial& run, Train train, Begins begins) {
  with_checkpoint(kept, settings, [&](kept_files& files) {
    const shard_places places(kept, gans, part.first_gan);
    prepare(part, run);
    read_records(kept.file, [&](const checkpoint_record& record) {
      put_rows(record.rows, kept.file, part, places.in_part(record.first, record.count), record.count, run);
    });
    for (const paused_record& record : read_paused_file(files.paused, settings))
      put_paused(record.bytes, files.paused, part, places.in_part(record.gan, 1), record.steps, run);
    const fleet_execution execution = begins();
    addition_clock clock(kept);
    kept_training(part, run, gans.first, files, clock).train(train, execution);
  });
}

}  // namespace gumbelcuda
