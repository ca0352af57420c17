// SPDX-License-Identifier: Apache-2.0
// The public entry to draws from categorical distributions.
#include "gumbelcuda/categorical_sample.hpp"

#include "host/number_text.hpp"
#include "host/row_checks.hpp"
#include "host/run_rows.hpp"

namespace gumbelcuda {
namespace {

// What both ways of drawing have.
template <class Task>
void check_draws(const Task& task, bool on_device) {
  if (task.draws < 1) throw invalid_argument("draws", "0 is not 1 or more");
  if (task.draws > (std::uint64_t{1} << 62) / sizeof *task.index / task.rows)
    throw invalid_argument("draws", std::to_string(task.draws) + " of each of " + std::to_string(task.rows) +
                                        " rows do not fit into an address space");
  check_alignment("row_seed", task.row_seed, sizeof *task.row_seed);
  check_alignment("row_offset", task.row_offset, sizeof *task.row_offset);
  if (task.row_offset && !on_device)
    for (std::uint64_t row = 0; row < task.rows; ++row)
      if (task.row_offset[row] % 4 != 0)
        throw invalid_argument("row_offset", std::to_string(task.row_offset[row]) + " of row " + std::to_string(row) +
                                                 " is not a multiple of 4");
  check_pointer("index", task.index);
  check_alignment("index", task.index, sizeof *task.index);
  check_alignment("log_prob", task.log_prob, computed_size_of(task.type));
}

// `more`: the inputs of one of them alone.
template <class Task>
void check_draws_apart(const Task& task, std::initializer_list<named_array> more) {
  const named_array index{"index", task.index}, log_prob{"log_prob", task.log_prob}, status{"status", task.status};
  check_apart({index, log_prob, status}, more);
  check_apart({index, log_prob, status}, {{"row_seed", task.row_seed},
                                          {"row_offset", task.row_offset},
                                          {"noise.device_offset", task.noise.device_offset}});
}

// Numbers up to 1 from `least` on, or above it. Null: none.
void check_shares(const char* argument, const float* shares, std::uint64_t count, bool on_device, bool zero_allowed) {
  check_alignment(argument, shares, sizeof *shares);
  if (!shares || on_device) return;
  for (std::uint64_t row = 0; row < count; ++row)
    if (!(shares[row] >= 0) || !(shares[row] <= 1) || (shares[row] == 0 && !zero_allowed))
      throw invalid_argument(argument, number_text(shares[row]) + " of row " + std::to_string(row) + " is not in " +
                                           (zero_allowed ? "[0, 1]" : "(0, 1]"));
}

}  // namespace

void validate(const categorical_sample_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_draws(task, on_device);
  const auto count = [&](bool per_row) { return per_row ? task.rows : 1; };
  if (task.temperature) check_temperatures(task.temperature, count(task.temperature_per_row), on_device);
  check_alignment("top_k", task.top_k, sizeof *task.top_k);
  check_shares("top_p", task.top_p, count(task.top_p_per_row), on_device, false);
  check_shares("min_p", task.min_p, count(task.min_p_per_row), on_device, true);
  check_draws_apart(task, {{"logits.data", task.logits.data},
                           {"temperature", task.temperature},
                           {"top_k", task.top_k},
                           {"top_p", task.top_p},
                           {"min_p", task.min_p}});
}

void validate(const categorical_sample_from_probabilities_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("probabilities", task.probabilities, task.rows, task.classes, size);
  check_draws(task, on_device);
  check_draws_apart(task, {{"probabilities.data", task.probabilities.data}});
}

void categorical_sample(const categorical_sample_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void categorical_sample_from_probabilities(const categorical_sample_from_probabilities_task& task,
                                           const row_execution& execution) {
  run_rows(task, execution);
}

}  // namespace gumbelcuda
