// SPDX-License-Identifier: Apache-2.0
// Rows with any number of leading dimensions: arrays of shape [d0, d1, …, classes], each with its own strides, for
// functions that know only rows and two strides. Dimensions that are regular in all arrays are merged into one. The
// last of the remaining dimensions becomes the rows of a call, and there is one call for each position in the others:
//
//   gumbelcuda_gumbel_softmax_args args = {sizeof args};
//   args.classes = classes;
//   args.temperature = &temperature;
//   gumbelcuda_create_dimensions(&dimensions, 2, shape, classes, GUMBELCUDA_FLOAT32);
//   gumbelcuda_add_input(dimensions, &args.logits, logits, logits_strides, 1);
//   gumbelcuda_add_output(dimensions, &args.y, y, y_strides, 1);
//   args.index = index;
//   gumbelcuda_add_per_row(dimensions, &args.index, sizeof *index);
//   while ((status = gumbelcuda_next_block(dimensions, handle, &args.rows)) == GUMBELCUDA_SUCCESS && args.rows > 0 &&
//          (status = gumbelcuda_gumbel_softmax(handle, &args)) == GUMBELCUDA_SUCCESS) {
//   }
//   gumbelcuda_destroy_dimensions(dimensions);
//
// Rows are numbered in row-major order of the leading dimensions. Arrays with one number per row lie in that order
// without gaps. So the results are those of one call on a contiguous copy, byte for byte, and the handle's noise ends
// where that call would leave it; without rows it stays. More: gumbelcuda/leading_dimensions.hpp. Handles and errors:
// gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gumbelcuda_dimensions gumbelcuda_dimensions;
// `count` dimensions, 64 at most, besides the classes, of the lengths in `shape`. A length of 0 means no rows; no
// dimensions are one row. type: of the arrays' numbers. If the call fails, *dimensions is NULL.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_create_dimensions(gumbelcuda_dimensions** dimensions, size_t count,
                                                              const uint64_t* shape, uint64_t classes, int32_t type);
// Does nothing if dimensions is NULL.
GUMBELCUDA_API void gumbelcuda_destroy_dimensions(gumbelcuda_dimensions* dimensions);

// Adds an array that is read. `rows`, a member of the arguments, is set to it for each block. data: the row whose
// indices are all 0. strides: one per dimension, in numbers; 0 repeats the same rows, and a negative one goes
// backwards. class_stride: from one class to the next, 1 or more.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_add_input(gumbelcuda_dimensions* dimensions, gumbelcuda_const_rows* rows,
                                                      const void* data, const ptrdiff_t* strides,
                                                      ptrdiff_t class_stride);
// Adds an array that is written. Its rows must not overlap. Strides are refused if one dimension alone shows that they
// are too small.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_add_output(gumbelcuda_dimensions* dimensions, gumbelcuda_rows* rows,
                                                       void* data, const ptrdiff_t* strides, ptrdiff_t class_stride);
// Adds an array with `bytes` bytes per row. pointer: the address of the member of the arguments that points to its
// beginning.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_add_per_row(gumbelcuda_dimensions* dimensions, void* pointer, size_t bytes);
// Adds the seeds and offsets of the rows, as they are in the arguments now.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_add_row_noise(gumbelcuda_dimensions* dimensions,
                                                          gumbelcuda_row_noise* noise);
// The same for a backward pass.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_add_noise(gumbelcuda_dimensions* dimensions, gumbelcuda_noise* noise);

// Sets everything that was added, *rows and the handle's first row and offset: for the first block, then for the next
// one. *rows is 0 if there are no more. What was added must stay where it is until then. Nothing is added once this was
// called. All blocks have the same handle; what is set of its first row and offset between them is lost. The handle has
// its first row back after the last block, or when the dimensions are destroyed before.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_next_block(gumbelcuda_dimensions* dimensions, gumbelcuda_handle* handle,
                                                       uint64_t* rows);

#ifdef __cplusplus
}
#endif
