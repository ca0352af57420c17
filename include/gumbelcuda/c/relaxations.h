// SPDX-License-Identifier: Apache-2.0
// Relaxations in C beside Gumbel-softmax, with their backward passes: k-hot and Bernoulli samples, Gumbels given their
// argmax, temperatures that a device works out. Included by gumbelcuda.h, which says what handles, structs, rows, flags
// and errors are. A function *_vjp draws nothing and leaves the handle's offset where it is.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// y = sigmoid((logits + gumbel − nu)/temperature), with the nu for which y sums to k, and its limit k_hot, which is 1
// for the classes that gumbelcuda_gumbel_top_k draws from the same noise: at least one of the two.
typedef struct gumbelcuda_relaxed_k_hot_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows logits;  // −inf: a masked class, of which y is exactly 0
  uint64_t k;                    // in [1, classes]
  const float* temperature;      // 1 or [row], each ≥ 0 and finite; 0 is the limit
  gumbelcuda_rows y;      // y.data NULL: not wanted, like k_hot; without that it may be logits, with the same strides
  gumbelcuda_rows k_hot;  // may be logits, with the same strides
} gumbelcuda_relaxed_k_hot_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_relaxed_k_hot(gumbelcuda_handle* handle,
                                                          const gumbelcuda_relaxed_k_hot_args* args);

// From d_y = dL/dy to d_logits = dL/dlogits and d_temperature = dL/dtemperature: at least one of the two.
typedef struct gumbelcuda_relaxed_k_hot_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;           // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows y;  // of the forward pass; y.data NULL: computed again from logits, k and the noise at `offset`
  gumbelcuda_const_rows logits;  // as in the forward pass; not used with y
  uint64_t k;                    // as in the forward pass; not used with y
  uint64_t offset;               // the handle's, before the forward pass; not used with y
  const float* temperature;      // as in the forward pass
  gumbelcuda_const_rows d_y;     // for straight-through samples that of k_hot
  gumbelcuda_rows d_logits;      // may be d_y, with the same strides; d_logits.data NULL: not wanted
  void* d_temperature;           // [row], double for float64, otherwise float; NULL: not wanted
} gumbelcuda_relaxed_k_hot_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_relaxed_k_hot_vjp(gumbelcuda_handle* handle,
                                                              const gumbelcuda_relaxed_k_hot_vjp_args* args);

// Each element its own: y = sigmoid((logits + l)/temperature), l standard logistic noise, and hard, which is 1 where
// logits + l > 0 and otherwise 0: at least one of the two.
typedef struct gumbelcuda_relaxed_bernoulli_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows logits;  // of 1; ±inf: certain
  const float* temperature;      // 1 or [row], each ≥ 0 and finite; 0 is the limit
  gumbelcuda_rows y;             // may be logits, with the same strides; y.data NULL: not wanted. Likewise hard
  gumbelcuda_rows hard;
} gumbelcuda_relaxed_bernoulli_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_relaxed_bernoulli(gumbelcuda_handle* handle,
                                                              const gumbelcuda_relaxed_bernoulli_args* args);

// From d_y = dL/dy to d_logits = dL/dlogits and d_temperature = dL/dtemperature: at least one of the two.
typedef struct gumbelcuda_relaxed_bernoulli_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;           // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows y;  // of the forward pass; y.data NULL: computed again from logits and the noise at `offset`
  gumbelcuda_const_rows logits;  // as in the forward pass; not used with y
  uint64_t offset;               // the handle's, before the forward pass; not used with y
  const float* temperature;      // as in the forward pass
  gumbelcuda_const_rows d_y;     // for straight-through samples that of hard
  gumbelcuda_rows d_logits;      // may be d_y, with the same strides; d_logits.data NULL: not wanted
  void* d_temperature;           // [row], double for float64, otherwise float; NULL: not wanted
} gumbelcuda_relaxed_bernoulli_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_relaxed_bernoulli_vjp(gumbelcuda_handle* handle,
                                                                  const gumbelcuda_relaxed_bernoulli_vjp_args* args);

// z = logits + gumbel, given that its argmax is index: z[row][index[row]] is the largest of its row. Takes other noise
// than that by which index was drawn: where the handle drew index, that is so. NaN for a row that cannot be drawn from,
// and for one whose index is no class, −1 included, or a masked class.
typedef struct gumbelcuda_conditional_gumbel_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // none yet: 0
  gumbelcuda_const_rows logits;  // −inf: a masked class, of which z is −inf
  const int64_t* index;          // [row]
  gumbelcuda_rows z;
} gumbelcuda_conditional_gumbel_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_conditional_gumbel(gumbelcuda_handle* handle,
                                                               const gumbelcuda_conditional_gumbel_args* args);

// From d_one_hot = dL/d(one-hot row of index) to d_logits = dL/dlogits, index drawn by gumbelcuda_gumbel_max at
// `offset`: the straight-through gradient's mean over inner_samples independent z (above), of the same expected value
// and no larger variance. Their noise lies behind that of index: C·inner_samples words from offset + C on, C being the
// number of classes, rounded up to a multiple of 4. No other call may draw from these, so after gumbelcuda_gumbel_max
// the handle's offset should be set to offset + (inner_samples + 1)·C.
typedef struct gumbelcuda_gumbel_rao_vjp_args {
  size_t struct_size;
  uint64_t rows, classes;  // classes ≥ 1
  int32_t type;
  uint32_t flags;                // GUMBELCUDA_TEMPERATURE_PER_ROW
  gumbelcuda_const_rows logits;  // as in the forward pass; −inf: a masked class, of which d_logits is 0
  const int64_t* index;          // [row]
  uint64_t offset;               // the handle's, before the forward pass
  int32_t inner_samples;         // in [1, 64]; 10 are usual
  uint32_t reserved;             // 0
  const float* temperature;      // 1 or [row], each ≥ 0 and finite
  gumbelcuda_const_rows d_one_hot;
  gumbelcuda_rows d_logits;  // may be d_one_hot, with the same strides
} gumbelcuda_gumbel_rao_vjp_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_gumbel_rao_vjp(gumbelcuda_handle* handle,
                                                           const gumbelcuda_gumbel_rao_vjp_args* args);

// How the temperature goes from one knot, a, to the next, b, at t = (step − a.step)/(b.step − a.step): a·(1 − t) + b·t;
// a·(b/a)^t; b + (a − b)·(1 + cos(pi·t))/2.
enum { GUMBELCUDA_SCHEDULE_LINEAR = 0, GUMBELCUDA_SCHEDULE_EXPONENTIAL = 1, GUMBELCUDA_SCHEDULE_COSINE = 2 };

typedef struct gumbelcuda_temperature_knot {
  uint64_t step;
  float temperature;  // 0 or more and finite; above 0 where the schedule is exponential
  uint32_t reserved;  // 0
} gumbelcuda_temperature_knot;
typedef struct gumbelcuda_temperature_schedule {
  int32_t shape;                         // GUMBELCUDA_SCHEDULE_LINEAR, …
  int32_t knot_count;                    // in [1, 8]
  gumbelcuda_temperature_knot knots[8];  // steps rise
} gumbelcuda_temperature_schedule;

// *device_temperature = the schedule's temperature at *device_step, in the order of the handle's stream, for the
// operations that read a temperature: a step of training without the host waiting for the device, in a CUDA graph, too.
// Before the first knot and from the last one on it is that knot's. Draws nothing, and leaves the handle's offset where
// it is.
typedef struct gumbelcuda_evaluate_schedule_args {
  size_t struct_size;
  gumbelcuda_temperature_schedule schedule;
  const uint64_t* device_step;  // both where the backend can use them
  float* device_temperature;
} gumbelcuda_evaluate_schedule_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_evaluate_schedule(gumbelcuda_handle* handle,
                                                              const gumbelcuda_evaluate_schedule_args* args);

#ifdef __cplusplus
}
#endif
