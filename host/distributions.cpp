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

namespace {

// What the density of the Concrete distribution and its gradients are given.
template <class Task>
void check_concrete(const Task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_rows("value", task.value, task.rows, task.classes, size);
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device, false);
}

}  // namespace

void validate(const concrete_log_prob_task& task, bool on_device) {
  size_of(task.type);
  check_classes(task.classes);
  if (task.rows == 0) return;
  check_concrete(task, on_device);
  check_pointer("log_prob", task.log_prob);
  check_alignment("log_prob", task.log_prob, computed_size_of(task.type));
}

void validate(const concrete_log_prob_vjp_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  if (task.rows == 0) return;
  check_concrete(task, on_device);
  check_pointer("d_log_prob", task.d_log_prob);
  check_alignment("d_log_prob", task.d_log_prob, computed_size_of(task.type));
  if (!task.d_logits.data && !task.d_value.data && !task.d_temperature)
    throw invalid_argument("d_logits.data", "is null, and so are d_value.data and d_temperature: nothing is asked for");
  if (task.d_logits.data) check_rows("d_logits", task.d_logits, task.rows, task.classes, size);
  if (task.d_value.data) check_rows("d_value", task.d_value, task.rows, task.classes, size);
  if (task.d_value.data && task.d_value.data == task.d_logits.data)
    throw invalid_argument("d_value.data", "is d_logits.data: one of the two would be lost");
  check_alignment("d_temperature", task.d_temperature, computed_size_of(task.type));
}

void validate(const relaxed_bernoulli_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device);
  if (!task.y.data && !task.hard.data)
    throw invalid_argument("y.data", "is null, and so is hard.data: nothing is asked for");
  if (task.y.data) check_rows("y", task.y, task.rows, task.classes, size);
  if (task.hard.data) check_rows("hard", task.hard, task.rows, task.classes, size);
  if (task.hard.data && task.hard.data == task.y.data)
    throw invalid_argument("hard.data", "is y.data: one of the two would be lost");
}

void validate(const relaxed_bernoulli_vjp_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  check_noise(task.noise);
  if (task.rows == 0) return;
  if (task.y.data)
    check_rows("y", task.y, task.rows, task.classes, size);
  else
    check_rows("logits", task.logits, task.rows, task.classes, size);
  check_rows("d_y", task.d_y, task.rows, task.classes, size);
  if (!task.d_logits.data && !task.d_temperature)
    throw invalid_argument("d_logits.data", "is null, and so is d_temperature: nothing is asked for");
  if (task.d_logits.data) check_rows("d_logits", task.d_logits, task.rows, task.classes, size);
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device);
  check_alignment("d_temperature", task.d_temperature, computed_size_of(task.type));
}

void validate(const relaxed_bernoulli_log_prob_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_rows("y", task.y, task.rows, task.classes, size);
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device, false);
  check_rows("log_prob", task.log_prob, task.rows, task.classes, size);
}

void kl_divergence(const kl_divergence_task& task, const row_execution& execution) { run_rows(task, execution); }

void concrete_log_prob(const concrete_log_prob_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void concrete_log_prob_vjp(const concrete_log_prob_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

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
