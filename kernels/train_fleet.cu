// SPDX-License-Identifier: Apache-2.0
// The fleet's kernels, compiled for the GPU.
#include "kernels/train_fleet_launch.cuh"

namespace gumbelcuda {

int launch_train_fleet(const fleet_slice& slice, void* stream) {
  return launch_train_fleet_on(slice, static_cast<launch_stream>(stream));
}

}  // namespace gumbelcuda
