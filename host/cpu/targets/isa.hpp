// SPDX-License-Identifier: Apache-2.0
// The instruction set that a file of this folder is compiled for. Each file is compiled once for every instruction set,
// with its flags and these definitions (cmake/cpu_targets.cmake):
//
//   GUMBELCUDA_ISA           its name, and the namespace of all inline functions (config.hpp)
//   GUMBELCUDA_VECTORS       it has the vectors of detail/simd.hpp; without them a lane is a float
//   GUMBELCUDA_NARROWER_ISA  another set that every processor with this one also has; its code is used for what gains
//                            nothing from wider vectors
#pragma once

#include "gumbelcuda/config.hpp"

#define GUMBELCUDA_JOINED(a, b) a##b
#define GUMBELCUDA_JOIN(a, b) GUMBELCUDA_JOINED(a, b)
#define GUMBELCUDA_QUOTED(a) #a
#define GUMBELCUDA_QUOTE(a) GUMBELCUDA_QUOTED(a)
