// SPDX-License-Identifier: Apache-2.0
// A fleet of the article's toy GAN from C99: trained with progress and a flag for Ctrl-C, and how far it came.
#include <gumbelcuda/gumbelcuda.h>
#include <signal.h>
#include <stdio.h>

static volatile sig_atomic_t stop = 0;
static void on_interrupt(int number) { stop = number; }

// Another number than 0 would stop training.
static int on_progress(void* context, uint64_t done, uint64_t total) {
  *(double*)context = (double)done / (double)total;
  return 0;
}

int main(void) {
  const float temperature = 0.1f;
  gumbelcuda_fleet_config config = {.struct_size = sizeof config, .num_gans = 64, .temperature = {&temperature, 1}};
  gumbelcuda_training_execution execution = {.struct_size = sizeof execution, .stop = &stop};
  double share = 0;
  execution.on_progress = on_progress;
  execution.context = &share;
  signal(SIGINT, on_interrupt);

  gumbelcuda_fleet_result* result;
  const gumbelcuda_status status = gumbelcuda_train_fleet(&result, &config, &execution);
  if (status != GUMBELCUDA_SUCCESS) {
    fprintf(stderr, "%s after %.0f %%: %s\n", gumbelcuda_status_string((int)status), 100 * share,
            gumbelcuda_last_error_message());
    return 1;
  }
  gumbelcuda_fleet_view fleet = {.struct_size = sizeof fleet};
  gumbelcuda_view_fleet(result, &fleet);
  const double target[] = {0, 0, .1, .3, .6};
  double furthest = 0;
  for (uint64_t k = 0; k < fleet.classes; ++k) {
    double mean = 0;
    for (uint64_t gan = 0; gan < fleet.num_gans; ++gan)
      mean += fleet.distribution[gan * fleet.classes + k] / (double)fleet.num_gans;
    printf("class %d: %.2f, target %.2f\n", (int)k, mean, target[k]);
    const double off = mean > target[k] ? mean - target[k] : target[k] - mean;
    if (off > furthest) furthest = off;
  }
  gumbelcuda_destroy_fleet(result);

  if (furthest < .05) return 0;
  fprintf(stderr, "the fleet did not learn its target\n");
  return 1;
}
