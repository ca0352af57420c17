// SPDX-License-Identifier: Apache-2.0
// Whether the CPU can access a pointer's memory. Builds without CUDA check it, too: other parts of a program may use
// it.
#pragma once

namespace gumbelcuda {

// True for memory that only a CUDA device can access. If no part of the process has started to use the NVIDIA driver,
// there is no such memory, and this function does not start the driver: no context is created. Allocates nothing.
bool is_device_memory(const void* pointer);

}  // namespace gumbelcuda
