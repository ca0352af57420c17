// SPDX-License-Identifier: Apache-2.0
// Densities and divergences in C, and samples location + scale·noise. Included by gumbelcuda.h, which says what
// handles, structs, rows, flags and errors are. Only gumbelcuda_location_scale_sample and
// gumbelcuda_concrete_kl_estimate draw; all others leave the handle's offset where it is.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// kl[row] = KL(softmax(p_logits[row]) ‖ softmax(q_logits[row])), in nats; +inf where p has a class that q has not.
typedef struct gumbelcuda_kl_divergence_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // none yet: 0
  gumbelcuda_const_rows p_logits, q_logits;
  void* kl;  // [row], double for float64, otherwise float
} gumbelcuda_kl_divergence_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_kl_divergence(gumbelcuda_handle* handle,
                                                          const gumbelcuda_kl_divergence_args* args);

// kl[row] = the mean of log p(x) − log q(x) over samples x of p: an unbiased estimate of KL(p ‖ q), p and q the
// Concrete laws of their logits and temperatures. The offset moves on by samples·C, C being the number of classes,
// rounded up to a multiple of 4.
typedef struct gumbelcuda_concrete_kl_estimate_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // GUMBELCUDA_P_TEMPERATURE_PER_ROW, GUMBELCUDA_Q_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows p_logits, q_logits;
  int32_t samples;             // in [1, 64]
  uint32_t reserved;           // 0
  const float* p_temperature;  // 1 or [row], each > 0 and finite
  const float* q_temperature;
  void* kl;  // [row], double for float64, otherwise float
} gumbelcuda_concrete_kl_estimate_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_concrete_kl_estimate(gumbelcuda_handle* handle,
                                                                 const gumbelcuda_concrete_kl_estimate_args* args);

// From d_kl = dL/dkl to the derivatives for logits and temperatures: at least one of the four.
typedef struct gumbelcuda_concrete_kl_estimate_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // as in the forward pass, like all before `offset`
  gumbelcuda_const_rows p_logits, q_logits;
  int32_t samples;
  uint32_t reserved;  // 0
  const float* p_temperature;
  const float* q_temperature;
  uint64_t offset;             // the handle's, before the forward pass
  const void* d_kl;            // [row], double for float64, otherwise float
  gumbelcuda_rows d_p_logits;  // d_p_logits.data NULL: not wanted. Likewise those below
  gumbelcuda_rows d_q_logits;
  void* d_p_temperature;  // [row], of d_kl's type
  void* d_q_temperature;  // [row], of d_kl's type
} gumbelcuda_concrete_kl_estimate_vjp_args;
GUMBELCUDA_API gumbelcuda_status
gumbelcuda_concrete_kl_estimate_vjp(gumbelcuda_handle* handle, const gumbelcuda_concrete_kl_estimate_vjp_args* args);

// log_prob[row] = log of the Concrete distribution's density at value[row], a relaxed sample y; with
// GUMBELCUDA_LOG_DOMAIN of ExpConcrete's at its logarithm. What happens at values of 0 and −inf, and at masked classes,
// gumbelcuda/rows/distribution_tasks.hpp says.
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

// From d_log_prob = dL/dlog_prob to d_logits = dL/dlogits, d_value = dL/dvalue and d_temperature = dL/dtemperature: at
// least one of the three.
typedef struct gumbelcuda_concrete_log_prob_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // as in the forward pass, like the next three
  gumbelcuda_const_rows logits, value;
  const float* temperature;
  const void* d_log_prob;    // [row], double for float64, otherwise float
  gumbelcuda_rows d_logits;  // d_logits.data NULL: not wanted. Likewise the two below
  gumbelcuda_rows d_value;
  void* d_temperature;  // [row], of d_log_prob's type
} gumbelcuda_concrete_log_prob_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_concrete_log_prob_vjp(gumbelcuda_handle* handle,
                                                                  const gumbelcuda_concrete_log_prob_vjp_args* args);

// log_prob[row][class] = log of the density of a relaxed Bernoulli variable at y, in [0, 1].
typedef struct gumbelcuda_relaxed_bernoulli_log_prob_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;  // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows logits, y;
  const float* temperature;  // 1 or [row], each > 0 and finite
  gumbelcuda_rows log_prob;  // may be logits or y, with the same strides
} gumbelcuda_relaxed_bernoulli_log_prob_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_relaxed_bernoulli_log_prob(
    gumbelcuda_handle* handle, const gumbelcuda_relaxed_bernoulli_log_prob_args* args);

// The law of noise: standard Gumbel, standard normal.
enum { GUMBELCUDA_LAW_GUMBEL = 0, GUMBELCUDA_LAW_GAUSSIAN = 1 };

// How many numbers a parameter has: rows of classes with strides; [row]; 1.
enum { GUMBELCUDA_PER_ELEMENT = 0, GUMBELCUDA_PER_ROW = 1, GUMBELCUDA_ONE_FOR_ALL = 2 };
typedef struct gumbelcuda_const_parameter {
  const void* data;
  int32_t shape;                    // GUMBELCUDA_PER_ELEMENT, …
  uint32_t reserved;                // 0
  size_t row_stride, class_stride;  // as those of rows; of GUMBELCUDA_PER_ELEMENT only
} gumbelcuda_const_parameter;
// A parameter's derivative. One that has no number of its own for each element is the sum of each row, [row] for both
// other shapes, double for float64, otherwise float.
typedef struct gumbelcuda_parameter {
  void* data;
  int32_t shape;
  uint32_t reserved;  // 0
  size_t row_stride, class_stride;
} gumbelcuda_parameter;

// sample = location + scale·noise.
typedef struct gumbelcuda_location_scale_sample_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;     // none yet: 0
  int32_t law;        // GUMBELCUDA_LAW_GUMBEL or GUMBELCUDA_LAW_GAUSSIAN
  uint32_t reserved;  // 0
  gumbelcuda_const_parameter location;
  gumbelcuda_const_parameter scale;  // ≥ 0 and finite; another gives NaN
  gumbelcuda_rows sample;            // may be a parameter that is per element, with the same strides
} gumbelcuda_location_scale_sample_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_location_scale_sample(gumbelcuda_handle* handle,
                                                                  const gumbelcuda_location_scale_sample_args* args);

// From d_sample = dL/dsample to d_location = dL/dlocation and d_scale = dL/dscale: at least one of the two.
typedef struct gumbelcuda_location_scale_sample_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;     // none yet: 0
  int32_t law;        // as in the forward pass
  uint32_t reserved;  // 0
  uint64_t offset;    // the handle's, before the forward pass
  gumbelcuda_const_rows d_sample;
  // Per element each may be d_sample, with the same strides; d_location.data, d_scale.data NULL: not wanted.
  gumbelcuda_parameter d_location, d_scale;
} gumbelcuda_location_scale_sample_vjp_args;
GUMBELCUDA_API gumbelcuda_status
gumbelcuda_location_scale_sample_vjp(gumbelcuda_handle* handle, const gumbelcuda_location_scale_sample_vjp_args* args);

// log_prob[row][class] = log of the density at value.
typedef struct gumbelcuda_location_scale_log_prob_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;     // none yet: 0
  int32_t law;        // GUMBELCUDA_LAW_GUMBEL or GUMBELCUDA_LAW_GAUSSIAN
  uint32_t reserved;  // 0
  gumbelcuda_const_rows value;
  gumbelcuda_const_parameter location;  // finite; another gives NaN
  gumbelcuda_const_parameter scale;     // > 0 and finite; another gives NaN
  gumbelcuda_rows log_prob;             // may be value, or a parameter that is per element, with the same strides
} gumbelcuda_location_scale_log_prob_args;
GUMBELCUDA_API gumbelcuda_status
gumbelcuda_location_scale_log_prob(gumbelcuda_handle* handle, const gumbelcuda_location_scale_log_prob_args* args);

// From d_log_prob = dL/dlog_prob to d_value = dL/dvalue, d_location = dL/dlocation and d_scale = dL/dscale: at least
// one of the three.
typedef struct gumbelcuda_location_scale_log_prob_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;               // none yet: 0
  int32_t law;                  // as in the forward pass
  uint32_t reserved;            // 0
  gumbelcuda_const_rows value;  // as in the forward pass, like location and scale
  gumbelcuda_const_parameter location, scale;
  gumbelcuda_const_rows d_log_prob;
  // May be d_log_prob, with the same strides; d_value.data NULL: not wanted. Likewise the two below, per element.
  gumbelcuda_rows d_value;
  gumbelcuda_parameter d_location, d_scale;
} gumbelcuda_location_scale_log_prob_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_location_scale_log_prob_vjp(
    gumbelcuda_handle* handle, const gumbelcuda_location_scale_log_prob_vjp_args* args);

#ifdef __cplusplus
}
#endif
