// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of rows whose classes are shared out over ranks. What operations do: gumbelcuda/sharded.hpp;
// handles, errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// What one shard of a row's classes knows of it, to be sent as bytes: of a fixed size, without padding, the same for
// every type and on every rank.
typedef struct gumbelcuda_gumbel_max_partial {
  double score;      // the largest logit + gumbel, rounded
  double remainder;  // what rounding took from it: score + remainder decides between shards
  int64_t index;     // its class, counted in the whole row, or −1
  double logit;      // of that class
  double top;        // the largest logit
  double total;      // sum of exp(logit − top); NaN: it was not wanted
  uint8_t status;
  uint8_t reserved[7];  // 0
} gumbelcuda_gumbel_max_partial;

// Gumbel-max of rows that are shared out over ranks: each calls gumbelcuda_gumbel_max_shard for its classes, all gather
// all partials, and gumbelcuda_combine_gumbel_max gives each of them what gumbelcuda_gumbel_max would of whole rows.
// Nobody checks that shards cover a row once.
typedef struct gumbelcuda_gumbel_max_shard_args {
  size_t struct_size;
  uint64_t rows, classes;  // of this shard; 0 classes: partials that say nothing
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_LOG_PROB_WANTED
  gumbelcuda_const_rows logits;  // of the shard's classes; −inf: a masked class; not used with 0 classes
  uint64_t first_class;          // of the shard's classes, counted in the whole row; a multiple of 4
  // Of the whole row, first_class + classes or more: the offset moves on by it, rounded up to a multiple of 4, so that
  // it is the same on every rank. 0: the offset stays, for another shard of the same rows.
  uint64_t row_classes;
  gumbelcuda_gumbel_max_partial* partial;  // [row]
  gumbelcuda_row_noise noise;
} gumbelcuda_gumbel_max_shard_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_gumbel_max_shard(gumbelcuda_handle* handle,
                                                             const gumbelcuda_gumbel_max_shard_args* args);

// Draws nothing, and leaves the handle's offset where it is.
typedef struct gumbelcuda_combine_gumbel_max_args {
  size_t struct_size;
  uint64_t rows, shards;                         // shards ≥ 1
  int32_t type;                                  // of the shards' logits
  uint32_t flags;                                // none yet: 0
  const gumbelcuda_gumbel_max_partial* partial;  // [shard][row], shards in any order, the same for the same log_prob
  int64_t* index;                                // [row], counted in the whole row, or −1
  void* log_prob;   // [row] as in gumbelcuda_gumbel_max; NaN where it was not wanted of a shard; NULL: not wanted
  uint8_t* status;  // [row] GUMBELCUDA_ROW_DRAWN, …; NULL: not wanted
} gumbelcuda_combine_gumbel_max_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_combine_gumbel_max(gumbelcuda_handle* handle,
                                                               const gumbelcuda_combine_gumbel_max_args* args);

#ifdef __cplusplus
}
#endif
