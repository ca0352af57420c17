// SPDX-License-Identifier: Apache-2.0
// Public functions: noise, Gumbel-max and Gumbel-softmax.
#include "gumbelcuda/gumbel.hpp"

#include "host/api/run_rows.hpp"

namespace gumbelcuda {

void check_more(const gumbel_softmax_task& task) {
  if (task.gumbel.data && task.gumbel_out.data)
    throw invalid_argument("gumbel_out.data", "is not null, and gumbel supplies the noise, so that none is drawn");
}

void gumbel_noise(const gumbel_noise_task& task, const row_execution& execution) { run_rows(task, execution); }
void gumbel_max(const gumbel_max_task& task, const row_execution& execution) { run_rows(task, execution); }
void gumbel_softmax(const gumbel_softmax_task& task, const row_execution& execution) { run_rows(task, execution); }
void gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

static void advance(const char* name, std::uint64_t* offsets, std::uint64_t count, std::uint64_t words,
                    const row_execution& execution) {
  const bool device = on_device(execution);
  if (count == 0) return;
  check_pointer(name, offsets);
  check_alignment(name, offsets, sizeof *offsets);
  const std::uint64_t whole_blocks = (words + 3) / 4 * 4;
  if (device)
    advance_offsets_on_cuda(offsets, count, whole_blocks, execution.stream);
  else
    for (std::uint64_t n = 0; n < count; ++n) offsets[n] += whole_blocks;
}
void advance_noise(std::uint64_t* device_offset, std::uint64_t words, const row_execution& execution) {
  advance("device_offset", device_offset, 1, words, execution);
}
void advance_row_offsets(std::uint64_t* row_offset, std::uint64_t rows, std::uint64_t words,
                         const row_execution& execution) {
  advance("row_offset", row_offset, rows, words, execution);
}

}  // namespace gumbelcuda
