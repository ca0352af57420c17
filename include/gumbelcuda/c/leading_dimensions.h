// SPDX-License-Identifier: Apache-2.0
// Rows with any number of leading dimensions: arrays of shape [d0, d1, …, classes], each with strides of its own, for
// functions that know rows and two strides. Dimensions that lie regularly in all arrays become one; there is a call for
// each place in the others:
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
// Rows are numbered in row-major order of the leading dimensions, and what has a number each row lies in that order
// without gaps. So the results are those of one call for a contiguous copy, byte for byte, and the handle's noise ends
// where that call would leave it. More: gumbelcuda/leading_dimensions.hpp; handles and errors: gumbelcuda.h, which
// includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gumbelcuda_dimensions gumbelcuda_dimensions;
// `count` dimensions beside the classes, of these lengths; 0 anywhere is no rows, no dimensions are one row. type: of
// the arrays' numbers. *dimensions is null where it fails.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_create_dimensions(gumbelcuda_dimensions** dimensions, size_t count,
                                                              const uint64_t* shape, uint64_t classes, int32_t type);
// Null: nothing happens.
GUMBELCUDA_API void gumbelcuda_destroy_dimensions(gumbelcuda_dimensions* dimensions);

// An array that is read, which `rows`, a member of the arguments, has block by block. data: the row whose indices are
// all 0. strides: one a dimension, in numbers; 0 repeats the same rows, and a negative one goes backwards.
// class_stride: from a class to the next, 1 or more.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_add_input(gumbelcuda_dimensions* dimensions, gumbelcuda_const_rows* rows,
                                                      const void* data, const ptrdiff_t* strides,
                                                      ptrdiff_t class_stride);
// One that is written. Rows must not overlap; strides that a dimension alone shows to be too small are refused.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_add_output(gumbelcuda_dimensions* dimensions, gumbelcuda_rows* rows,
                                                       void* data, const ptrdiff_t* strides, ptrdiff_t class_stride);
// An array with so many bytes a row. pointer: the address of the member of the arguments that points to its beginning.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_add_per_row(gumbelcuda_dimensions* dimensions, void* pointer, size_t bytes);
// The seeds and offsets of the rows, as the arguments have them now.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_add_row_noise(gumbelcuda_dimensions* dimensions,
                                                          gumbelcuda_row_noise* noise);

// Sets what was added, *rows and the handle's noise for the first block, then for the one after; *rows 0: there are no
// more. What was added stays where it is until then, and nothing is added once this was called.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_next_block(gumbelcuda_dimensions* dimensions, gumbelcuda_handle* handle,
                                                       uint64_t* rows);

#ifdef __cplusplus
}
#endif
