// SPDX-License-Identifier: Apache-2.0
// Trainings that keep what they have done in a file, and go on from there however they were ended; parts of a run that
// are trained apart and joined. What the files have, and what cannot happen to them: gumbelcuda/checkpoint.hpp and
// docs/checkpoints.md. They are those of C++, Python and the command. Errors and conventions: gumbelcuda.h, which
// includes this file.
//
//   gumbelcuda_checkpoint kept = {.struct_size = sizeof kept, .file = "run.checkpoint", .resume = 1};
//   gumbelcuda_train_fleet_kept(&result, &config, &kept, NULL);
#pragma once

#include "gumbelcuda/c/fleet.h"
#include "gumbelcuda/c/sweep.h"
#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gumbelcuda_fleet_config;  // those of fleet.h and sweep.h, whichever of the two is included first
struct gumbelcuda_fleet_result;
struct gumbelcuda_sweep_config;
struct gumbelcuda_sweep_result;

typedef struct gumbelcuda_checkpoint {
  size_t struct_size;
  // Where results of GANs that have ended are kept; no default. Those in mid-training are in a file beside it, whose
  // name has ".paused" behind this one's.
  const char* file;
  int32_t resume;     // 0: refuse a file that is there; 1: go on with it, and begin if there is none
  uint32_t reserved;  // must be 0
  double interval;    // seconds from one addition to the next, 0.1 … 1e6; 0 means 60
  // Train part number `shard` of `shards` equal ones: shard < shards ≤ num_gans; shards 0 means 1.
  uint64_t shard, shards;
  // Called every 0.1 s by the thread that trains; another number than 0 makes an addition at once. NULL: nobody asks.
  int (*wants_addition)(void* context);
  // Hears why an addition failed (the disk is full). The training goes on, and it is tried again, unless `last` is not
  // 0. NULL: only a last one that failed is reported, by the status of the call.
  void (*on_problem)(void* context, const char* problem, int last);
  void* context;  // what both are called with
} gumbelcuda_checkpoint;

// Train what the checkpoint does not have; the result is that of the run, or of the shard's GANs. Otherwise as
// gumbelcuda_train_fleet and gumbelcuda_train_sweep. Whenever a call fails, what was done has been kept before, if that
// was possible: after GUMBELCUDA_INTERRUPTED, too. The statuses besides those of training are GUMBELCUDA_FILE_ERROR if
// there can be no checkpoint at `file`, or the last addition fails and there is no on_problem;
// GUMBELCUDA_DAMAGED_FILE; and GUMBELCUDA_INVALID_ARGUMENT for the checkpoint of a run with other settings or of
// another shard. A file that is refused stays as it is.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_train_fleet_kept(struct gumbelcuda_fleet_result** result,
                                                             const struct gumbelcuda_fleet_config* config,
                                                             const gumbelcuda_checkpoint* checkpoint,
                                                             const gumbelcuda_training_execution* execution);
GUMBELCUDA_API gumbelcuda_status gumbelcuda_train_sweep_kept(struct gumbelcuda_sweep_result** result,
                                                             const struct gumbelcuda_sweep_config* config,
                                                             const gumbelcuda_checkpoint* checkpoint,
                                                             const gumbelcuda_training_execution* execution);

// Join the checkpoints of a run's shards, `count` files in any order. The result is that of the run, with `backend` and
// `target` "", `threads` and `seconds` 0. If a call fails, *result is NULL; it is GUMBELCUDA_INVALID_ARGUMENT if GANs
// are missing, are there twice, or are of different runs.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_merge_fleet(struct gumbelcuda_fleet_result** result,
                                                        const char* const* files, size_t count);
GUMBELCUDA_API gumbelcuda_status gumbelcuda_merge_sweep(struct gumbelcuda_sweep_result** result,
                                                        const char* const* files, size_t count);

// What the run of a checkpoint was asked for. If the call fails, *run is NULL.
typedef struct gumbelcuda_kept_run gumbelcuda_kept_run;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_read_kept_run(gumbelcuda_kept_run** run, const char* file);
// Does nothing if run is NULL.
GUMBELCUDA_API void gumbelcuda_destroy_kept_run(gumbelcuda_kept_run* run);

// Something that differs between GANs, in the terms of the file of `gumbelcuda sweep`.
typedef struct gumbelcuda_sweep_axis {
  const char* name;         // "generator_learning_rate", "hidden", "replica"
  const double* value;      // [gan]
  const char* const* word;  // NULL, or what the values number: [words]
  uint64_t words;
} gumbelcuda_sweep_axis;

// It is valid until the run is destroyed. All settings are there, none is 0 for its default.
typedef struct gumbelcuda_kept_run_view {
  size_t struct_size;                           // set by the caller
  const struct gumbelcuda_fleet_config* fleet;  // of the whole run, not of a shard; NULL if the run is a sweep
  const struct gumbelcuda_sweep_config* sweep;  // the same; `data` is empty
  uint64_t data_count, data_hash;               // of a sweep's data there is no more than their number and their hash
  const gumbelcuda_sweep_axis* axis;            // [axes], of runs of the command; NULL if there are none
  uint64_t axes;
} gumbelcuda_kept_run_view;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_view_kept_run(const gumbelcuda_kept_run* run,
                                                          gumbelcuda_kept_run_view* view);

#ifdef __cplusplus
}
#endif
