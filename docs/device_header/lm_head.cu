// SPDX-License-Identifier: Apache-2.0
// The launch in the example of docs/device-header.md.
#include "lm_head.cuh"

void draw(const lm_head& head, unsigned rows, cudaStream_t stream) {
  cudaMemsetAsync(head.best, 0, rows * sizeof *head.best, stream);
  const unsigned threads = 128, classes_of_a_block = 4 * threads;
  const dim3 blocks((head.classes + classes_of_a_block - 1) / classes_of_a_block, rows);
  draw_tokens<<<blocks, threads, 0, stream>>>(head);
}
