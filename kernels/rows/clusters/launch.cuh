// SPDX-License-Identifier: Apache-2.0
// Launches for rows that a cluster of blocks works on, for numbers of one type. Devices before compute capability 9.0
// launch no clusters: there a row has one block, however few rows there are. A caller can split long rows there:
// gumbel_max_shard() for each piece, on streams of their own, and combine_gumbel_max() (sharded.hpp).
#pragma once

#include <optional>

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "kernels/simt.cuh"

namespace gumbelcuda {

// Each of these launches clusters if the task's rows are done sooner by them, and if the device has room for one.
// Without an answer nothing was launched: then each row has one block. Tasks with gumbels of their own are not for
// these.
template <class Stored>
struct clusters_launch {
  static std::optional<launch_status> max(const gumbel_max_task& task, launch_stream stream);
  static std::optional<launch_status> softmax(const gumbel_softmax_task& task, launch_stream stream);
  static std::optional<launch_status> softmax_vjp(const gumbel_softmax_vjp_task& task, launch_stream stream);
  static std::optional<launch_status> categorical(const categorical_sample_task& task, launch_stream stream);
};

}  // namespace gumbelcuda
