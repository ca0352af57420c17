// SPDX-License-Identifier: Apache-2.0
// Public functions: the divergence between categorical distributions.
#include "gumbelcuda/kl_divergence.hpp"

#include "host/api/run_rows.hpp"

namespace gumbelcuda {

void kl_divergence(const kl_divergence_task& task, const row_execution& execution) { run_rows(task, execution); }

}  // namespace gumbelcuda
