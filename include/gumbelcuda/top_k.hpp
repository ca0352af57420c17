// SPDX-License-Identifier: Apache-2.0
// Samples of k classes without replacement, for batches of rows. Arguments, errors and backends: as in sampling.hpp.
#pragma once

#include "gumbelcuda/rows/top_k_tasks.hpp"
#include "gumbelcuda/sampling.hpp"

namespace gumbelcuda {

// About as fast as gumbel_max on the CPU while k is small beside the number of classes. A GPU takes a further step over
// the row for each of the k.
GUMBELCUDA_API void gumbel_top_k(const gumbel_top_k_task& task, const row_execution& execution = {});

GUMBELCUDA_API void relaxed_k_hot(const relaxed_k_hot_task& task, const row_execution& execution = {});
GUMBELCUDA_API void relaxed_k_hot_vjp(const relaxed_k_hot_vjp_task& task, const row_execution& execution = {});

}  // namespace gumbelcuda
