// SPDX-License-Identifier: Apache-2.0
// Gumbel noise, Gumbel-max and Gumbel-softmax with its backward pass. What the operations do: gumbelcuda/gumbel.hpp.
// Handles, errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// out[row][class] is a standard Gumbel variate.
typedef struct gumbelcuda_gumbel_noise_args {
  size_t struct_size;
  uint64_t rows, classes;
  int32_t type;    // GUMBELCUDA_FLOAT32, …
  uint32_t flags;  // must be 0
  gumbelcuda_rows out;
  gumbelcuda_row_noise noise;
} gumbelcuda_gumbel_noise_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_gumbel_noise(gumbelcuda_handle* handle,
                                                         const gumbelcuda_gumbel_noise_args* args);

// index[row] = argmax(logits[row] + gumbel), of sums that are not rounded: a sample of softmax(logits[row]). A row that
// cannot be drawn from gives −1 and NaN; that is no error of the call.
typedef struct gumbelcuda_gumbel_max_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // must be 0
  gumbelcuda_const_rows logits;  // −inf masks a class
  // [row], in [0, classes), or −1. At least one of the two; index_int32 takes classes ≤ 2^31.
  int64_t* index;
  int32_t* index_int32;
  // [row] log softmax(logits[row])[index[row]], double for float64, otherwise float; NULL if not wanted
  void* log_prob;
  uint8_t* status;  // [row] GUMBELCUDA_ROW_DRAWN, …; NULL if not wanted
  gumbelcuda_row_noise noise;
} gumbelcuda_gumbel_max_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_gumbel_max(gumbelcuda_handle* handle,
                                                       const gumbelcuda_gumbel_max_args* args);

// y = softmax((logits + gumbel)/temperature), and its hard sample, as a one-hot row or a number. At least one of the
// three must be wanted.
typedef struct gumbelcuda_gumbel_softmax_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_TEMPERATURE_PER_ROW, GUMBELCUDA_LOG_DOMAIN
  gumbelcuda_const_rows logits;  // −inf masks a class, whose y is exactly 0
  const float* temperature;      // 1 or [row], each ≥ 0 and finite; 0 is the limit, a one-hot y
  gumbelcuda_rows y;             // y.data is NULL if not wanted; likewise one_hot.data, and index
  gumbelcuda_rows one_hot;
  int64_t* index;  // [row]
  // Noise that the caller supplies; the handle's offset then stays. Any numbers; −inf masks its class. If gumbel.data
  // is NULL, the noise is drawn.
  gumbelcuda_const_rows gumbel;
  // The noise that was drawn, as gumbelcuda_gumbel_noise writes it; gumbel_out.data is NULL if not wanted, as it must
  // be with gumbel. y, one_hot and gumbel_out may overwrite logits, and y and one_hot gumbel, with the same strides.
  gumbelcuda_rows gumbel_out;
  gumbelcuda_row_noise noise;
} gumbelcuda_gumbel_softmax_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_gumbel_softmax(gumbelcuda_handle* handle,
                                                           const gumbelcuda_gumbel_softmax_args* args);

// From d_y = dL/dy to d_logits = dL/dlogits and d_temperature = dL/dtemperature. Draws no new noise: the handle's
// offset stays.
typedef struct gumbelcuda_gumbel_softmax_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows y;       // of the forward pass; if y.data is NULL, computed again from logits and noise
  gumbelcuda_const_rows logits;  // as in the forward pass; not used with y
  gumbelcuda_noise noise;        // of the forward pass; not used with y
  const float* temperature;      // as in the forward pass
  gumbelcuda_const_rows d_y;     // for straight-through samples dL/d(one-hot row)
  gumbelcuda_rows d_logits;      // may overwrite d_y, with the same strides
  void* d_temperature;           // [row], double for float64, otherwise float; NULL if not wanted
  gumbelcuda_const_rows gumbel;  // as in the forward pass, in place of `noise`; not used with y
} gumbelcuda_gumbel_softmax_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_gumbel_softmax_vjp(gumbelcuda_handle* handle,
                                                               const gumbelcuda_gumbel_softmax_vjp_args* args);

#ifdef __cplusplus
}
#endif
