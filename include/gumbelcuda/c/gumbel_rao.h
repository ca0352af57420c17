// SPDX-License-Identifier: Apache-2.0
// Gumbels given their argmax, and a straight-through gradient of less variance. What the operations do:
// gumbelcuda/gumbel_rao.hpp. Handles, errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// z = logits + gumbel, given that its argmax is index: z[row][index[row]] is the largest of its row. The noise must
// differ from the noise that drew index; it does if the same handle drew index. z is NaN for a row that cannot be drawn
// from, and for a row whose index is no class (−1 included) or a masked class.
typedef struct gumbelcuda_conditional_gumbel_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // must be 0
  gumbelcuda_const_rows logits;  // −inf masks a class, whose z is −inf
  const int64_t* index;          // [row]
  gumbelcuda_rows z;
  gumbelcuda_row_noise noise;
} gumbelcuda_conditional_gumbel_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_conditional_gumbel(gumbelcuda_handle* handle,
                                                               const gumbelcuda_conditional_gumbel_args* args);

// From d_one_hot = dL/d(one-hot row of index) to d_logits = dL/dlogits, where gumbelcuda_gumbel_max drew index at
// `noise`. The result is the mean of the straight-through gradient over inner_samples independent z (above); it has the
// same expected value and no larger variance. The noise of these z follows that of index: C·inner_samples words from
// offset + C on, where C is the number of classes rounded up to a multiple of 4. No other call may draw these words. So
// callers should set the handle's offset to offset + (inner_samples + 1)·C after gumbelcuda_gumbel_max.
typedef struct gumbelcuda_gumbel_rao_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows logits;  // as in the forward pass; −inf masks a class, whose d_logits is 0
  const int64_t* index;          // [row]
  gumbelcuda_noise noise;        // of the forward pass
  int32_t inner_samples;         // in [1, 64]; 10 is usual
  uint32_t reserved;             // must be 0
  const float* temperature;      // 1 or [row], each ≥ 0 and finite
  gumbelcuda_const_rows d_one_hot;
  gumbelcuda_rows d_logits;  // may overwrite d_one_hot, with the same strides
} gumbelcuda_gumbel_rao_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_gumbel_rao_vjp(gumbelcuda_handle* handle,
                                                           const gumbelcuda_gumbel_rao_vjp_args* args);

#ifdef __cplusplus
}
#endif
