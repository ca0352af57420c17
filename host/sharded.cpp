// SPDX-License-Identifier: Apache-2.0
// The public entry to rows that are shared out over ranks.
#include "gumbelcuda/sharded.hpp"

#include <algorithm>

#include "host/row_checks.hpp"
#include "host/run_rows.hpp"

namespace gumbelcuda {
namespace {

void check_partials(const gumbel_max_partial* partial, std::uint64_t rows, std::uint64_t shards) {
  check_pointer("partial", partial);
  check_alignment("partial", partial, alignof(gumbel_max_partial));
  if (rows > (std::uint64_t{1} << 62) / sizeof(gumbel_max_partial) / shards)
    throw invalid_argument("rows", std::to_string(rows) + " rows of " + std::to_string(shards) +
                                       " shards do not fit into an address space");
}

void check(const gumbel_max_shard_task& task) {
  const std::size_t size = size_of(task.type);
  if (task.first_class % 4 != 0)
    throw invalid_argument("first_class", std::to_string(task.first_class) + " is not a multiple of 4");
  check_classes(std::max<std::uint64_t>(task.classes, 1));
  const std::uint64_t most = std::uint64_t{1} << 59;
  if (task.first_class > most - task.classes)
    throw invalid_argument("first_class", std::to_string(task.first_class) + " and " + std::to_string(task.classes) +
                                              " classes from there on are more than 2^59");
  check_noise(task.noise);
  if (task.rows == 0) return;
  if (task.classes > 0) check_rows("logits", task.logits, task.rows, task.classes, size);
  check_partials(task.partial, task.rows, 1);
  check_apart({{"partial", task.partial}}, {{"logits.data", task.classes > 0 ? task.logits.data : nullptr},
                                            {"noise.device_offset", task.noise.device_offset}});
}

void check(const combine_gumbel_max_task& task) {
  size_of(task.type);
  if (task.shards < 1) throw invalid_argument("shards", "0 is not 1 or more");
  if (task.rows == 0) return;
  check_partials(task.partial, task.rows, task.shards);
  check_pointer("index", task.index);
  check_alignment("index", task.index, sizeof *task.index);
  check_alignment("log_prob", task.log_prob, computed_size_of(task.type));
  check_apart({{"index", task.index}, {"log_prob", task.log_prob}, {"status", task.status}},
              {{"partial", task.partial}});
}

}  // namespace

// Not run_rows(): a shard without classes has partials to write, and partials are no rows of classes.
void gumbel_max_shard(const gumbel_max_shard_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  check(task);
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
  check(task);
  if (task.rows == 0) return;
  if (device)
    run_on_cuda(task, execution.stream);
  else
    run_on_cpu_threads(execution, task.shards, [&](const row_workers& workers) { run_on_cpu(task, workers); });
}

}  // namespace gumbelcuda
