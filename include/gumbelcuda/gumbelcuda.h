// SPDX-License-Identifier: Apache-2.0
// libgumbelcuda for C99, and for every language that calls C: the operations of the C++ library under the same names,
// with the same bits, on the CPU and on CUDA devices, and the training of toy GANs. This header has handles, errors and
// noise. It includes the headers of gumbelcuda/c/, which have the operations and the training.
//
//   gumbelcuda_handle* handle;
//   gumbelcuda_create(&handle);
//   gumbelcuda_gumbel_max_args args = {.struct_size = sizeof args, .rows = 128, .classes = 1000};
//   args.logits.data = logits;
//   args.index = index;
//   if (gumbelcuda_gumbel_max(handle, &args) != GUMBELCUDA_SUCCESS) puts(gumbelcuda_last_error_message());
//   gumbelcuda_destroy(handle);
//
// Noise. Row r of a call draws from row first_row + r of the stream of `seed`, class k from word offset + k of it
// (docs/noise-stream.md). The noise depends on nothing else. Seed, first_row and offset belong to the handle. A call
// that draws and succeeds increases the handle's offset by the number of classes, rounded up to a multiple of 4, or by
// what the comment of the function says, so that the next call draws independent noise. After gumbelcuda_set_offset a
// call can draw the same noise again.
//
// Errors. Every function that can fail returns a gumbelcuda_status. Arguments are checked before any work: if one is
// wrong, nothing has been done and the offset has not changed. The library does not throw, print or end the process.
//
// Memory. On the CPU a handle keeps its working memory, at most 24 bytes per class and thread. It grows to what the
// largest call needed; later calls allocate nothing. On a device nothing is allocated.
//
// Devices. With backend cuda all pointers of a call point to memory that the current device can use. The call returns
// before the work is done. The work is done on the handle's stream, in its order, and may be captured in a CUDA graph.
// A temperature that is not allowed then makes its row NaN. Errors that occur later are reported by the stream.
//
// Results. A result must not begin where another result of the call begins, or where anything that the call reads
// begins, unless its comment allows it. Such a call is refused.
//
// Threads. A handle serves one thread at a time; different handles may be used at the same time.
//
// Versions. Each struct of arguments begins with its size, struct_size = sizeof args. A program compiled against an
// older header passes a smaller struct. The members that it lacks are taken as 0, which is the default of every
// optional member.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gumbelcuda/export.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gumbelcuda_status {
  GUMBELCUDA_SUCCESS = 0,
  GUMBELCUDA_INVALID_ARGUMENT = 1,  // nothing was done; the message begins with the argument's name
  GUMBELCUDA_NO_DEVICE = 2,         // the requested backend cannot run here
  GUMBELCUDA_OUT_OF_MEMORY = 3,     // there is too little memory for the work; results are undefined
  GUMBELCUDA_DEVICE_ERROR = 4,      // the device failed; results are undefined
  GUMBELCUDA_INTERNAL_ERROR = 5,    // a fault of this library
  GUMBELCUDA_INTERRUPTED = 6,       // the caller stopped training; there is no result
  GUMBELCUDA_FILE_ERROR = 7,        // a file cannot be read or written
  GUMBELCUDA_DAMAGED_FILE = 8       // a file has changed, or is not what it should be; it stays as it is
} gumbelcuda_status;

enum { GUMBELCUDA_CPU = 1, GUMBELCUDA_CUDA = 2 };

// How numbers are stored. 16-bit numbers are computed with as float32 and rounded once. Temperatures are floats for
// float64 rows, too, and mean exactly what the float holds: .1f is .100000001490116.
enum { GUMBELCUDA_FLOAT32 = 0, GUMBELCUDA_FLOAT16 = 1, GUMBELCUDA_BFLOAT16 = 2, GUMBELCUDA_FLOAT64 = 3 };

// What became of a row that was to be drawn from: it was drawn from; no logit is above -inf; a logit is NaN or +inf.
// Only gumbelcuda_categorical_sample gives the other two: it was asked to check, and the row is one of probabilities;
// or, on a device, the row's temperature, top_p or min_p is out of range.
enum {
  GUMBELCUDA_ROW_DRAWN = 0,
  GUMBELCUDA_ROW_NOTHING_TO_DRAW = 1,
  GUMBELCUDA_ROW_NOT_FINITE = 2,
  GUMBELCUDA_ROW_LOOKS_LIKE_PROBABILITIES = 3,
  GUMBELCUDA_ROW_BAD_PARAMETER = 4
};

// Bits of `flags`. The comment of each struct says which of them it accepts.
enum {
  GUMBELCUDA_TEMPERATURE_PER_ROW = 1,  // `temperature` is [row], not one for all
  GUMBELCUDA_LOG_DOMAIN = 2,           // y or value is the logarithm of the relaxed sample
  GUMBELCUDA_TOP_K_PER_ROW = 4,        // `top_k` is [row], not one for all
  GUMBELCUDA_TOP_P_PER_ROW = 8,
  GUMBELCUDA_MIN_P_PER_ROW = 16,
  GUMBELCUDA_REJECT_PROBABILITIES = 32,  // do not draw from a row of two or more numbers in [0, 1] that sum to 1
  GUMBELCUDA_LOG_PROB_WANTED = 64,       // for gumbelcuda_gumbel_max_shard: costs another pass over the logits
  GUMBELCUDA_P_TEMPERATURE_PER_ROW = 128,
  GUMBELCUDA_Q_TEMPERATURE_PER_ROW = 256
};

// "success", "invalid argument", …; "unknown status" for a number that is no status.
GUMBELCUDA_API const char* gumbelcuda_status_string(int status);

// What went wrong in this thread's last call that failed; empty if none has failed. Valid until the thread's next call
// that fails.
GUMBELCUDA_API const char* gumbelcuda_last_error_message(void);

// The version of the library at run time: 10000·major + 100·minor + patch.
GUMBELCUDA_API uint32_t gumbelcuda_version(void);

// Where calls run and which noise they draw. A new handle has backend cpu, as many threads as the process may use, the
// default stream, seed 42, first_row 0 and offset 0.
typedef struct gumbelcuda_handle gumbelcuda_handle;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_create(gumbelcuda_handle** handle);
// Does nothing if handle is NULL.
GUMBELCUDA_API void gumbelcuda_destroy(gumbelcuda_handle* handle);

// backend: GUMBELCUDA_CPU or GUMBELCUDA_CUDA. Only the first call that needs a device finds out whether there is one.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_backend(gumbelcuda_handle* handle, int backend);
// CPU threads, 1 … 4096; 0 for as many as the process may use.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_threads(gumbelcuda_handle* handle, int threads);
// stream: a cudaStream_t of the current device.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_stream(gumbelcuda_handle* handle, void* stream);
// If enabled is not 0, which is the default, the pointers of every call are checked. With backend cuda a call is
// refused if a pointer points to host memory that the current device cannot reach; with backend cpu, if it points to
// device memory and the process has loaded the NVIDIA driver. With backend cuda the check takes a few calls of the CUDA
// runtime per pointer, which do not disturb the capture of a stream.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_pointer_checks(gumbelcuda_handle* handle, int enabled);
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_seed(gumbelcuda_handle* handle, uint64_t seed);
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_first_row(gumbelcuda_handle* handle, uint64_t first_row);
// offset: a multiple of 4.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_offset(gumbelcuda_handle* handle, uint64_t offset);
// The offset that the next call will use.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_get_offset(const gumbelcuda_handle* handle, uint64_t* offset);
// *device_offset is added to the offset, and the sum rounded down to a multiple of 4. It is read when a call's kernel
// runs; it must be readable by the backend, and live until then. If device_offset is NULL, nothing is added.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_device_offset(gumbelcuda_handle* handle, const uint64_t* device_offset);

// Adds `words`, rounded up to a multiple of 4, to *device_offset. The handle's backend does so in the order of its
// stream: a CUDA graph that ends with it draws fresh noise each time it is replayed.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_advance_noise(gumbelcuda_handle* handle, uint64_t* device_offset,
                                                          uint64_t words);
// The same for each of row_offset[0 … rows), the offsets of rows with noise of their own (gumbelcuda_row_noise).
GUMBELCUDA_API gumbelcuda_status gumbelcuda_advance_row_offsets(gumbelcuda_handle* handle, uint64_t* row_offset,
                                                                uint64_t rows, uint64_t words);

// Rows of classes that are read: element k of row r is data[r·row_stride + k·class_stride]. Strides count elements.
// With row_stride 0 rows follow one another, classes·class_stride apart; class_stride 0 means 1. row_stride 1 with
// class_stride `rows` is a transposed matrix. Numbers do not overlap: those of a row end before the next row, or those
// of a class before the next class. Pointers are multiples of their element's size. A call without rows succeeds.
typedef struct gumbelcuda_const_rows {
  const void* data;
  size_t row_stride, class_stride;
} gumbelcuda_const_rows;
// Rows of classes that are written.
typedef struct gumbelcuda_rows {
  void* data;
  size_t row_stride, class_stride;
} gumbelcuda_rows;
// As row_stride of rows that are read: every row is the one at data.
#define GUMBELCUDA_REPEATED_ROW SIZE_MAX

// The noise of rows that have seeds of their own: [row] each. If row_seed is NULL, the handle's seed is used; if
// row_offset is NULL, no row has an offset. With row_seed every row draws from row first_row of its own seed's stream,
// so that what a request draws does not depend on its place in the batch. row_offset, multiples of 4, is added to the
// offset.
typedef struct gumbelcuda_row_noise {
  const uint64_t* row_seed;
  const uint64_t* row_offset;
} gumbelcuda_row_noise;
// The noise of a forward pass, for its backward pass: the handle's offset before the forward pass, and the `noise` that
// was passed to it.
typedef struct gumbelcuda_noise {
  uint64_t offset;
  const uint64_t* row_seed;
  const uint64_t* row_offset;
} gumbelcuda_noise;

#ifdef __cplusplus
}
#endif

#include "gumbelcuda/c/categorical_sample.h"
#include "gumbelcuda/c/checkpoint.h"
#include "gumbelcuda/c/concrete.h"
#include "gumbelcuda/c/fleet.h"
#include "gumbelcuda/c/gumbel.h"
#include "gumbelcuda/c/gumbel_rao.h"
#include "gumbelcuda/c/gumbel_top_k.h"
#include "gumbelcuda/c/kl_divergence.h"
#include "gumbelcuda/c/leading_dimensions.h"
#include "gumbelcuda/c/location_scale.h"
#include "gumbelcuda/c/relaxed_bernoulli.h"
#include "gumbelcuda/c/relaxed_k_hot.h"
#include "gumbelcuda/c/sharded.h"
#include "gumbelcuda/c/sweep.h"
#include "gumbelcuda/c/temperature_schedule.h"
#include "gumbelcuda/c/xla_ffi.h"
