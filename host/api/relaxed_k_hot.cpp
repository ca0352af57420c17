// SPDX-License-Identifier: Apache-2.0
// Public functions: relaxed samples of k classes.
#include "gumbelcuda/relaxed_k_hot.hpp"

#include "host/api/run_rows.hpp"

namespace gumbelcuda {

void check_more(const relaxed_k_hot_task& task) {
  if (task.k_hot.data && task.y.data && task.y.data == task.logits.data)
    throw invalid_argument("y.data", "is logits.data, which k_hot still reads");
}

void relaxed_k_hot(const relaxed_k_hot_task& task, const row_execution& execution) { run_rows(task, execution); }
void relaxed_k_hot_vjp(const relaxed_k_hot_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

}  // namespace gumbelcuda
