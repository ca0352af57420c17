// SPDX-License-Identifier: Apache-2.0
// Finds the lane types that this processor can run: those of the library's CPU backend. No code of the other lane types
// is executed, since their tables are constants.
#include "tests/unit/lanes.hpp"

#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"

namespace lanes {

#define GUMBELCUDA_INSTRUCTION_SET(name) extern const lane_set unit_##name##_lanes[];
#include "instruction_sets.inc"
#undef GUMBELCUDA_INSTRUCTION_SET

namespace {

// The scalar target has one lane type, targets with vectors have two.
std::vector<const lane_set*> tables_of(const std::string& cpu_target) {
  const auto tables = [&](const lane_set* first) -> std::vector<const lane_set*> {
    if (cpu_target == "scalar") return {first};
    return {first, first + 1};
  };
#define GUMBELCUDA_INSTRUCTION_SET(name) \
  if (cpu_target == #name) return tables(unit_##name##_lanes);
#include "instruction_sets.inc"
#undef GUMBELCUDA_INSTRUCTION_SET
  return {};
}

// The scalar lane type comes first, the widest one last.
std::vector<const lane_set*> find_supported() {
  std::vector<const lane_set*> sets;
  for (const std::string& target : gumbelcuda::cpu_targets()) {
    const auto tables = tables_of(target);
    sets.insert(sets.begin(), tables.begin(), tables.end());
  }
  return sets;
}

}  // namespace

lane_list supported() {
  static const std::vector<const lane_set*> all = find_supported();
  return {all.data(), int(all.size())};
}

}  // namespace lanes
