// SPDX-License-Identifier: Apache-2.0
// The library from C99: a handle whose noise advances with every call and can be set back, and the message for a wrong
// argument.
#include <gumbelcuda/gumbelcuda.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLES = 8, CLASSES = 3 };

int main(void) {
  float logits[SAMPLES][CLASSES];
  int64_t index[3][SAMPLES];
  for (int row = 0; row < SAMPLES; ++row)
    for (int k = 0; k < CLASSES; ++k) logits[row][k] = (float)k;

  gumbelcuda_handle* handle;
  if (gumbelcuda_create(&handle) != GUMBELCUDA_SUCCESS) return 1;
  gumbelcuda_gumbel_max_args args = {.struct_size = sizeof args, .rows = SAMPLES, .classes = CLASSES};
  args.type = GUMBELCUDA_FLOAT32;
  args.logits.data = logits;
  for (int call = 0; call < 3; ++call) {
    if (call == 2) gumbelcuda_set_offset(handle, 0);  // the noise of the first call once more
    args.index = index[call];
    if (gumbelcuda_gumbel_max(handle, &args) != GUMBELCUDA_SUCCESS) {
      fprintf(stderr, "%s\n", gumbelcuda_last_error_message());
      return 1;
    }
    printf("call %d:", call + 1);
    for (int row = 0; row < SAMPLES; ++row) printf(" %d", (int)index[call][row]);
    printf("\n");
  }

  args.classes = 0;
  const gumbelcuda_status status = gumbelcuda_gumbel_max(handle, &args);
  printf("%s: %s\n", gumbelcuda_status_string((int)status), gumbelcuda_last_error_message());
  gumbelcuda_destroy(handle);

  const int draws_on = memcmp(index[0], index[1], sizeof index[0]) != 0;
  const int draws_again = memcmp(index[0], index[2], sizeof index[0]) == 0;
  if (draws_on && draws_again && status == GUMBELCUDA_INVALID_ARGUMENT) return 0;
  fprintf(stderr, "the handle did not draw what it should\n");
  return 1;
}
