// SPDX-License-Identifier: Apache-2.0
#include "host/cli/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "host/byte_text.hpp"
#include "host/cli/quantity.hpp"
#include "host/results/result_layout.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {
namespace {

constexpr std::uint64_t unknown = std::numeric_limits<std::uint64_t>::max();

std::uint64_t free_on_machine() {
  std::ifstream file("/proc/meminfo");
  std::uint64_t kibibytes = 0, value = 0;
  bool found = false;
  for (std::string name, unit; file >> name >> value && std::getline(file, unit);) {
    if (name != "MemAvailable:" && name != "SwapFree:") continue;
    kibibytes += value;
    found = found || name == "MemAvailable:";
  }
  return found ? kibibytes * 1024 : unknown;
}

// Reads the number in a file. False for "max", which means no limit.
bool read_number(const std::string& path, std::uint64_t& value) {
  return static_cast<bool>(std::ifstream(path) >> value);
}

std::uint64_t file_pages_of_group(const std::string& folder) {
  std::ifstream file(folder + "/memory.stat");
  std::uint64_t bytes = 0, value = 0;
  for (std::string name; file >> name >> value;)
    if (name == "inactive_file" || name == "active_file") bytes += value;
  return bytes;
}

// The largest count below `limit` for which fits(count) is true; 0 if there is none.
template <class Fits>
std::uint64_t largest(std::uint64_t limit, Fits fits) {
  std::uint64_t fitting = 0;
  while (limit - fitting > 1) {
    const std::uint64_t middle = fitting + (limit - fitting) / 2;
    (fits(middle) ? fitting : limit) = middle;
  }
  return fitting;
}

// Memory that each GAN needs for a while. Training: the queue of blocks if every GAN is one (3 × 16 bytes while it
// grows). Statistics, which keep a distance, one class's numbers and a second copy for sorting, need less, but classes
// that are gathered together take up to 128 MiB. A result file: its structures, less than a thousandth of it, and two
// pieces of 16 MiB.
constexpr std::uint64_t training_bytes = 48, class_bytes = std::uint64_t{1} << 27, piece_bytes = std::uint64_t{1} << 25,
                        structure_share = 1000;

}  // namespace

std::uint64_t free_in_group(const std::string& folder) {
  std::uint64_t limit = 0, used = 0;
  const bool limited = read_number(folder + "/memory.max", limit) ||
                       read_number(folder + "/memory.limit_in_bytes", limit);  // version 2 or 1
  if (!limited) return unknown;
  if (!read_number(folder + "/memory.current", used)) read_number(folder + "/memory.usage_in_bytes", used);
  used -= std::min(used, file_pages_of_group(folder));
  return limit - std::min(limit, used);
}

// Inside a container, the container's own control group appears at the root.
std::uint64_t free_memory() {
  return std::min({free_on_machine(), free_in_group("/sys/fs/cgroup"), free_in_group("/sys/fs/cgroup/memory")});
}

std::uint64_t memory_needed(const fleet_config& config, bool with_result_file) {
  const std::uint64_t numbers = saturating_product(config.num_gans, sizeof(float) * config.target.size());
  std::uint64_t beside = saturating_product(config.num_gans, training_bytes);
  if (with_result_file) {
    const std::uint64_t file = result_layout::file_bytes(config);
    beside = saturating_sum(beside, saturating_sum(std::min(piece_bytes, file), file / structure_share));
  }
  beside = saturating_sum(beside, std::min(numbers, class_bytes));
  return saturating_sum(result_bytes(config), beside);
}

void check_memory(const fleet_config& config, bool with_result_file, std::uint64_t available) {
  const std::uint64_t needed = memory_needed(config, with_result_file);
  if (needed <= available) return;
  fleet_config smaller = config;
  const auto fits = [&] { return memory_needed(smaller, with_result_file) <= available; };
  smaller.history_gans = 0;
  const bool history_alone = fits();
  const std::uint64_t count = history_alone ? config.history_gans : config.num_gans;
  const std::uint64_t fitting = largest(count, [&](std::uint64_t gans) {
    (history_alone ? smaller.history_gans : smaller.num_gans) = gans;
    return fits();
  });
  throw invalid_argument(
      history_alone ? "history_gans" : "num_gans",
      fmt::format("{} GANs need {}{} for their {}, and {} are free: {} GANs would fit{}", grouped(count),
                  needed == unknown ? "more than " : "", byte_text(needed, available),
                  history_alone ? "history" : "training", byte_text(available, needed), grouped(fitting),
                  !history_alone && config.history_gans > 0 ? ", without history" : ""));
}

std::uint64_t gans_at_a_time(const fleet_config& config, std::uint64_t available) {
  if (memory_needed(config, false) <= available / 2) return config.num_gans;
  fleet_config one = config;
  one.num_gans = 1;
  one.history_gans = std::min<std::uint64_t>(config.history_gans, 1);
  for (auto* values : {&one.temperature, &one.generator_learning_rate, &one.discriminator_learning_rate})
    values->resize(1);
  return std::max<std::uint64_t>(1, available / 4 / memory_needed(one, false));
}

}  // namespace gumbelcuda
