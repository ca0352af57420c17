// SPDX-License-Identifier: Apache-2.0
// The fleet's kernel as the host sees it. This header needs no CUDA, so any compiler can include it.
#pragma once

#include "kernels/fleet/slice.hpp"

namespace gumbelcuda {

// Trains a slice on `stream`, a cudaStream_t; all pointers of the slice are device pointers. Returns a cudaError_t at
// once. Without GANs nothing runs, which is a success.
int launch_train_fleet(const fleet_slice& slice, void* stream);

}  // namespace gumbelcuda
