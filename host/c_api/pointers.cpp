// SPDX-License-Identifier: Apache-2.0
#include "host/c_api/pointers.hpp"

#include "host/api/device_memory.hpp"
#include "host/cuda/pointers.hpp"

namespace gumbelcuda::c_api {
namespace {

void check_pointer(const sampler_options& options, const named_pointer& argument) {
  if (!argument.pointer) return;
  const auto refuse = [&](const char* problem) {
    throw invalid_argument(std::string(argument.name) + argument.suffix, problem);
  };
  if (options.backend == backend_kind::cuda) {
    if (is_plain_host_memory(argument.pointer))
      refuse(
          "points to host memory, which the device cannot access; backend cuda needs device, pinned or managed memory");
  } else if (is_device_memory(argument.pointer)) {
    refuse("points to device memory, and backend cpu needs host memory");
  }
}

}  // namespace

void check_pointers(const sampler_options& options, const named_pointer* begin, const named_pointer* end) {
  for (const named_pointer* argument = begin; argument != end; ++argument) check_pointer(options, *argument);
  check_pointer(options, {"device_offset", options.noise.device_offset});
}

}  // namespace gumbelcuda::c_api
