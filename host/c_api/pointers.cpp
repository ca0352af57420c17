// SPDX-License-Identifier: Apache-2.0
#include "host/c_api/pointers.hpp"

#include "host/api/device_memory.hpp"
#include "host/cuda/pointers.hpp"

namespace gumbelcuda::c_api {
namespace {

// Calls visit(pointer) for those that are not null.
template <class Visit>
void for_each_pointer(const sampler_options& options, const named_pointer* begin, const named_pointer* end,
                      Visit visit) {
  for (const named_pointer* argument = begin; argument != end; ++argument)
    if (argument->pointer) visit(*argument);
  if (options.noise.device_offset) visit(named_pointer{"device_offset", options.noise.device_offset});
}

[[noreturn]] void refuse(const named_pointer& argument, const char* problem) {
  throw invalid_argument(std::string(argument.name) + argument.suffix, problem);
}

}  // namespace

void check_pointers(const sampler_options& options, const named_pointer* begin, const named_pointer* end) {
  if (options.backend == backend_kind::cuda) {
    const pointer_check check;
    for_each_pointer(options, begin, end, [&](const named_pointer& argument) {
      if (check.is_plain_host_memory(argument.pointer))
        refuse(argument,
               "points to host memory, which the device cannot access; backend cuda needs device, pinned or managed "
               "memory");
    });
  } else {
    for_each_pointer(options, begin, end, [](const named_pointer& argument) {
      if (is_device_memory(argument.pointer))
        refuse(argument, "points to device memory, and backend cpu needs host memory");
    });
  }
}

}  // namespace gumbelcuda::c_api
