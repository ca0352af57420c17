// SPDX-License-Identifier: Apache-2.0
// Public functions: relaxed Bernoulli variables.
#include "gumbelcuda/relaxed_bernoulli.hpp"

#include "host/api/run_rows.hpp"

namespace gumbelcuda {

void relaxed_bernoulli(const relaxed_bernoulli_task& task, const row_execution& execution) {
  run_rows(task, execution);
}
void relaxed_bernoulli_vjp(const relaxed_bernoulli_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}
void relaxed_bernoulli_log_prob(const relaxed_bernoulli_log_prob_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

}  // namespace gumbelcuda
