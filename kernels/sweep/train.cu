// SPDX-License-Identifier: Apache-2.0
// The host's entries to the kernels of sweeps.
#include "kernels/sweep/train.cuh"

namespace gumbelcuda {

int launch_train_sweep(const sweep_launch& what, void* stream) {
  return int(launch(train_sweep_kernel<bounded<max_kernel_classes>>, sweep_launch_shape(what),
                    static_cast<launch_stream>(stream), what));
}

int launch_evaluate_sweep(const sweep_look& what, void* stream) {
  return int(launch(evaluate_sweep_kernel<bounded<max_kernel_classes>>, sweep_launch_shape(what),
                    static_cast<launch_stream>(stream), what));
}

}  // namespace gumbelcuda
