// SPDX-License-Identifier: Apache-2.0
// Public functions: Gumbels given their argmax.
#include "gumbelcuda/gumbel_rao.hpp"

#include "host/api/run_rows.hpp"

namespace gumbelcuda {

void conditional_gumbel(const conditional_gumbel_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void gumbel_rao_vjp(const gumbel_rao_vjp_task& task, const row_execution& execution) { run_rows(task, execution); }

}  // namespace gumbelcuda
