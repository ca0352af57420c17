// SPDX-License-Identifier: Apache-2.0
// Evaluates a temperature schedule, in one thread.
#include "gumbelcuda/temperature_schedule.hpp"
#include "kernels/rows/launch.hpp"
#include "kernels/simt.cuh"

namespace gumbelcuda {

namespace {

template <class Step>
__global__ void __launch_bounds__(1)
    evaluate_schedule_kernel(temperature_schedule schedule, const Step* step, float* result) {
  *result = temperature(schedule, *step);
}

}  // namespace

int launch_evaluate_schedule(const temperature_schedule& schedule, const std::uint64_t* step, float* result,
                             void* stream) {
  return launch(evaluate_schedule_kernel<std::uint64_t>, {dim3(1), dim3(1)}, static_cast<launch_stream>(stream),
                schedule, step, result);
}

}  // namespace gumbelcuda
