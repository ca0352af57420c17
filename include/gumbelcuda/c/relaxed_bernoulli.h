// SPDX-License-Identifier: Apache-2.0
// Relaxed Bernoulli variables, their gradients and their density. What the operations do:
// gumbelcuda/relaxed_bernoulli.hpp. Handles, errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// log_prob[row][class] = log of the density of a relaxed Bernoulli variable at y, in [0, 1].
typedef struct gumbelcuda_relaxed_bernoulli_log_prob_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows logits, y;
  const float* temperature;  // 1 or [row], each > 0 and finite
  gumbelcuda_rows log_prob;  // may overwrite logits or y, with the same strides
} gumbelcuda_relaxed_bernoulli_log_prob_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_relaxed_bernoulli_log_prob(
    gumbelcuda_handle* handle, const gumbelcuda_relaxed_bernoulli_log_prob_args* args);

// Each element is a variable of its own: y = sigmoid((logits + l)/temperature), where l is standard logistic noise, and
// hard, which is 1 where logits + l > 0 and 0 elsewhere. At least one of the two must be wanted.
typedef struct gumbelcuda_relaxed_bernoulli_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows logits;  // log odds of a 1; ±inf is certain
  const float* temperature;      // 1 or [row], each ≥ 0 and finite; 0 is the limit
  gumbelcuda_rows y;  // may overwrite logits, with the same strides; y.data is NULL if not wanted; likewise hard
  gumbelcuda_rows hard;
  gumbelcuda_row_noise noise;
} gumbelcuda_relaxed_bernoulli_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_relaxed_bernoulli(gumbelcuda_handle* handle,
                                                              const gumbelcuda_relaxed_bernoulli_args* args);

// From d_y = dL/dy to d_logits = dL/dlogits and d_temperature = dL/dtemperature. At least one must be wanted.
typedef struct gumbelcuda_relaxed_bernoulli_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows y;       // of the forward pass; if y.data is NULL, computed again from logits and noise
  gumbelcuda_const_rows logits;  // as in the forward pass; not used with y
  gumbelcuda_noise noise;        // of the forward pass; not used with y
  const float* temperature;      // as in the forward pass
  gumbelcuda_const_rows d_y;     // for straight-through samples dL/dhard
  gumbelcuda_rows d_logits;      // may overwrite d_y, with the same strides; d_logits.data is NULL if not wanted
  void* d_temperature;           // [row], double for float64, otherwise float; NULL if not wanted
} gumbelcuda_relaxed_bernoulli_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_relaxed_bernoulli_vjp(gumbelcuda_handle* handle,
                                                                  const gumbelcuda_relaxed_bernoulli_vjp_args* args);

#ifdef __cplusplus
}
#endif
