// SPDX-License-Identifier: Apache-2.0
// Which lane types this processor can run. Nothing of the others is executed: their tables are constants.
#include "tests/unit/lanes.hpp"

namespace lanes {

extern const lane_set portable_lanes;
#ifdef LANES_AVX2
extern const lane_set avx2_lanes;
#endif
#ifdef LANES_AVX512
extern const lane_set avx512_lanes;
#endif
#ifdef LANES_NEON
extern const lane_set neon_lanes;
#endif

namespace {
struct detected {
  const lane_set* sets[4] = {&portable_lanes};
  int count = 1;
  detected() {
#ifdef LANES_AVX2
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
      sets[count++] = &avx2_lanes;
#endif
#ifdef LANES_AVX512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
      sets[count++] = &avx512_lanes;
#endif
#ifdef LANES_NEON
    sets[count++] = &neon_lanes;
#endif
  }
};
}  // namespace

lane_list supported() {
  static const detected all;
  return {all.sets, all.count};
}

}  // namespace lanes
