// SPDX-License-Identifier: Apache-2.0
// Makes up the checkpoints of a run's shards, as large as one likes, in the time that it takes to write them:
//
//   results_make_checkpoints FOLDER GANS HISTORY EPOCHS SHARDS
//
// writes FOLDER/part-0, part-1, … The numbers are pseudo-random. Shards take turns, so that none has all neighbours.
#include <algorithm>
#include <cstdio>
#include <string>

#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/ended_rows.hpp"
#include "host/checkpoint/run_settings.hpp"

namespace {

using namespace gumbelcuda;

// Distributions; the other numbers do not matter, and are a distribution's too.
void fill(std::string& bytes, std::size_t classes, std::uint64_t seed) {
  auto* const to = reinterpret_cast<float*>(bytes.data());
  std::uint64_t state = seed * 0x9e3779b97f4a7c15 + 1;
  for (std::size_t at = 0; at + classes <= bytes.size() / sizeof(float); at += classes) {
    float left = 1;
    for (std::size_t k = 0; k + 1 < classes; ++k) {
      state = state * 6364136223846793005 + 1442695040888963407;  // Knuth's, The Art of Computer Programming, vol. 2
      const float share = left * static_cast<float>(state >> 40) * 0x1p-24f;
      to[at + k] = share;
      left -= share;
    }
    to[at + classes - 1] = left;
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) return 2;
  const std::string folder = arguments[1];
  fleet_config config;
  config.num_gans = std::stoull(arguments[2]);
  config.history_gans = std::stoull(arguments[3]);
  config.epochs = std::stoll(arguments[4]);
  const std::uint64_t shards = std::stoull(arguments[5]);
  const auto bytes_of = [&](std::uint64_t first, std::uint64_t gans) {
    fleet_result names;
    std::uint64_t numbers = 0;
    for_each_array(config, names, first, gans, [&](auto&, std::uint64_t, std::uint64_t here) { numbers += here; });
    return numbers * sizeof(float);
  };
  constexpr std::uint64_t record_bytes = 16 << 20;
  const std::uint64_t gans_of_record = std::max<std::uint64_t>(1, record_bytes / bytes_of(0, 1));
  for (std::uint64_t shard = 0; shard < shards; ++shard) {
    const std::string path = folder + "/part-" + std::to_string(shard);
    if (!create_checkpoint(path, bytes_of_settings(config))) return 1;
    checkpoint_file file(path);
    std::uint64_t first = shard * gans_of_record;
    file.add([&](checkpoint_record& record) {
      if (first >= config.num_gans) return false;
      record.first = first;
      record.count = std::min(gans_of_record, config.num_gans - first);
      record.rows.resize(bytes_of(record.first, record.count));
      fill(record.rows, config.target.size(), first);
      first += shards * gans_of_record;
      return true;
    });
  }
}
