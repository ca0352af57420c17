// SPDX-License-Identifier: Apache-2.0
// Launches of noise, Gumbel-max and Gumbel-softmax for numbers of one type, compiled in gumbel_<type>.cu.
#pragma once

#include "kernels/rows/launch.hpp"
#include "kernels/simt.cuh"

namespace gumbelcuda {

template <class Stored>
struct rows_launch {
  static launch_status noise(const gumbel_noise_task& task, launch_stream stream);
  static launch_status max(const gumbel_max_task& task, launch_stream stream);
  static launch_status softmax(const gumbel_softmax_task& task, launch_stream stream);
  static launch_status softmax_vjp(const gumbel_softmax_vjp_task& task, launch_stream stream);
};

}  // namespace gumbelcuda
