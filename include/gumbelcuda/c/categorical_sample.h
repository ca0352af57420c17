// SPDX-License-Identifier: Apache-2.0
// Draws from categorical distributions, with temperature, min-p, top-k, top-p and a seed for each row. What the
// operations do: gumbelcuda/categorical_sample.hpp. Handles, errors and conventions: gumbelcuda.h, which includes this
// file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// index[row][d], d = 0 … draws−1: samples with replacement of softmax(logits[row]/temperature) without the classes that
// the filters remove. Filters, in this order: min_p keeps the classes that are at least min_p times as likely as the
// most likely one; top_k keeps the most likely of those; top_p keeps the smallest set of the most likely of those that
// has top_p of the probability that was left. Classes of equal logits are kept or removed together; at least one class
// is kept. top_p and min_p mean the decimal that was written, up to the rounding of logits: .8f is .8 for float64, too
// (gumbelcuda/categorical_sample.hpp).
//
// The handle's offset increases by draws·C, where C is the number of classes rounded up to a multiple of 4. Draw d
// without temperature and filters is what gumbelcuda_gumbel_max gives at offset + d·C. A row that cannot be drawn from
// gives −1 and NaN; that is no error of the call.
typedef struct gumbelcuda_categorical_sample_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  // GUMBELCUDA_TEMPERATURE_PER_ROW, GUMBELCUDA_TOP_K_PER_ROW, GUMBELCUDA_TOP_P_PER_ROW, GUMBELCUDA_MIN_P_PER_ROW;
  // GUMBELCUDA_REJECT_PROBABILITIES
  uint32_t flags;
  gumbelcuda_const_rows logits;  // −inf masks a class
  uint64_t draws;                // per row, ≥ 1
  const float* temperature;      // 1 or [row], each ≥ 0 and finite; 0 is greedy, the most likely class; NULL means 1
  const uint32_t* top_k;         // 1 or [row]; 0 and what is not below classes are off; NULL is off
  const float* top_p;            // 1 or [row], each in (0, 1]; 1 is off; NULL is off
  const float* min_p;            // 1 or [row], each in [0, 1]; 0 is off; NULL is off
  // [row][draws], in [0, classes), or −1. At least one of the two; index_int32 takes classes ≤ 2^31.
  int64_t* index;
  int32_t* index_int32;
  // [row][draws] log-probabilities in the distribution that was drawn from; double for float64, otherwise float; NULL
  // if not wanted
  void* log_prob;
  uint8_t* status;  // [row] GUMBELCUDA_ROW_DRAWN, …; NULL if not wanted
  gumbelcuda_row_noise noise;
} gumbelcuda_categorical_sample_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_categorical_sample(gumbelcuda_handle* handle,
                                                               const gumbelcuda_categorical_sample_args* args);

// The same from probabilities[row], whose sum need not be 1. A row with a negative number, a NaN or a +inf has the
// status GUMBELCUDA_ROW_NOT_FINITE.
typedef struct gumbelcuda_categorical_sample_from_probabilities_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                       // must be 0
  gumbelcuda_const_rows probabilities;  // 0: never drawn
  uint64_t draws;                       // this and all that follow as above
  int64_t* index;                       // [row][draws]
  int32_t* index_int32;
  void* log_prob;   // [row][draws]
  uint8_t* status;  // [row]
  gumbelcuda_row_noise noise;
} gumbelcuda_categorical_sample_from_probabilities_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_categorical_sample_from_probabilities(
    gumbelcuda_handle* handle, const gumbelcuda_categorical_sample_from_probabilities_args* args);

#ifdef __cplusplus
}
#endif
