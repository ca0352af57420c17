// SPDX-License-Identifier: Apache-2.0
// The public entry to samples of k classes.
#include "gumbelcuda/top_k.hpp"

#include "host/row_checks.hpp"
#include "host/run_rows.hpp"

namespace gumbelcuda {
namespace {

template <class Task>
void check_k(const Task& task) {
  if (task.k < 1 || task.k > task.classes)
    throw invalid_argument(
        "k", std::to_string(task.k) + " is not in [1, " + std::to_string(task.classes) + "], the number of classes");
}

}  // namespace

void validate(const gumbel_top_k_task& task, bool /*on_device*/) {
  const std::size_t size = size_of(task.type), result_size = computed_size_of(task.type);
  check_classes(task.classes);
  check_k(task);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_pointer("index", task.index);
  check_alignment("index", task.index, sizeof *task.index);
  if (task.k > (std::uint64_t{1} << 59) / task.rows)
    throw invalid_argument("rows", std::to_string(task.rows) + " rows of k = " + std::to_string(task.k) +
                                       " results do not fit into an address space");
  check_alignment("perturbed", task.perturbed, result_size);
  check_alignment("log_prob", task.log_prob, result_size);
  check_alignment("log_inclusion", task.log_inclusion, result_size);
  check_alignment("kappa", task.kappa, result_size);
  check_apart({{"index", task.index},
               {"perturbed", task.perturbed},
               {"log_prob", task.log_prob},
               {"log_inclusion", task.log_inclusion},
               {"kappa", task.kappa},
               {"status", task.status}},
              {{"logits.data", task.logits.data}, {"noise.device_offset", task.noise.device_offset}});
}

void validate(const relaxed_k_hot_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  check_k(task);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device);
  if (!task.y.data && !task.k_hot.data)
    throw invalid_argument("y.data", "is null, and so is k_hot.data: nothing is asked for");
  if (task.y.data) check_rows("y", task.y, task.rows, task.classes, size);
  if (task.k_hot.data) check_rows("k_hot", task.k_hot, task.rows, task.classes, size);
  if (task.k_hot.data && task.y.data == task.logits.data)
    throw invalid_argument("y.data", "is logits.data, from which k_hot is still computed");
  check_in_place("y", task.y, "logits", task.logits, task.rows, task.classes);
  check_in_place("k_hot", task.k_hot, "logits", task.logits, task.rows, task.classes);
  check_apart({{"y.data", task.y.data}, {"k_hot.data", task.k_hot.data}},
              {{"temperature", task.temperature}, {"noise.device_offset", task.noise.device_offset}});
}

void validate(const relaxed_k_hot_vjp_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  if (!task.y.data) check_k(task);
  check_noise(task.noise);
  if (task.rows == 0) return;
  if (task.y.data)
    check_rows("y", task.y, task.rows, task.classes, size);
  else
    check_rows("logits", task.logits, task.rows, task.classes, size);
  check_rows("d_y", task.d_y, task.rows, task.classes, size);
  if (!task.d_logits.data && !task.d_temperature)
    throw invalid_argument("d_logits.data", "is null, and so is d_temperature: nothing is asked for");
  if (task.d_logits.data) {
    check_rows("d_logits", task.d_logits, task.rows, task.classes, size);
    check_in_place("d_logits", task.d_logits, "d_y", task.d_y, task.rows, task.classes);
  }
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device);
  check_alignment("d_temperature", task.d_temperature, computed_size_of(task.type));
  check_vjp_apart(task);
}

void gumbel_top_k(const gumbel_top_k_task& task, const row_execution& execution) { run_rows(task, execution); }

void relaxed_k_hot(const relaxed_k_hot_task& task, const row_execution& execution) { run_rows(task, execution); }

void relaxed_k_hot_vjp(const relaxed_k_hot_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

}  // namespace gumbelcuda
