// SPDX-License-Identifier: Apache-2.0
// The operations on rows of float16 numbers, compiled for the GPU.
#include "kernels/rows/gumbel_launch.cuh"

template struct gumbelcuda::rows_launch<gumbelcuda::float16>;
