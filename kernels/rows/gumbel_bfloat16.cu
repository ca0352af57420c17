// SPDX-License-Identifier: Apache-2.0
// Noise, Gumbel-max and Gumbel-softmax for bfloat16, compiled for the GPU.
#include "kernels/rows/gumbel_launch.cuh"

template struct gumbelcuda::rows_launch<gumbelcuda::bfloat16>;
