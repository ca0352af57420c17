// SPDX-License-Identifier: Apache-2.0
// The headers and the library from real C99: forward, backward with the same noise, tokens as a language model draws
// them, an error, and trainings of fleets, sweeps and shards.
#include <gumbelcuda/gumbelcuda.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 3, CLASSES = 5 };

static int fail(const char* what) {
  printf("%s: %s\n", what, gumbelcuda_last_error_message());
  return 1;
}

static int count_calls(void* context, uint64_t done, uint64_t total) {
  ++*(int*)context;
  return done > total;
}

// Toy GANs of two classes, as a fleet and as a sweep with two learning rates.
static int fleets(void) {
  const double target[] = {0.25, 0.75};
  const int32_t classes = 2;
  const float temperature = 0.1f, rates[] = {0.01f, 0.02f};
  const int64_t epochs = 1;
  int calls = 0;
  gumbelcuda_training_execution execution = {.struct_size = sizeof execution, .backend = GUMBELCUDA_CPU};
  gumbelcuda_fleet_config config = {.struct_size = sizeof config,
                                    .num_gans = 2,
                                    .target = {target, 2},
                                    .epochs = epochs,
                                    .temperature = {&temperature, 1},
                                    .generator_learning_rate = {rates, 2}};
  gumbelcuda_sweep_config sweep_config = {.struct_size = sizeof sweep_config, .num_gans = 2};
  gumbelcuda_fleet_view fleet = {.struct_size = sizeof fleet};
  gumbelcuda_sweep_view sweep = {.struct_size = sizeof sweep};
  gumbelcuda_temperature_schedule schedule = {.knot_count = 1, .knots = {{.temperature = temperature}}};
  gumbelcuda_fleet_result* result;
  gumbelcuda_sweep_result* sweep_result;
  execution.on_progress = count_calls;
  execution.context = &calls;
  if (gumbelcuda_train_fleet(&result, &config, &execution) != GUMBELCUDA_SUCCESS) return fail("train_fleet");
  if (gumbelcuda_view_fleet(result, &fleet) != GUMBELCUDA_SUCCESS) return fail("view_fleet");

  sweep_config.target = (gumbelcuda_float64_ragged){target, &classes, 1};
  sweep_config.epochs = (gumbelcuda_int64_array){&epochs, 1};
  sweep_config.temperature = (gumbelcuda_schedule_array){&schedule, 1};
  sweep_config.generator_learning_rate = (gumbelcuda_float32_array){rates, 2};
  if (gumbelcuda_train_sweep(&sweep_result, &sweep_config, NULL) != GUMBELCUDA_SUCCESS) return fail("train_sweep");
  if (gumbelcuda_view_sweep(sweep_result, &sweep) != GUMBELCUDA_SUCCESS) return fail("view_sweep");

  if (fleet.num_gans != 2 || fleet.classes != 2 || strcmp(fleet.backend, "cpu") != 0) return fail("another fleet");
  if (memcmp(fleet.logits, sweep.logits, 4 * sizeof *fleet.logits) != 0) return fail("fleet and sweep differ");
  if (fleet.logits[0] == 1 || fleet.logits[0] == fleet.logits[2]) return fail("nothing was learned");
  gumbelcuda_destroy_fleet(result);
  gumbelcuda_destroy_sweep(sweep_result);
  return 0;
}

// A fleet in two shards, whose checkpoints are joined, and what they say of it.
static int shards(void) {
  const char* const files[] = {"c99_program.0", "c99_program.1"};
  const gumbelcuda_fleet_config config = {.struct_size = sizeof config, .num_gans = 2, .epochs = 1};
  gumbelcuda_checkpoint kept = {.struct_size = sizeof kept, .resume = 1, .shards = 2};
  gumbelcuda_fleet_view view[2] = {{.struct_size = sizeof view[0]}, {.struct_size = sizeof view[1]}};
  gumbelcuda_kept_run_view asked = {.struct_size = sizeof asked};
  gumbelcuda_fleet_result *part, *merged;
  gumbelcuda_kept_run* run;
  for (; kept.shard < kept.shards; ++kept.shard) {
    kept.file = files[kept.shard];
    if (gumbelcuda_train_fleet_kept(&part, &config, &kept, NULL) != GUMBELCUDA_SUCCESS) return fail("a shard");
    if (kept.shard == 0) gumbelcuda_destroy_fleet(part);
  }
  if (gumbelcuda_merge_fleet(&merged, files, 2) != GUMBELCUDA_SUCCESS) return fail("merge_fleet");
  if (gumbelcuda_view_fleet(part, &view[0]) != GUMBELCUDA_SUCCESS) return fail("view of a shard");
  if (gumbelcuda_view_fleet(merged, &view[1]) != GUMBELCUDA_SUCCESS) return fail("view of all");
  if (view[0].num_gans != 1 || view[0].first_gan != 1 || view[1].num_gans != 2) return fail("other GANs");
  if (memcmp(view[0].logits, view[1].logits + 5, 5 * sizeof(float)) != 0) return fail("GAN 1 differs");
  if (gumbelcuda_read_kept_run(&run, files[0]) != GUMBELCUDA_SUCCESS) return fail("read_kept_run");
  if (gumbelcuda_view_kept_run(run, &asked) != GUMBELCUDA_SUCCESS) return fail("view_kept_run");
  if (asked.sweep || asked.fleet->num_gans != 2 || asked.fleet->epochs != 1) return fail("another run");
  gumbelcuda_destroy_kept_run(run);
  gumbelcuda_destroy_fleet(part);
  gumbelcuda_destroy_fleet(merged);
  if (gumbelcuda_merge_fleet(&merged, files, 1) != GUMBELCUDA_INVALID_ARGUMENT) return fail("half a run was accepted");
  remove(files[0]);
  remove(files[1]);
  return 0;
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
  return fleets() || shards();
}
