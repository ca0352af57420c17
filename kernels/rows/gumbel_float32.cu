// SPDX-License-Identifier: Apache-2.0
// The operations on rows of float32 numbers, compiled for the GPU.
#include "kernels/rows/gumbel_launch.cuh"

template struct gumbelcuda::rows_launch<float>;
