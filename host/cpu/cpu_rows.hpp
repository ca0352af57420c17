// SPDX-License-Identifier: Apache-2.0
// The operations on rows on this processor: the best instruction set, rows shared out over threads.
#pragma once

#include "gumbelcuda/rows/tasks.hpp"

namespace gumbelcuda {

// The tasks have been validated. `threads` ≥ 1. Throws std::bad_alloc.
void gumbel_noise_on_cpu(const gumbel_noise_task& task, int threads);
void gumbel_max_on_cpu(const gumbel_max_task& task, int threads);
void gumbel_softmax_on_cpu(const gumbel_softmax_task& task, int threads);
void gumbel_softmax_vjp_on_cpu(const gumbel_softmax_vjp_task& task, int threads);

}  // namespace gumbelcuda
