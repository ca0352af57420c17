// SPDX-License-Identifier: Apache-2.0
#include "host/cli/memory.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

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

// Inside a container its own group appears at the root. "max" is not a number: no limit.
std::uint64_t group_limit() {
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::uint64_t bytes = 0;
    if (std::ifstream(path) >> bytes) return bytes;
  }
  return unknown;
}

}  // namespace

std::uint64_t free_memory() { return std::min(free_on_machine(), group_limit()); }

}  // namespace gumbelcuda
