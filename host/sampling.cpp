// SPDX-License-Identifier: Apache-2.0
// The public entry to the operations on rows: checks, then the backend.
#include "gumbelcuda/sampling.hpp"

#include <new>
#include <string>

#include "host/cpu/cpu_backend.hpp"
#include "host/cpu/cpu_rows.hpp"
#include "host/cuda/cuda_rows.hpp"
#include "host/validate_rows.hpp"

namespace gumbelcuda {
namespace {

int threads_of(const row_execution& execution) {
  fleet_execution cpu;
  cpu.threads = execution.threads;
  return cpu_threads(cpu);
}

// Checks what does not depend on the task.
bool on_device(const row_execution& execution) {
  threads_of(execution);
  switch (execution.backend) {
    case backend_kind::cpu: return false;
    case backend_kind::cuda: return true;
    case backend_kind::automatic: break;
  }
  throw invalid_argument("backend", "must be cpu or cuda, since the task's pointers lead to one or the other");
}

// Runs on_cpu(task, threads).
template <class Task>
void run_on_cpu(const Task& task, const row_execution& execution, void (*on_cpu)(const Task&, int)) {
  try {
    on_cpu(task, threads_of(execution));
  } catch (const std::bad_alloc&) {
    throw out_of_memory("out of memory: a row of " + std::to_string(task.classes) + " classes needs scratch memory");
  }
}

}  // namespace

void gumbel_noise(const gumbel_noise_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  validate(task);
  if (task.rows == 0 || task.classes == 0) return;
  if (device)
    gumbel_noise_on_cuda(task, execution.stream);
  else
    run_on_cpu(task, execution, gumbel_noise_on_cpu);
}

void gumbel_max(const gumbel_max_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  validate(task);
  if (task.rows == 0) return;
  if (device)
    gumbel_max_on_cuda(task, execution.stream);
  else
    run_on_cpu(task, execution, gumbel_max_on_cpu);
}

void gumbel_softmax(const gumbel_softmax_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  validate(task, device);
  if (task.rows == 0) return;
  if (device)
    gumbel_softmax_on_cuda(task, execution.stream);
  else
    run_on_cpu(task, execution, gumbel_softmax_on_cpu);
}

void gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  validate(task, device);
  if (task.rows == 0) return;
  if (device)
    gumbel_softmax_vjp_on_cuda(task, execution.stream);
  else
    run_on_cpu(task, execution, gumbel_softmax_vjp_on_cpu);
}

void advance_noise(std::uint64_t* device_offset, std::uint64_t words, const row_execution& execution) {
  const bool device = on_device(execution);
  validate_device_offset(device_offset);
  const std::uint64_t whole_blocks = (words + 3) / 4 * 4;
  if (device)
    advance_noise_on_cuda(device_offset, whole_blocks, execution.stream);
  else
    *device_offset += whole_blocks;
}

}  // namespace gumbelcuda
