// SPDX-License-Identifier: Apache-2.0
// The public entry to Gumbels given their argmax.
#include "gumbelcuda/gumbel_rao.hpp"

#include "host/row_checks.hpp"
#include "host/run_rows.hpp"

namespace gumbelcuda {

void validate(const conditional_gumbel_task& task, bool /*on_device*/) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_pointer("index", task.index);
  check_alignment("index", task.index, sizeof *task.index);
  check_rows("z", task.z, task.rows, task.classes, size);
  check_apart(
      {{"z.data", task.z.data}},
      {{"logits.data", task.logits.data}, {"index", task.index}, {"noise.device_offset", task.noise.device_offset}});
}

void validate(const gumbel_rao_vjp_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  check_noise(task.noise);
  if (task.inner_samples < 1 || task.inner_samples > max_inner_samples)
    throw invalid_argument("inner_samples", std::to_string(task.inner_samples) + " is not in [1, " +
                                                std::to_string(max_inner_samples) + "]");
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_pointer("index", task.index);
  check_alignment("index", task.index, sizeof *task.index);
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device);
  check_rows("d_one_hot", task.d_one_hot, task.rows, task.classes, size);
  check_rows("d_logits", task.d_logits, task.rows, task.classes, size);
  check_in_place("d_logits", task.d_logits, "d_one_hot", task.d_one_hot, task.rows, task.classes);
  check_apart({{"d_logits.data", task.d_logits.data}}, {{"logits.data", task.logits.data},
                                                        {"index", task.index},
                                                        {"temperature", task.temperature},
                                                        {"noise.device_offset", task.noise.device_offset}});
}

void conditional_gumbel(const conditional_gumbel_task& task, const row_execution& execution) {
  run_rows(task, execution);
}
void gumbel_rao_vjp(const gumbel_rao_vjp_task& task, const row_execution& execution) { run_rows(task, execution); }

}  // namespace gumbelcuda
