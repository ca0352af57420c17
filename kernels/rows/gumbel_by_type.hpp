// SPDX-License-Identifier: Apache-2.0
// Launches of the operations on rows, for numbers of one type: rows_<type>.cu have them.
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
