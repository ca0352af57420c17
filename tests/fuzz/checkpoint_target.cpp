// SPDX-License-Identifier: Apache-2.0
// Checkpoints, read as merge and --resume read them, used, and added to. An input is a checkpoint without the zeros
// that fill its first three blocks.
#include <algorithm>
#include <variant>

#include "gumbelcuda/partial_training.hpp"
#include "host/checkpoint/bytes.hpp"
#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/ended_rows.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/files/fnv1a.hpp"
#include "host/results/sweep_csv.hpp"
#include "host/results/sweep_file.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/results/small_sweep.hpp"

namespace gumbelcuda::fuzz {
namespace {

// See checkpoint_file.hpp.
constexpr std::size_t block = 4096, head_bytes = 24, blocks = 3, head_of_settings = 16, head_of_record = 32;

std::string with_filling(const std::string& input) {
  std::string file;
  for (std::size_t i = 0; i < blocks; ++i) {
    if (input.size() <= i * head_bytes) return file;  // it is cut off there
    file += input.substr(i * head_bytes, head_bytes);
    if (input.size() > (i + 1) * head_bytes) file.resize((i + 1) * block, '\0');
  }
  return input.size() > blocks * head_bytes ? file + input.substr(blocks * head_bytes) : file;
}

struct parts {
  std::string beginning, settings;
  std::vector<checkpoint_record> records;
};

// As far as the input goes; lengths that it is too short for are cut.
parts parts_of(const std::string& input) {
  const auto text = [&](std::size_t place, std::uint64_t bytes) {
    return place < input.size() ? input.substr(place, std::min<std::uint64_t>(bytes, input.size() - place)) : "";
  };
  parts all{text(0, head_bytes), {}, {}};
  std::size_t place = blocks * head_bytes;
  all.settings = text(place + head_of_settings, number_at<std::uint64_t>(input, place));
  place += head_of_settings + all.settings.size();
  while (place + head_of_record <= input.size()) {
    checkpoint_record record{number_at<std::uint64_t>(input, place), number_at<std::uint64_t>(input, place + 8),
                             text(place + head_of_record, number_at<std::uint64_t>(input, place + 16))};
    place += head_of_record + record.rows.size();
    all.records.push_back(std::move(record));
  }
  return all;
}

// The checksums are right. The slots say that `beyond` more bytes are committed than there are.
std::string sealed(const parts& all, std::uint64_t beyond = 0) {
  byte_writer behind;
  behind(all.settings.size()), behind(fnv1a_of({all.settings.size()}, all.settings));
  behind.numbers(all.settings.data(), all.settings.size());
  for (const checkpoint_record& record : all.records) {
    behind(record.first), behind(record.count), behind(record.rows.size());
    behind(fnv1a_of({record.first, record.count, record.rows.size()}, record.rows));
    behind.numbers(record.rows.data(), record.rows.size());
  }
  byte_writer slots;
  const std::uint64_t committed = blocks * block + behind.bytes().size() + beyond;
  for (std::uint64_t commits = 1; commits <= 2; ++commits)
    slots(committed), slots(commits), slots(fnv1a_of({committed, commits}));
  return all.beginning + slots.bytes() + behind.bytes();
}

void change_records(parts& all, random_numbers& random) {
  std::vector<checkpoint_record>& records = all.records;
  if (records.empty()) return records.push_back({0, 1, all.settings.substr(0, 64)});
  const std::size_t at = random.below(records.size());
  checkpoint_record& record = records[at];
  switch (random.below(6)) {
    case 0:
      record.first = random.unlikely(record.first);
      break;
    case 1:
      record.count = random.unlikely(record.count);
      break;
    case 2:
      change_bytes(record.rows);
      break;
    case 3:
      change_number(record.rows, random);
      break;
    case 4:
      if (records.size() < 8) records.push_back(checkpoint_record(record));
      break;
    default:
      records.erase(records.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

// What is accepted must be what was written: the same bytes come of it again.
template <class Config, class Partial>
std::uint64_t read_rows(const std::string& path, const Config& config, Partial& whole) {
  std::uint64_t records = 0;
  prepare(config, whole);
  read_records(path, [&](const checkpoint_record& record) {
    expect_gans(record, config.num_gans, path);
    put_rows(record.rows, path, config, record.first, record.count, whole);
    REQUIRE(bytes_of_rows(config, whole, record.first, record.count) == record.rows);
    ++records;
  });
  return records;
}

// The next process of the run adds what has not ended.
template <class Config, class Partial>
void go_on(const std::string& path, const Config& config, const Partial& whole, std::uint64_t records) {
  bool added = false;
  checkpoint_file(path).add([&](checkpoint_record& record) {
    if (added) return false;
    record = {0, 1, bytes_of_rows(config, whole, 0, 1)};
    return added = true;
  });
  Partial again;
  REQUIRE(read_rows(path, config, again) == records + 1);
}

void write_result(const fleet_config&, const partial_fleet&) {}
void write_result(sweep_record& record, partial_sweep& whole) {
  if (std::count(whole.ended.begin(), whole.ended.end(), 0) > 0) return;
  std::swap(record.result, whole.result);
  write_sweep_csv([](const std::string&) {}, record);
  std::swap(record.result, whole.result);
}

template <class Partial, class Config, class Run>
void use(const std::string& path, const Config& config, Run& run) {
  constexpr std::uint64_t most_bytes = 1 << 24;
  if (result_bytes(config) > most_bytes) return;
  Partial whole;
  const std::uint64_t records = read_rows(path, config, whole);
  // Of a GAN that has not ended there are no rows that would be read again.
  if (!whole.has_ended(0)) return;
  write_result(run, whole);
  go_on(path, config, whole, records);
}

// Whatever else stands beside a checkpoint is read here.
void read_file(const std::string& path) {
  const std::string settings = settings_of_checkpoint(path);
  run_settings run = settings_of_bytes(settings, path);
  if (auto* const fleet = std::get_if<fleet_config>(&run)) {
    REQUIRE(bytes_of_settings(*fleet) == settings);
    use<partial_fleet>(path, *fleet, *fleet);
  } else {
    auto& sweep = std::get<sweep_record>(run);
    REQUIRE(bytes_of_settings(sweep) == settings);
    sweep_file_bytes(sweep);
    use<partial_sweep>(path, sweep.config, sweep);
  }
}

template <class Settings, class Config, class Partial>
std::string seed_of(const Settings& settings, const Config& config, const Partial& whole,
                    const std::vector<std::uint64_t>& ends) {
  parts all{"gumbelcuda checkpoint 1\n", bytes_of_settings(settings), {}};
  for (std::uint64_t first = 0; const std::uint64_t end : ends) {
    all.records.push_back({first, end - first, bytes_of_rows(config, whole, first, end - first)});
    first = end;
  }
  return sealed(all);
}

}  // namespace

std::vector<std::string> seeds() {
  fleet_config fleet;
  fleet.num_gans = 3;
  fleet.target = {.25, .75};
  fleet.epochs = 2;
  fleet.history_gans = 2;
  fleet.temperature = {.1f, .2f, .3f};
  partial_fleet of_fleet;
  prepare(fleet, of_fleet);
  std::vector<std::string> all{seed_of(fleet, fleet, of_fleet, {2, 3}), seed_of(fleet, fleet, of_fleet, {1})};
  for (const bool varied : {false, true}) {
    const sweep_record sweep = small_sweep(varied);
    all.push_back(seed_of(sweep, sweep.config, partial_sweep{sweep.result, {}}, {1, 4, 6}));
  }
  return all;
}

std::string changed(const std::string& input, random_numbers& random) {
  if (random.once_in(16)) {
    std::string bytes = input;
    change_bytes(bytes);
    return bytes;
  }
  parts all = parts_of(input);
  switch (random.below(3)) {
    case 0:
      change_bytes(all.settings);
      break;
    case 1:
      change_number(all.settings, random);
      break;
    default:
      change_records(all, random);
  }
  return sealed(all, random.once_in(16) ? random.unlikely(0) : 0);
}

bool read(const std::string& input) {
  static const scratch_folder folder;
  const std::string path = folder / "checkpoint", bytes = with_filling(input);
  put_file(path, bytes);
  try {
    read_file(path);
    return true;
  } catch (const damaged_file&) {
    REQUIRE(content_of(path) == bytes);
    return false;
  }
}

}  // namespace gumbelcuda::fuzz
