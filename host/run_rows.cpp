// SPDX-License-Identifier: Apache-2.0
#include "host/run_rows.hpp"

#include <new>
#include <string>

#include "host/cpu/cpu_backend.hpp"

namespace gumbelcuda {
namespace {

int threads_of(const row_execution& execution) {
  fleet_execution cpu;
  cpu.threads = execution.threads;
  return cpu_threads(cpu);
}

}  // namespace

bool on_device(const row_execution& execution) {
  threads_of(execution);
  switch (execution.backend) {
    case backend_kind::cpu: return false;
    case backend_kind::cuda: return true;
    case backend_kind::automatic: break;
  }
  throw invalid_argument("backend", "must be cpu or cuda, since the task's pointers lead to one or the other");
}

void run_on_cpu_threads(const row_execution& execution, std::uint64_t classes,
                        const std::function<void(int)>& on_cpu) {
  try {
    on_cpu(threads_of(execution));
  } catch (const std::bad_alloc&) {
    throw out_of_memory("out of memory: a row of " + std::to_string(classes) + " classes needs scratch memory on each of the threads; use fewer threads");
  }
}

}  // namespace gumbelcuda
