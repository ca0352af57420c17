// SPDX-License-Identifier: Apache-2.0
// A handle of the C API: a sampler, and whether pointers are checked.
#pragma once

#include <memory>

#include "gumbelcuda/gumbelcuda.h"
#include "gumbelcuda/sampler.hpp"

struct gumbelcuda_handle {
  gumbelcuda::sampler sampler;
  bool checks_pointers = true;
  std::shared_ptr<const bool> alive = std::make_shared<const bool>(true);  // for what may outlive the handle
};
