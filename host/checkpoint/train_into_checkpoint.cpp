// SPDX-License-Identifier: Apache-2.0
#include "host/checkpoint/train_into_checkpoint.hpp"

namespace gumbelcuda {

bool make_checkpoint(const std::string& path, const std::string& settings, bool may_exist) {
  if (!may_exist && path_exists(paused_path_of(path)))
    throw invalid_argument("checkpoint.file", "'" + paused_path_of(path) + "' already exists; resume it or remove it");
  if (!path_exists(path) && create_checkpoint(path, settings)) return true;
  if (!may_exist) throw invalid_argument("checkpoint.file", "'" + path + "' already exists; resume it or remove it");
  if (settings_of_checkpoint(path) != settings)
    throw invalid_argument("checkpoint.resume", "'" + path + "' is the checkpoint of a run with other settings");
  return false;
}

gan_range gans_of_shard(const checkpoint& kept, std::uint64_t num_gans) {
  if (kept.shards == 0 || kept.shard >= kept.shards)
    throw invalid_argument("checkpoint.shard", number_text(kept.shard) + " of " + number_text(kept.shards) +
                                                   " is no shard: of N there are 0 … N − 1");
  if (kept.shards > num_gans)
    throw invalid_argument("checkpoint.shards",
                           number_text(num_gans) + " GANs cannot be divided by " + number_text(kept.shards));
  return equal_part(num_gans, kept.shard, kept.shards);
}

void validate(const checkpoint& kept) {
  if (kept.file.empty()) throw invalid_argument("checkpoint.file", "has no name");
  if (!(kept.interval >= .1 && kept.interval <= 1e6))
    throw invalid_argument("checkpoint.interval", number_text(kept.interval) + " is not in 0.1 … 1e6");
}

}  // namespace gumbelcuda
