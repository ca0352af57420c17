// SPDX-License-Identifier: Apache-2.0
// How many models a thread trains side by side, in a program that the user compiles: as many as a vector of the
// instruction set that its flags allow (-march=native) has elements, if google/highway is installed; otherwise one.
// Vectors without a fused multiplication would give other bits, so they are not used.
#pragma once

#include <algorithm>
#include <cstdint>

#include "gumbelcuda/detail/model/parameters.hpp"
#include "gumbelcuda/math/lane.hpp"
#include "gumbelcuda/math/philox.hpp"

#if GUMBELCUDA_FLAGS_ALLOW_VECTORS && __has_include(<hwy/highway.h>)
#define HWY_COMPILE_ONLY_STATIC
#define HWY_DISABLE_PCLMUL_AES  // not used here, and without it Highway would not see AVX2 in -march=haswell
#include <hwy/highway.h>
#if !HWY_ARCH_X86 || HWY_TARGET <= HWY_AVX2  // the lower, the newer
#define GUMBELCUDA_MODEL_VECTORS
#include "gumbelcuda/detail/row_blocks.hpp"
#endif
#endif

GUMBELCUDA_MODEL_BEGIN

#ifdef GUMBELCUDA_MODEL_VECTORS
using model_lane = simd_float;
using model_blocks = row_blocks;
#else
using model_lane = float;
using model_blocks = stream_row;
#endif
inline constexpr int models_side_by_side = lane<model_lane>::width;

// A number for each of the models that are side by side.
inline model_lane load_lane(const float* numbers) {
#ifdef GUMBELCUDA_MODEL_VECTORS
  return model_lane::load(numbers);
#else
  return *numbers;
#endif
}
inline void store_lane(const model_lane& x, float* numbers) {
#ifdef GUMBELCUDA_MODEL_VECTORS
  x.store(numbers);
#else
  *numbers = x;
#endif
}

// The noise of rows first … first + count − 1; elements beyond them repeat the last.
inline model_blocks blocks_of_models(std::uint64_t seed, std::uint64_t first, [[maybe_unused]] int count) {
#ifdef GUMBELCUDA_MODEL_VECTORS
  alignas(64) std::uint32_t low[models_side_by_side], high[models_side_by_side];
  for (int i = 0; i < models_side_by_side; ++i) {
    const std::uint64_t row = first + std::uint64_t(std::min(i, count - 1));
    low[i] = std::uint32_t(row);
    high[i] = std::uint32_t(row >> 32);
  }
  return row_blocks(seed, simd_word::load(low), simd_word::load(high));
#else
  return {seed, first};
#endif
}

GUMBELCUDA_MODEL_END
