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
    throw invalid_argument("k", std::to_string(task.k) + " is not in [1, " + std::to_string(task.classes) +
                                    "], the number of classes");
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
}

void gumbel_top_k(const gumbel_top_k_task& task, const row_execution& execution) { run_rows(task, execution); }

}  // namespace gumbelcuda
