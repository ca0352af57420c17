// SPDX-License-Identifier: Apache-2.0
// Checks pointers among arguments, by name, and refuses those to memory of the other side (host or device).
#pragma once

#include "gumbelcuda/sampler.hpp"
#include "host/c_api/answer.hpp"

namespace gumbelcuda::c_api {

struct named_pointer {
  const char* name;
  const void* pointer;      // null: not checked
  const char* suffix = "";  // appended to the name
};

// Throws invalid_argument for the first of these pointers, then for device_offset, that the backend cannot access.
void check_pointers(const sampler_options& options, const named_pointer* begin, const named_pointer* end);

}  // namespace gumbelcuda::c_api
