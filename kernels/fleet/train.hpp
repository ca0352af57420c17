// SPDX-License-Identifier: Apache-2.0
// The fleet's kernel as the host sees it: no CUDA here, so that any compiler can include it.
#pragma once

#include "kernels/fleet/slice.hpp"

namespace gumbelcuda {

// Trains a slice on `stream` (a cudaStream_t; all pointers of the slice are the device's) and returns at once, with a
// cudaError_t. No GANs: success, nothing runs.
int launch_train_fleet(const fleet_slice& slice, void* stream);

}  // namespace gumbelcuda
