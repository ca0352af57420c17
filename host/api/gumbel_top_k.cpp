// SPDX-License-Identifier: Apache-2.0
// Public functions: samples of k classes without replacement.
#include "gumbelcuda/gumbel_top_k.hpp"

#include "host/api/run_rows.hpp"

namespace gumbelcuda {

void gumbel_top_k(const gumbel_top_k_task& task, const row_execution& execution) { run_rows(task, execution); }

}  // namespace gumbelcuda
