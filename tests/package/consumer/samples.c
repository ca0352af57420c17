// SPDX-License-Identifier: Apache-2.0
// Eight samples in C; samples.cpp and samples.cu print the same.
#include <gumbelcuda/gumbelcuda.h>
#include <stdio.h>

enum { ROWS = 8, CLASSES = 10 };

int main(void) {
  float logits[ROWS][CLASSES];
  int64_t index[ROWS];
  for (int row = 0; row < ROWS; ++row)
    for (int k = 0; k < CLASSES; ++k) logits[row][k] = 0.25f * (float)k;

  gumbelcuda_handle* handle;
  if (gumbelcuda_create(&handle) != GUMBELCUDA_SUCCESS) return 1;
  gumbelcuda_set_seed(handle, 7);
  gumbelcuda_gumbel_max_args args = {.struct_size = sizeof args, .rows = ROWS, .classes = CLASSES};
  args.logits.data = logits;
  args.index = index;
  if (gumbelcuda_gumbel_max(handle, &args) != GUMBELCUDA_SUCCESS) return 2;
  gumbelcuda_destroy(handle);
  for (int row = 0; row < ROWS; ++row) printf("%d ", (int)index[row]);
  printf("\n");
  return 0;
}
