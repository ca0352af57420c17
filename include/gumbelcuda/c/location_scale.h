// SPDX-License-Identifier: Apache-2.0
// Gumbel and Gaussian samples that have derivatives for location and scale, and their densities. What the operations
// do: gumbelcuda/location_scale.hpp. Handles, errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// The law of the noise: standard Gumbel or standard normal.
enum { GUMBELCUDA_LAW_GUMBEL = 0, GUMBELCUDA_LAW_GAUSSIAN = 1 };

// How many numbers a parameter has: rows of classes with strides; [row]; or 1.
enum { GUMBELCUDA_PER_ELEMENT = 0, GUMBELCUDA_PER_ROW = 1, GUMBELCUDA_ONE_FOR_ALL = 2 };
typedef struct gumbelcuda_const_parameter {
  const void* data;
  int32_t shape;                    // GUMBELCUDA_PER_ELEMENT, …
  uint32_t reserved;                // must be 0
  size_t row_stride, class_stride;  // as those of rows; only for GUMBELCUDA_PER_ELEMENT
} gumbelcuda_const_parameter;
// The derivative of a parameter. For GUMBELCUDA_PER_ELEMENT it has one number per element. For the other two shapes it
// is [row], the sum over each row: double for float64, otherwise float.
typedef struct gumbelcuda_parameter {
  void* data;
  int32_t shape;
  uint32_t reserved;  // must be 0
  size_t row_stride, class_stride;
} gumbelcuda_parameter;

// sample = location + scale·noise.
typedef struct gumbelcuda_location_scale_sample_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;     // must be 0
  int32_t law;        // GUMBELCUDA_LAW_GUMBEL or GUMBELCUDA_LAW_GAUSSIAN
  uint32_t reserved;  // must be 0
  gumbelcuda_const_parameter location;
  gumbelcuda_const_parameter scale;  // ≥ 0 and finite; any other gives NaN
  gumbelcuda_rows sample;            // may overwrite a per-element parameter, with the same strides
  gumbelcuda_row_noise noise;
} gumbelcuda_location_scale_sample_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_location_scale_sample(gumbelcuda_handle* handle,
                                                                  const gumbelcuda_location_scale_sample_args* args);

// From d_sample = dL/dsample to d_location = dL/dlocation and d_scale = dL/dscale. At least one must be wanted.
typedef struct gumbelcuda_location_scale_sample_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;          // must be 0
  int32_t law;             // as in the forward pass
  uint32_t reserved;       // must be 0
  gumbelcuda_noise noise;  // of the forward pass
  gumbelcuda_const_rows d_sample;
  // `data` is NULL if not wanted. Per element, each may overwrite d_sample, with the same strides.
  gumbelcuda_parameter d_location, d_scale;
} gumbelcuda_location_scale_sample_vjp_args;
GUMBELCUDA_API gumbelcuda_status
gumbelcuda_location_scale_sample_vjp(gumbelcuda_handle* handle, const gumbelcuda_location_scale_sample_vjp_args* args);

// log_prob[row][class] = log of the density at value.
typedef struct gumbelcuda_location_scale_log_prob_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;     // must be 0
  int32_t law;        // GUMBELCUDA_LAW_GUMBEL or GUMBELCUDA_LAW_GAUSSIAN
  uint32_t reserved;  // must be 0
  gumbelcuda_const_rows value;
  gumbelcuda_const_parameter location;  // finite; any other gives NaN
  gumbelcuda_const_parameter scale;     // > 0 and finite; any other gives NaN
  gumbelcuda_rows log_prob;             // may overwrite value or a per-element parameter, with the same strides
} gumbelcuda_location_scale_log_prob_args;
GUMBELCUDA_API gumbelcuda_status
gumbelcuda_location_scale_log_prob(gumbelcuda_handle* handle, const gumbelcuda_location_scale_log_prob_args* args);

// From d_log_prob = dL/dlog_prob to d_value = dL/dvalue, d_location = dL/dlocation and d_scale = dL/dscale. At least
// one of the three must be wanted.
typedef struct gumbelcuda_location_scale_log_prob_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;               // must be 0
  int32_t law;                  // as in the forward pass
  uint32_t reserved;            // must be 0
  gumbelcuda_const_rows value;  // as in the forward pass, like location and scale
  gumbelcuda_const_parameter location, scale;
  gumbelcuda_const_rows d_log_prob;
  // `data` is NULL if not wanted, here and in the two below. d_value may overwrite d_log_prob, with the same strides;
  // so may the two, per element.
  gumbelcuda_rows d_value;
  gumbelcuda_parameter d_location, d_scale;
} gumbelcuda_location_scale_log_prob_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_location_scale_log_prob_vjp(
    gumbelcuda_handle* handle, const gumbelcuda_location_scale_log_prob_vjp_args* args);

#ifdef __cplusplus
}
#endif
