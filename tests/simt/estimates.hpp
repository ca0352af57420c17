// SPDX-License-Identifier: Apache-2.0
// Estimates as far off as include/gumbelcuda/config.hpp allows them to be, up or down from call to call. A kernel must
// give the CPU's bytes with any of them. Included before every file that is compiled for the interpreter; these are
// compiled with a GUMBELCUDA_ISA of their own, so that no other file's inline functions are taken for theirs.
#pragma once

#include <cmath>
#include <cstdint>

namespace gumbelcuda::simt {

// In [−1, 1], most often an end.
inline float next_error() {
  static thread_local std::uint32_t state = 1;
  state = state * 1664525 + 1013904223;
  const float ends[] = {-1, 1, -1, 1, -1, 1, 0, 0.5f};
  return ends[state >> 29];
}

inline float reciprocal_estimate(float x) { return float((1 + 0.999 * 0x1p-11 * double(next_error())) / double(x)); }
inline float log2_estimate(float x) { return float(std::log2(double(x)) + 0.999 * 0x1p-12 * double(next_error())); }

}  // namespace gumbelcuda::simt

#define GUMBELCUDA_RECIPROCAL_ESTIMATE(x) ::gumbelcuda::simt::reciprocal_estimate(x)
#define GUMBELCUDA_LOG2_ESTIMATE(x) ::gumbelcuda::simt::log2_estimate(x)
