// SPDX-License-Identifier: Apache-2.0
// The density of the Concrete distribution, and the divergence between two. What the operations do:
// gumbelcuda/concrete.hpp. Handles, errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// kl[row] = the mean of log p(x) − log q(x) over samples x of p: an unbiased estimate of KL(p ‖ q), where p and q are
// the Concrete laws of their logits and temperatures. The handle's offset increases by samples·C, where C is the number
// of classes rounded up to a multiple of 4.
typedef struct gumbelcuda_concrete_kl_estimate_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // GUMBELCUDA_P_TEMPERATURE_PER_ROW, GUMBELCUDA_Q_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows p_logits, q_logits;
  int32_t samples;             // in [1, 64]
  uint32_t reserved;           // must be 0
  const float* p_temperature;  // 1 or [row], each > 0 and finite
  const float* q_temperature;
  void* kl;  // [row], double for float64, otherwise float
  gumbelcuda_row_noise noise;
} gumbelcuda_concrete_kl_estimate_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_concrete_kl_estimate(gumbelcuda_handle* handle,
                                                                 const gumbelcuda_concrete_kl_estimate_args* args);

// From d_kl = dL/dkl to the derivatives for logits and temperatures. At least one of the four must be wanted.
typedef struct gumbelcuda_concrete_kl_estimate_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // this and all up to `noise` as in the forward pass
  gumbelcuda_const_rows p_logits, q_logits;
  int32_t samples;
  uint32_t reserved;  // must be 0
  const float* p_temperature;
  const float* q_temperature;
  gumbelcuda_noise noise;      // of the forward pass
  const void* d_kl;            // [row], double for float64, otherwise float
  gumbelcuda_rows d_p_logits;  // d_p_logits.data is NULL if not wanted; likewise those below
  gumbelcuda_rows d_q_logits;
  void* d_p_temperature;  // [row], of d_kl's type
  void* d_q_temperature;  // [row], of d_kl's type
} gumbelcuda_concrete_kl_estimate_vjp_args;
GUMBELCUDA_API gumbelcuda_status
gumbelcuda_concrete_kl_estimate_vjp(gumbelcuda_handle* handle, const gumbelcuda_concrete_kl_estimate_vjp_args* args);

// log_prob[row] = log of the density of the Concrete distribution at value[row], a relaxed sample y; with
// GUMBELCUDA_LOG_DOMAIN that of ExpConcrete at the sample's logarithm. gumbelcuda/concrete.hpp says what happens at
// values of 0 and −inf, and at masked classes.
typedef struct gumbelcuda_concrete_log_prob_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // GUMBELCUDA_TEMPERATURE_PER_ROW, GUMBELCUDA_LOG_DOMAIN
  gumbelcuda_const_rows logits, value;
  const float* temperature;  // 1 or [row], each > 0 and finite
  void* log_prob;            // [row], double for float64, otherwise float
} gumbelcuda_concrete_log_prob_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_concrete_log_prob(gumbelcuda_handle* handle,
                                                              const gumbelcuda_concrete_log_prob_args* args);

// From d_log_prob = dL/dlog_prob to d_logits = dL/dlogits, d_value = dL/dvalue and d_temperature = dL/dtemperature. At
// least one of the three must be wanted.
typedef struct gumbelcuda_concrete_log_prob_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // this and the next three as in the forward pass
  gumbelcuda_const_rows logits, value;
  const float* temperature;
  const void* d_log_prob;    // [row], double for float64, otherwise float
  gumbelcuda_rows d_logits;  // d_logits.data is NULL if not wanted; likewise the two below
  gumbelcuda_rows d_value;
  void* d_temperature;  // [row], of d_log_prob's type
} gumbelcuda_concrete_log_prob_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_concrete_log_prob_vjp(gumbelcuda_handle* handle,
                                                                  const gumbelcuda_concrete_log_prob_vjp_args* args);

#ifdef __cplusplus
}
#endif
