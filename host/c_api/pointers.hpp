// SPDX-License-Identifier: Apache-2.0
// Pointers among arguments, by name, so that one that leads to the other side's memory is refused.
#pragma once

#include "gumbelcuda/sampler.hpp"
#include "host/c_api/answer.hpp"

namespace gumbelcuda::c_api {

struct named_pointer {
  const char* name;
  const void* pointer;      // null: not looked at
  const char* suffix = "";  // of the name
};

// Throws invalid_argument for the first of them, or else the noise's offset in memory, that the backend cannot follow.
void check_pointers(const sampler_options& options, const named_pointer* begin, const named_pointer* end);

}  // namespace gumbelcuda::c_api
