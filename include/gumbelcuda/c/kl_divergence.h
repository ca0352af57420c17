// SPDX-License-Identifier: Apache-2.0
// The divergence between categorical distributions. What the operations do: gumbelcuda/kl_divergence.hpp. Handles,
// errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// kl[row] = KL(softmax(p_logits[row]) ‖ softmax(q_logits[row])), in nats; +inf if p has a class that q does not have.
typedef struct gumbelcuda_kl_divergence_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // must be 0
  gumbelcuda_const_rows p_logits, q_logits;
  void* kl;  // [row], double for float64, otherwise float
} gumbelcuda_kl_divergence_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_kl_divergence(gumbelcuda_handle* handle,
                                                          const gumbelcuda_kl_divergence_args* args);

#ifdef __cplusplus
}
#endif
