// SPDX-License-Identifier: Apache-2.0
// Which lane types this processor can run: those of the library's CPU backend. Nothing of the others is executed:
// their tables are constants.
#include "tests/unit/lanes.hpp"

#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"

namespace lanes {

extern const lane_set unit_scalar_lanes;
extern const lane_set unit_avx2_lanes[2], unit_avx512_lanes[2], unit_neon_lanes[2];

namespace {

std::vector<const lane_set*> tables_of(const std::string& cpu_target) {
  if (cpu_target == "scalar") return {&unit_scalar_lanes};
#ifdef GUMBELCUDA_HAVE_AVX2
  if (cpu_target == "avx2") return {&unit_avx2_lanes[0], &unit_avx2_lanes[1]};
#endif
#ifdef GUMBELCUDA_HAVE_AVX512
  if (cpu_target == "avx512") return {&unit_avx512_lanes[0], &unit_avx512_lanes[1]};
#endif
#ifdef GUMBELCUDA_HAVE_NEON
  if (cpu_target == "neon") return {&unit_neon_lanes[0], &unit_neon_lanes[1]};
#endif
  __builtin_trap();  // an instruction set without tables would go untested
}

// The scalar first, the widest last.
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
