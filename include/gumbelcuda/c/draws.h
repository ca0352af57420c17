// SPDX-License-Identifier: Apache-2.0
// Draws from rows of logits in C: categorical samples with filters, k classes without replacement, rows that are shared
// out over ranks. Included by gumbelcuda.h, which says what handles, structs, rows, flags and errors are.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// index[row][d], d = 0 … draws−1: samples with replacement of softmax(logits[row]/temperature) without the classes that
// the filters take out. Filters, in this order: min_p keeps the classes that are at least min_p times as likely as the
// most likely one; top_k, the most likely of those; top_p, the smallest set of the most likely of those that have top_p
// of the probability that was left. Classes of equal logits are kept or taken out together; one class at least is kept.
// top_p and min_p mean the decimal that was written, up to the rounding of logits: .8f is .8 for float64, too
// (gumbelcuda/rows/categorical_tasks.hpp).
//
// The offset moves on by draws·C, C being the number of classes, rounded up to a multiple of 4. Draw d without
// temperature and filters is what gumbelcuda_gumbel_max gives at offset + d·C. A row that cannot be drawn from gives −1
// and NaN, and is no error of the call.
typedef struct gumbelcuda_categorical_sample_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  // GUMBELCUDA_TEMPERATURE_PER_ROW, GUMBELCUDA_TOP_K_PER_ROW, GUMBELCUDA_TOP_P_PER_ROW, GUMBELCUDA_MIN_P_PER_ROW;
  // GUMBELCUDA_REJECT_PROBABILITIES
  uint32_t flags;
  gumbelcuda_const_rows logits;  // −inf: a masked class
  uint64_t draws;                // of each row, ≥ 1
  const uint64_t* row_seed;      // [row], a row draws from row first_row of its seed's stream; NULL: the handle's seed
  const uint64_t* row_offset;    // [row] words to be added to the offset, multiples of 4; NULL: 0
  const float* temperature;      // 1 or [row], each ≥ 0 and finite; 0 is greedy, the most likely class; NULL: 1
  const uint32_t* top_k;         // 1 or [row]; 0 and what is not below classes are off; NULL: off
  const float* top_p;            // 1 or [row], each in (0, 1]; 1 is off; NULL: off
  const float* min_p;            // 1 or [row], each in [0, 1]; 0 is off; NULL: off
  int64_t* index;                // [row][draws], in [0, classes), or −1
  void* log_prob;   // [row][draws] of what was drawn from; double for float64, otherwise float; NULL: not wanted
  uint8_t* status;  // [row] GUMBELCUDA_ROW_DRAWN, …; NULL: not wanted
} gumbelcuda_categorical_sample_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_categorical_sample(gumbelcuda_handle* handle,
                                                               const gumbelcuda_categorical_sample_args* args);

// The same from probabilities[row], whose sum need not be 1. A row with a negative number, a NaN or a +inf is not
// finite.
typedef struct gumbelcuda_categorical_sample_from_probabilities_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                       // none yet: 0
  gumbelcuda_const_rows probabilities;  // 0: never drawn
  uint64_t draws;                       // as above, like all that follow
  const uint64_t* row_seed;             // [row]
  const uint64_t* row_offset;           // [row]
  int64_t* index;                       // [row][draws]
  void* log_prob;                       // [row][draws]
  uint8_t* status;                      // [row]
} gumbelcuda_categorical_sample_from_probabilities_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_categorical_sample_from_probabilities(
    gumbelcuda_handle* handle, const gumbelcuda_categorical_sample_from_probabilities_args* args);

// The k classes with the largest logits + gumbel: an ordered sample without replacement, whose first class is that of
// gumbelcuda_gumbel_max. A row with fewer than k logits above −inf gives those, then index −1, perturbed and log_prob
// −inf and log_inclusion 0. A row that cannot be drawn from gives −1 and NaN everywhere.
typedef struct gumbelcuda_gumbel_top_k_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // none yet: 0
  gumbelcuda_const_rows logits;  // −inf: a masked class
  uint64_t k;                    // in [1, classes]
  int64_t* index;                // [row][k], in the order of the draws
  // [row][k], double for float64, otherwise float; NULL: not wanted. logits + gumbel; log softmax(logits[row]) of each
  // class; log of the probability of each class to be above kappa.
  void* perturbed;
  void* log_prob;
  void* log_inclusion;
  void* kappa;  // [row] the (k+1)-th largest logits + gumbel, of the same type; −inf: there is none; NULL: not wanted
  uint8_t* status;  // [row] GUMBELCUDA_ROW_DRAWN, …; NULL: not wanted
} gumbelcuda_gumbel_top_k_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_gumbel_top_k(gumbelcuda_handle* handle,
                                                         const gumbelcuda_gumbel_top_k_args* args);

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
