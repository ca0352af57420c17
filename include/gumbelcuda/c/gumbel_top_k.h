// SPDX-License-Identifier: Apache-2.0
// Samples of k classes of a row without replacement. What the operations do: gumbelcuda/gumbel_top_k.hpp. Handles,
// errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// The k classes with the largest logits + gumbel: an ordered sample without replacement, whose first class is that of
// gumbelcuda_gumbel_max. A row with fewer than k logits above −inf gives those, then index −1, perturbed and log_prob
// −inf and log_inclusion 0. A row that cannot be drawn from gives −1 and NaN everywhere.
typedef struct gumbelcuda_gumbel_top_k_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // must be 0
  gumbelcuda_const_rows logits;  // −inf masks a class
  uint64_t k;                    // in [1, classes]
  int64_t* index;                // [row][k], in the order of the draws
  // [row][k] each, double for float64, otherwise float; NULL if not wanted. perturbed: logits + gumbel. log_prob:
  // log softmax(logits[row]) of each class. log_inclusion: log of the probability that the class is above kappa.
  void* perturbed;
  void* log_prob;
  void* log_inclusion;
  // [row] the (k+1)-th largest logits + gumbel, of the same type; −inf if there is none; NULL if not wanted
  void* kappa;
  uint8_t* status;  // [row] GUMBELCUDA_ROW_DRAWN, …; NULL if not wanted
  gumbelcuda_row_noise noise;
} gumbelcuda_gumbel_top_k_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_gumbel_top_k(gumbelcuda_handle* handle,
                                                         const gumbelcuda_gumbel_top_k_args* args);

#ifdef __cplusplus
}
#endif
