// SPDX-License-Identifier: Apache-2.0
// Public functions: samples location + scale·noise and their densities.
#include "gumbelcuda/location_scale.hpp"

#include "host/api/run_rows.hpp"

namespace gumbelcuda {

void location_scale_sample(const location_scale_sample_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void location_scale_sample_vjp(const location_scale_sample_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void location_scale_log_prob(const location_scale_log_prob_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void location_scale_log_prob_vjp(const location_scale_log_prob_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

}  // namespace gumbelcuda
