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
  check_apart({{"kl", task.kl}}, {{"p_logits.data", task.p_logits.data}, {"q_logits.data", task.q_logits.data}});
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
  check_apart({{"log_prob", task.log_prob}},
              {{"logits.data", task.logits.data}, {"value.data", task.value.data}, {"temperature", task.temperature}});
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
  check_alignment("d_temperature", task.d_temperature, computed_size_of(task.type));
  check_apart({{"d_logits.data", task.d_logits.data},
               {"d_value.data", task.d_value.data},
               {"d_temperature", task.d_temperature}},
              {{"logits.data", task.logits.data},
               {"value.data", task.value.data},
               {"temperature", task.temperature},
               {"d_log_prob", task.d_log_prob}});
}

namespace {

// What the estimate of a divergence and its gradients are given.
template <class Task>
void check_concrete_kl(const Task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_rows("p_logits", task.p_logits, task.rows, task.classes, size);
  check_rows("q_logits", task.q_logits, task.rows, task.classes, size);
  check_temperatures(task.p_temperature, task.p_temperature_per_row ? task.rows : 1, on_device, false, "p_temperature");
  check_temperatures(task.q_temperature, task.q_temperature_per_row ? task.rows : 1, on_device, false, "q_temperature");
}

// What does not depend on the number of rows.
template <class Task>
void check_kl_samples(const Task& task) {
  size_of(task.type);
  check_classes(task.classes);
  check_noise(task.noise);
  if (task.samples < 1 || task.samples > max_kl_samples)
    throw invalid_argument("samples",
                           std::to_string(task.samples) + " is not in [1, " + std::to_string(max_kl_samples) + "]");
}

}  // namespace

void validate(const concrete_kl_estimate_task& task, bool on_device) {
  check_kl_samples(task);
  if (task.rows == 0) return;
  check_concrete_kl(task, on_device);
  check_pointer("kl", task.kl);
  check_alignment("kl", task.kl, computed_size_of(task.type));
  check_apart({{"kl", task.kl}}, {{"p_logits.data", task.p_logits.data},
                                  {"q_logits.data", task.q_logits.data},
                                  {"p_temperature", task.p_temperature},
                                  {"q_temperature", task.q_temperature},
                                  {"noise.device_offset", task.noise.device_offset}});
}

void validate(const concrete_kl_estimate_vjp_task& task, bool on_device) {
  check_kl_samples(task);
  if (task.rows == 0) return;
  check_concrete_kl(task, on_device);
  check_pointer("d_kl", task.d_kl);
  check_alignment("d_kl", task.d_kl, computed_size_of(task.type));
  if (!task.d_p_logits.data && !task.d_q_logits.data && !task.d_p_temperature && !task.d_q_temperature)
    throw invalid_argument("d_p_logits.data",
                           "is null, and so are d_q_logits.data and both temperatures': nothing is asked for");
  const std::size_t size = size_of(task.type);
  if (task.d_p_logits.data) check_rows("d_p_logits", task.d_p_logits, task.rows, task.classes, size);
  if (task.d_q_logits.data) check_rows("d_q_logits", task.d_q_logits, task.rows, task.classes, size);
  check_alignment("d_p_temperature", task.d_p_temperature, computed_size_of(task.type));
  check_alignment("d_q_temperature", task.d_q_temperature, computed_size_of(task.type));
  check_apart({{"d_p_logits.data", task.d_p_logits.data},
               {"d_q_logits.data", task.d_q_logits.data},
               {"d_p_temperature", task.d_p_temperature},
               {"d_q_temperature", task.d_q_temperature}},
              {{"p_logits.data", task.p_logits.data},
               {"q_logits.data", task.q_logits.data},
               {"p_temperature", task.p_temperature},
               {"q_temperature", task.q_temperature},
               {"d_kl", task.d_kl},
               {"noise.device_offset", task.noise.device_offset}});
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
  check_in_place("y", task.y, "logits", task.logits, task.rows, task.classes);
  check_in_place("hard", task.hard, "logits", task.logits, task.rows, task.classes);
  check_apart({{"y.data", task.y.data}, {"hard.data", task.hard.data}},
              {{"temperature", task.temperature}, {"noise.device_offset", task.noise.device_offset}});
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
  check_in_place("d_logits", task.d_logits, "d_y", task.d_y, task.rows, task.classes);
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device);
  check_alignment("d_temperature", task.d_temperature, computed_size_of(task.type));
  check_vjp_apart(task);
}

void validate(const relaxed_bernoulli_log_prob_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_rows("y", task.y, task.rows, task.classes, size);
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device, false);
  check_rows("log_prob", task.log_prob, task.rows, task.classes, size);
  check_in_place("log_prob", task.log_prob, "logits", task.logits, task.rows, task.classes);
  check_in_place("log_prob", task.log_prob, "y", task.y, task.rows, task.classes);
  check_apart({{"log_prob.data", task.log_prob.data}}, {{"temperature", task.temperature}});
}

void kl_divergence(const kl_divergence_task& task, const row_execution& execution) { run_rows(task, execution); }

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
