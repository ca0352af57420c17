// SPDX-License-Identifier: Apache-2.0
// What a handle of C is: a sampler, and whether pointers are checked for it.
#pragma once

#include "gumbelcuda/gumbelcuda.h"
#include "gumbelcuda/sampler.hpp"

struct gumbelcuda_handle {
  gumbelcuda::sampler sampler;
  bool checks_pointers = true;
};
