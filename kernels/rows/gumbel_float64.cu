// SPDX-License-Identifier: Apache-2.0
// Noise, Gumbel-max and Gumbel-softmax for float64, compiled for the GPU.
#include "kernels/rows/gumbel_launch.cuh"

template struct gumbelcuda::rows_launch<double>;
