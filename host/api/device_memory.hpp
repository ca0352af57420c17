// SPDX-License-Identifier: Apache-2.0
// Whether the CPU could follow a pointer. Asked in builds without CUDA, too: other parts of a program may use it.
#pragma once

namespace gumbelcuda {

// Memory that only a CUDA device reaches. Where no part of the process has begun to use the NVIDIA driver there is
// none, and the driver is left alone: no context is made. Allocates nothing.
bool is_device_memory(const void* pointer);

}  // namespace gumbelcuda
