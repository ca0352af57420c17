// SPDX-License-Identifier: Apache-2.0
// The public entry to densities and divergences.
#include "gumbelcuda/distributions.hpp"

#include "host/row_checks.hpp"
#include "host/run_rows.hpp"

namespace gumbelcuda {

void validate(const kl_divergence_task& task, bool /*on_device*/) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  if (task.rows == 0) return;
  check_rows("p_logits", task.p_logits, task.rows, task.classes, size);
  check_rows("q_logits", task.q_logits, task.rows, task.classes, size);
  check_pointer("kl", task.kl);
  check_alignment("kl", task.kl, computed_size_of(task.type));
}

void kl_divergence(const kl_divergence_task& task, const row_execution& execution) { run_rows(task, execution); }

}  // namespace gumbelcuda
