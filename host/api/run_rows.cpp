// SPDX-License-Identifier: Apache-2.0
#include "host/api/run_rows.hpp"

#include <new>
#include <string>

#include "host/api/row_checks.hpp"
#include "host/cpu/fleet/cpu_backend.hpp"

namespace gumbelcuda {
namespace {

int threads_of(const row_execution& execution) {
  fleet_execution cpu;
  cpu.threads = execution.threads;
  return cpu_threads(cpu);
}

}  // namespace

void validate(const row_execution& execution) {
  check_threads(execution.threads);  // no more: this is run several times a call, and to count processors takes long
  if (execution.backend != backend_kind::cpu && execution.backend != backend_kind::cuda)
    throw invalid_argument("backend", "must be cpu or cuda, since the pointers are valid on one of them only");
}

void validate(const noise_address& noise) { check_noise(noise); }

bool on_device(const row_execution& execution) {
  validate(execution);
  return execution.backend == backend_kind::cuda;
}

void run_on_cpu_threads(const row_execution& execution, std::uint64_t classes,
                        const std::function<void(const row_workers&)>& on_cpu) {
  scratch_memory own;
  try {
    on_cpu({threads_of(execution), execution.scratch ? *execution.scratch : own});
  } catch (const std::bad_alloc&) {
    throw out_of_memory("out of memory: a row of " + std::to_string(classes) +
                        " classes needs scratch memory on each of the threads; use fewer threads");
  }
}

}  // namespace gumbelcuda
