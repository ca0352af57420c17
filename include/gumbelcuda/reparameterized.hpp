// SPDX-License-Identifier: Apache-2.0
// Gumbel and Gaussian samples that have derivatives for location and scale, and their densities, for batches of rows.
// Arguments, errors and backends: as in sampling.hpp.
//
//   gumbelcuda::location_scale_sample_task task{.rows = 128, .classes = 10, .law = gumbelcuda::noise_law::gaussian};
//   task.location = {mean};
//   task.scale = {stddev, gumbelcuda::parameter_shape::per_row};
//   task.sample = {x};
//   gumbelcuda::location_scale_sample(task);
#pragma once

#include "gumbelcuda/rows/reparameterized_tasks.hpp"
#include "gumbelcuda/sampling.hpp"

namespace gumbelcuda {

// location 0 and scale 1, one for all, give the noise itself.
GUMBELCUDA_API void location_scale_sample(const location_scale_sample_task& task, const row_execution& execution = {});
GUMBELCUDA_API void location_scale_sample_vjp(const location_scale_sample_vjp_task& task,
                                              const row_execution& execution = {});

GUMBELCUDA_API void location_scale_log_prob(const location_scale_log_prob_task& task,
                                            const row_execution& execution = {});
GUMBELCUDA_API void location_scale_log_prob_vjp(const location_scale_log_prob_vjp_task& task,
                                                const row_execution& execution = {});

}  // namespace gumbelcuda
