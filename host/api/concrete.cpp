// SPDX-License-Identifier: Apache-2.0
// Public functions: the Concrete distribution.
#include "gumbelcuda/concrete.hpp"

#include "host/api/run_rows.hpp"

namespace gumbelcuda {

void concrete_log_prob(const concrete_log_prob_task& task, const row_execution& execution) {
  run_rows(task, execution);
}
void concrete_log_prob_vjp(const concrete_log_prob_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}
void concrete_kl_estimate(const concrete_kl_estimate_task& task, const row_execution& execution) {
  run_rows(task, execution);
}
void concrete_kl_estimate_vjp(const concrete_kl_estimate_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

}  // namespace gumbelcuda
