// SPDX-License-Identifier: Apache-2.0
// Makes nvcc compile every kernel of example_kernels.cuh, launches included.
#include "tests/simt/example_kernels.cuh"

namespace gumbelcuda::examples {

launch_status launch_all(const float* values, float* sums, unsigned* totals, unsigned count, launch_stream stream) {
  const unsigned* const bins = totals + count;
  for (const launch_status status :
       {launch(group_sum_kernel<float, 8>, {count / 128, 128}, stream, values, sums, count),
        launch(block_sum_kernel<double>, {1, 97}, stream, nullptr, nullptr, 0u),
        launch(partial_ballot_kernel<unsigned>, {1, 32}, stream, bins, totals, 0xff00u),
        launch(histogram_kernel<unsigned>, {4, 256, 64 * sizeof(unsigned)}, stream, bins, count, 64u, totals),
        launch(transpose_kernel<float, 16>, {dim3(3, 2), dim3(16, 16)}, stream, values, sums, 32u, 48u),
        launch(last_block_sum_kernel<unsigned>, {4, 33}, stream, bins, count, totals, totals + 4, totals + 5)}) {
    if (status != launch_success) return status;
  }
  return launch_success;
}

}  // namespace gumbelcuda::examples
