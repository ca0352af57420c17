// SPDX-License-Identifier: Apache-2.0
// The public entry to the operations on rows: checks, then the backend.
#include "gumbelcuda/sampling.hpp"

#include <new>

#include "host/cpu/cpu_backend.hpp"
#include "host/cpu/cpu_rows.hpp"
#include "host/validate_rows.hpp"

namespace gumbelcuda {
namespace {

bool on_device(const row_execution& execution) {
  switch (execution.backend) {
    case backend_kind::cpu: return false;
    case backend_kind::cuda: return true;
    case backend_kind::automatic: break;
  }
  throw invalid_argument("backend", "must be cpu or cuda, since the task's pointers lead to one or the other");
}

[[noreturn]] void refuse_device() {
  throw no_device("backend cuda: this build has no CUDA backend; use the CPU backend");
}

// Runs on_cpu(task, threads).
template <class Task>
void run_on_cpu(const Task& task, const row_execution& execution, void (*on_cpu)(const Task&, int)) {
  fleet_execution cpu;
  cpu.threads = execution.threads;
  const int threads = cpu_threads(cpu);
  if (task.rows == 0) return;
  try {
    on_cpu(task, threads);
  } catch (const std::bad_alloc&) {
    throw out_of_memory("out of memory: a row of " + std::to_string(task.classes) + " classes needs scratch memory");
  }
}

}  // namespace

void gumbel_noise(const gumbel_noise_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  validate(task);
  if (device) refuse_device();
  if (task.classes > 0) run_on_cpu(task, execution, gumbel_noise_on_cpu);
}

void gumbel_max(const gumbel_max_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  validate(task);
  if (device) refuse_device();
  run_on_cpu(task, execution, gumbel_max_on_cpu);
}

void gumbel_softmax(const gumbel_softmax_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  validate(task, device);
  if (device) refuse_device();
  run_on_cpu(task, execution, gumbel_softmax_on_cpu);
}

void gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  validate(task, device);
  if (device) refuse_device();
  run_on_cpu(task, execution, gumbel_softmax_vjp_on_cpu);
}

void advance_noise(std::uint64_t* device_offset, std::uint64_t words, const row_execution& execution) {
  const bool device = on_device(execution);
  if (!device_offset) throw invalid_argument("device_offset", "is null");
  if (device) refuse_device();
  *device_offset += (words + 3) / 4 * 4;
}

}  // namespace gumbelcuda
