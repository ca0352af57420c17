// SPDX-License-Identifier: Apache-2.0
// Replaces the CUDA backend in a build without CUDA.
#include <type_traits>

#include "host/cuda/cuda_backend.hpp"
#include "host/cuda/cuda_rows.hpp"
#include "host/cuda/device_arrays.hpp"
#include "host/cuda/pointers.hpp"
#include "host/cuda/sweep_backend.hpp"

namespace gumbelcuda {
namespace {

[[noreturn]] void refuse() { throw no_device("backend cuda: " + ask_for_cuda_devices().problem); }

template <class... Tasks>
constexpr cuda_row_functions_of<Tasks...> refusals_of(std::type_identity<cuda_row_functions_of<Tasks...>>) {
  return {[](const Tasks&, void*) { refuse(); }...};
}

}  // namespace

bool have_cuda_backend() { return false; }

cuda_answer ask_for_cuda_devices() {
  return {
      {},
      "this build has no CUDA backend, which needs nvcc 12 or later (GUMBELCUDA_CUDA=ON says what is missing); use the "
      "CPU backend (cpu or auto)"};
}

void train_fleet_on_cuda(const fleet_config&, const fleet_execution&, const std::vector<cuda_device>&, training_state&,
                         fleet_result&) {
  refuse();
}

void train_sweep_on_cuda(const sweep_config&, const fleet_execution&, const std::vector<cuda_device>&, training_state&,
                         sweep_result&) {
  refuse();
}

constinit const of_every_row_task<cuda_row_functions_of> cuda_row_functions =
    refusals_of(std::type_identity<of_every_row_task<cuda_row_functions_of>>{});
void advance_offsets_on_cuda(std::uint64_t*, std::uint64_t, std::uint64_t, void*) { refuse(); }
void evaluate_schedule_on_cuda(const temperature_schedule&, const std::uint64_t*, float*, void*) { refuse(); }
void read_from_cuda(void*, const void*, std::size_t, void*) { refuse(); }

std::unique_ptr<device_arrays> make_device_arrays() { refuse(); }

pointer_check::pointer_check() = default;
pointer_check::~pointer_check() = default;
bool pointer_check::is_plain_host_memory(const void*) const { return false; }

}  // namespace gumbelcuda
