// SPDX-License-Identifier: Apache-2.0
// Public functions: rows that are split over ranks.
#include "gumbelcuda/sharded.hpp"

#include <algorithm>

#include "host/api/run_rows.hpp"

namespace gumbelcuda {
void check_more(const gumbel_max_shard_task& task) {
  const std::uint64_t most = std::uint64_t{1} << 59;
  if (task.first_class > most - task.classes)
    throw invalid_argument("first_class", std::to_string(task.first_class) + " and " + std::to_string(task.classes) +
                                              " classes from there on are more than 2^59");
}

// Not run_rows(): a shard without classes must write its partials, and partials are not rows of classes.
void gumbel_max_shard(const gumbel_max_shard_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  check_task(task, device);
  if (task.rows == 0) return;
  if (device)
    run_on_cuda(task, execution.stream);
  else if (task.classes == 0)
    std::fill_n(task.partial, task.rows, gumbel_max_partial{});
  else
    run_on_cpu_threads(execution, task.classes, [&](const row_workers& workers) { run_on_cpu(task, workers); });
}

void combine_gumbel_max(const combine_gumbel_max_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  check_task(task, device);
  if (task.rows == 0) return;
  if (device)
    run_on_cuda(task, execution.stream);
  else
    run_on_cpu_threads(execution, task.shards, [&](const row_workers& workers) { run_on_cpu(task, workers); });
}

}  // namespace gumbelcuda
