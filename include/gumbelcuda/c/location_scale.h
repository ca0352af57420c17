// SPDX-License-Identifier: Apache-2.0
// Gumbel and Gaussian samples that have derivatives for location and scale, and their densities. What operations do:
// gumbelcuda/location_scale.hpp; handles, errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

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
  gumbelcuda_row_noise noise;
} gumbelcuda_location_scale_sample_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_location_scale_sample(gumbelcuda_handle* handle,
                                                                  const gumbelcuda_location_scale_sample_args* args);

// From d_sample = dL/dsample to d_location = dL/dlocation and d_scale = dL/dscale: at least one of the two.
typedef struct gumbelcuda_location_scale_sample_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;          // none yet: 0
  int32_t law;             // as in the forward pass
  uint32_t reserved;       // 0
  gumbelcuda_noise noise;  // of the forward pass
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
