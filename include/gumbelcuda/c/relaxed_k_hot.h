// SPDX-License-Identifier: Apache-2.0
// Relaxed samples of k classes of a row, and their gradients. What the operations do: gumbelcuda/relaxed_k_hot.hpp.
// Handles, errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// y = sigmoid((logits + gumbel − nu)/temperature), with the nu for which y sums to k, and its limit k_hot, which is 1
// for the classes that gumbelcuda_gumbel_top_k draws from the same noise. At least one of the two must be wanted.
typedef struct gumbelcuda_relaxed_k_hot_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows logits;  // −inf masks a class, whose y is exactly 0
  uint64_t k;                    // in [1, classes]
  const float* temperature;      // 1 or [row], each ≥ 0 and finite; 0 is the limit
  // y.data is NULL if not wanted, and so is k_hot.data. Without k_hot, y may overwrite logits, with the same strides.
  gumbelcuda_rows y;
  gumbelcuda_rows k_hot;  // may overwrite logits, with the same strides
  gumbelcuda_row_noise noise;
} gumbelcuda_relaxed_k_hot_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_relaxed_k_hot(gumbelcuda_handle* handle,
                                                          const gumbelcuda_relaxed_k_hot_args* args);

// From d_y = dL/dy to d_logits = dL/dlogits and d_temperature = dL/dtemperature. At least one must be wanted.
typedef struct gumbelcuda_relaxed_k_hot_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows y;       // of the forward pass; if y.data is NULL, computed again from logits, k and noise
  gumbelcuda_const_rows logits;  // as in the forward pass; not used with y
  uint64_t k;                    // as in the forward pass; not used with y
  gumbelcuda_noise noise;        // of the forward pass; not used with y
  const float* temperature;      // as in the forward pass
  gumbelcuda_const_rows d_y;     // for straight-through samples dL/dk_hot
  gumbelcuda_rows d_logits;      // may overwrite d_y, with the same strides; d_logits.data is NULL if not wanted
  void* d_temperature;           // [row], double for float64, otherwise float; NULL if not wanted
} gumbelcuda_relaxed_k_hot_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_relaxed_k_hot_vjp(gumbelcuda_handle* handle,
                                                              const gumbelcuda_relaxed_k_hot_vjp_args* args);

#ifdef __cplusplus
}
#endif
