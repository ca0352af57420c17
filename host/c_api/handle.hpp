// SPDX-License-Identifier: Apache-2.0
// What a handle of C is: a sampler.
#pragma once

#include "gumbelcuda/gumbelcuda.h"
#include "gumbelcuda/sampler.hpp"

struct gumbelcuda_handle {
  gumbelcuda::sampler sampler;
};
