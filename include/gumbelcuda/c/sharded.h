// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of rows whose classes are divided among ranks. What the operations do: gumbelcuda/sharded.hpp. Handles,
// errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// What one shard of a row's classes knows of the row, to be sent as bytes: of a fixed size, without padding, the same
// for every type and on every rank.
typedef struct gumbelcuda_gumbel_max_partial {
  double score;      // the largest logit + gumbel, rounded
  double remainder;  // what rounding took from it: score + remainder decides between shards
  int64_t index;     // its class, counted in the whole row, or −1
  double logit;      // the logit of that class
  double top;        // the largest logit
  double total;      // sum of exp(logit − top); NaN if not wanted
  uint8_t status;
  uint8_t reserved[7];  // 0
} gumbelcuda_gumbel_max_partial;

// Gumbel-max of rows that are divided among ranks. Each rank calls gumbelcuda_gumbel_max_shard for its classes. All
// ranks gather all partials. On each of them gumbelcuda_combine_gumbel_max then gives what gumbelcuda_gumbel_max would
// give for whole rows. The library does not check that the shards cover a row exactly once.
typedef struct gumbelcuda_gumbel_max_shard_args {
  size_t struct_size;
  uint64_t rows, classes;  // of this shard; with 0 classes the partials are empty
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_LOG_PROB_WANTED
  gumbelcuda_const_rows logits;  // of the shard's classes; −inf masks a class; not used with 0 classes
  uint64_t first_class;          // the number in the whole row of the shard's first class; a multiple of 4
  // Classes of the whole row, at least first_class + classes. The handle's offset increases by that number, rounded up
  // to a multiple of 4, so that it is the same on every rank. With 0 the offset stays, for another shard of these rows.
  uint64_t row_classes;
  gumbelcuda_gumbel_max_partial* partial;  // [row]
  gumbelcuda_row_noise noise;
} gumbelcuda_gumbel_max_shard_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_gumbel_max_shard(gumbelcuda_handle* handle,
                                                             const gumbelcuda_gumbel_max_shard_args* args);

// Draws no noise: the handle's offset stays.
typedef struct gumbelcuda_combine_gumbel_max_args {
  size_t struct_size;
  uint64_t rows, shards;                         // shards ≥ 1
  int32_t type;                                  // of the shards' logits
  uint32_t flags;                                // must be 0
  const gumbelcuda_gumbel_max_partial* partial;  // [shard][row]; the order of shards affects the last bits of log_prob
  int64_t* index;                                // [row], counted in the whole row, or −1
  // [row] as in gumbelcuda_gumbel_max; NaN if any shard was computed without it; NULL if not wanted
  void* log_prob;
  uint8_t* status;  // [row] GUMBELCUDA_ROW_DRAWN, …; NULL if not wanted
} gumbelcuda_combine_gumbel_max_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_combine_gumbel_max(gumbelcuda_handle* handle,
                                                               const gumbelcuda_combine_gumbel_max_args* args);

#ifdef __cplusplus
}
#endif
