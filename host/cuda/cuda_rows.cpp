// SPDX-License-Identifier: Apache-2.0
#include "host/cuda/cuda_rows.hpp"

#include <type_traits>

#include "host/cuda/cuda_backend.hpp"
#include "host/cuda/runtime.hpp"
#include "kernels/rows/launch.hpp"

namespace gumbelcuda {
namespace {

// Throws if a launch failed, naming the device that it was for. Devices are queried only after a failure.
void check_launch(int code, const char* call) {
  if (cudaError_t(code) == cudaSuccess) return;
  const cuda_failure failure(cudaError_t(code), call);
  int current = 0;
  const cuda_answer answer = ask_for_cuda_devices();
  if (answer.devices.empty()) throw no_device("backend cuda: " + answer.problem);
  if (cudaGetDevice(&current) == cudaSuccess)
    for (const cuda_device& device : answer.devices)
      if (device.number == current) throw_failure_of(device, failure);
  throw failure;
}

template <class... Tasks>
constexpr cuda_row_functions_of<Tasks...> launches_of(std::type_identity<cuda_row_functions_of<Tasks...>>) {
  return {[](const Tasks& task, void* stream) { check_launch(launch_rows(task, stream), "launch of a kernel"); }...};
}

}  // namespace

constinit const of_every_row_task<cuda_row_functions_of> cuda_row_functions =
    launches_of(std::type_identity<of_every_row_task<cuda_row_functions_of>>{});

void advance_offsets_on_cuda(std::uint64_t* offsets, std::uint64_t count, std::uint64_t words, void* stream) {
  check_launch(launch_advance_offsets(offsets, count, words, stream), "launch of advance_offsets");
}
void evaluate_schedule_on_cuda(const temperature_schedule& schedule, const std::uint64_t* step, float* result,
                               void* stream) {
  check_launch(launch_evaluate_schedule(schedule, step, result, stream), "launch of evaluate_schedule");
}
void read_from_cuda(void* to, const void* from, std::size_t bytes, void* stream) {
  const auto of = static_cast<cudaStream_t>(stream);
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, of), "cudaMemcpyAsync");
  check(cudaStreamSynchronize(of), "cudaStreamSynchronize");
}

}  // namespace gumbelcuda
