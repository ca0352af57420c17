// SPDX-License-Identifier: Apache-2.0
// Placement new for the files of host/cpu/targets/: the standard's is an inline function that other files share.
#pragma once

#include <cstddef>

#include "gumbelcuda/config.hpp"

GUMBELCUDA_MATH_BEGIN

struct placement {};

GUMBELCUDA_MATH_END

GUMBELCUDA_INLINE void* operator new(std::size_t, void* where, gumbelcuda::GUMBELCUDA_ISA::placement) noexcept {
  return where;
}
