// SPDX-License-Identifier: Apache-2.0
// The headers and the library from real C99: forward, backward with the same noise, tokens as a language model draws
// them, and an error.
#include <gumbelcuda/gumbelcuda.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 3, CLASSES = 5 };

static int fail(const char* what) {
  printf("%s: %s\n", what, gumbelcuda_last_error_message());
  return 1;
}

int main(void) {
  float logits[ROWS][CLASSES] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {0, 0, 0, 0, -INFINITY}};
  float y[ROWS][CLASSES], d_y[ROWS][CLASSES] = {{1}, {0, 1}, {0, 0, 1}}, d[2][ROWS][CLASSES];
  float temperature = 0.5f;
  int64_t index[ROWS];
  uint64_t offset;
  gumbelcuda_handle* handle;
  gumbelcuda_gumbel_softmax_args forward = {.struct_size = sizeof forward, .rows = ROWS, .classes = CLASSES};
  gumbelcuda_gumbel_softmax_vjp_args backward = {.struct_size = sizeof backward, .rows = ROWS, .classes = CLASSES};

  if (gumbelcuda_create(&handle) != GUMBELCUDA_SUCCESS) return fail("create");
  gumbelcuda_set_seed(handle, 7);
  gumbelcuda_set_offset(handle, 16);
  gumbelcuda_get_offset(handle, &offset);

  forward.logits.data = logits;
  forward.temperature = &temperature;
  forward.y.data = y;
  forward.index = index;
  if (gumbelcuda_gumbel_softmax(handle, &forward) != GUMBELCUDA_SUCCESS) return fail("forward");

  backward.temperature = &temperature;
  backward.d_y.data = d_y;
  backward.y.data = y;
  backward.d_logits.data = d[0];
  if (gumbelcuda_gumbel_softmax_vjp(handle, &backward) != GUMBELCUDA_SUCCESS) return fail("backward from y");
  backward.y.data = NULL;
  backward.logits.data = logits;
  backward.noise.offset = offset;
  backward.d_logits.data = d[1];
  if (gumbelcuda_gumbel_softmax_vjp(handle, &backward) != GUMBELCUDA_SUCCESS) return fail("backward from noise");
  if (memcmp(d[0], d[1], sizeof d[0]) != 0) return fail("the two backward passes differ");

  for (int row = 0; row < ROWS; ++row) {
    float sum = 0;
    for (int k = 0; k < CLASSES; ++k) sum += y[row][k];
    if (fabsf(sum - 1) > 1e-6f || index[row] < 0 || index[row] >= CLASSES) return fail("a row is no distribution");
  }
  if (y[2][4] != 0) return fail("a masked class was drawn");

  int64_t token[ROWS][2];
  uint8_t status[ROWS];
  const uint32_t top_k = 2;
  const float top_p = 0.999f;
  gumbelcuda_categorical_sample_args sample = {.struct_size = sizeof sample, .rows = ROWS, .classes = CLASSES};
  sample.logits.data = logits;
  sample.draws = 2;
  sample.temperature = &temperature;
  sample.top_k = &top_k;
  sample.top_p = &top_p;
  sample.index = token[0];
  sample.status = status;
  gumbelcuda_get_offset(handle, &offset);
  if (gumbelcuda_categorical_sample(handle, &sample) != GUMBELCUDA_SUCCESS) return fail("categorical_sample");
  for (int draw = 0; draw < 2; ++draw)
    if (token[0][draw] < 3 || token[1][draw] > 1 || token[2][draw] > 3) return fail("a class beyond the top two");
  if (status[0] != GUMBELCUDA_ROW_DRAWN) return fail("another status");
  uint64_t moved;
  gumbelcuda_get_offset(handle, &moved);
  if (moved != offset + 2 * 8) return fail("the offset of two draws of five classes");

  forward.temperature = NULL;
  if (gumbelcuda_gumbel_softmax(handle, &forward) != GUMBELCUDA_INVALID_ARGUMENT) return fail("NULL was accepted");
  if (strcmp(gumbelcuda_last_error_message(), "temperature: is null") != 0) return fail("another message");
  gumbelcuda_destroy(handle);
  return 0;
}
