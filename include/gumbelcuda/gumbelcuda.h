// SPDX-License-Identifier: Apache-2.0
// libgumbelcuda for C99, and for every language that calls C: the operations of the library of C++ under their names,
// with the same bits on the CPU and on CUDA devices. Here are handles, errors, noise, Gumbel-max and Gumbel-softmax;
// gumbelcuda/c/ has the other operations, in headers that this one includes.
//
//   gumbelcuda_handle* handle;
//   gumbelcuda_create(&handle);
//   gumbelcuda_gumbel_max_args args = {.struct_size = sizeof args, .rows = 128, .classes = 1000};
//   args.logits.data = logits;
//   args.index = index;
//   if (gumbelcuda_gumbel_max(handle, &args) != GUMBELCUDA_SUCCESS) puts(gumbelcuda_last_error_message());
//   gumbelcuda_destroy(handle);
//
// Noise. Row r of a call draws from row first_row + r of the stream of `seed`, class k of it from word offset + k
// (docs/noise-stream.md); it depends on nothing else. The four are the handle's. A call that draws and succeeds moves
// the handle's offset on by the number of classes, rounded up to a multiple of 4, or by what its comment says, so that
// the next call draws independent noise. gumbelcuda_set_offset draws the same again.
//
// Errors. Every function answers with a gumbelcuda_status. Arguments are checked before any work: where one is wrong
// nothing has been done and no offset has moved. Nothing is thrown, printed or ended.
//
// Memory. On the CPU a handle keeps the memory that it works in, at most 24 bytes a class and thread: it grows to what
// the largest call needed, and no call after that allocates any. On a device nothing is allocated.
//
// Devices. With backend cuda all pointers of a call lead to memory that the current device can use. The call returns
// before the work is done, which happens on the handle's stream, in its order, and it may be captured in a CUDA graph.
// A temperature that is not allowed then makes NaN of its row, and what fails later, the stream says.
//
// Results. None begins where another result of the call does, or anything that the call reads, unless its comment says
// that it may: that is refused.
//
// Threads. A handle serves one thread at a time; different handles may be used at the same time.
//
// Versions. Each struct of arguments begins with its size, struct_size = sizeof args. A program compiled against an
// older header passes a smaller one: what it lacks is 0, which is the default of everything that may be left out.
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
  GUMBELCUDA_NO_DEVICE = 2,         // the backend that was asked for cannot run here
  GUMBELCUDA_OUT_OF_MEMORY = 3,     // there is less memory than the work needs; results are undefined
  GUMBELCUDA_DEVICE_ERROR = 4,      // the device failed; results are undefined
  GUMBELCUDA_INTERNAL_ERROR = 5     // a fault of this library
} gumbelcuda_status;

enum { GUMBELCUDA_CPU = 1, GUMBELCUDA_CUDA = 2 };

// How numbers lie in memory. Those of 16 bits are computed with as float32 and rounded once. Temperatures are floats
// for float64, too, and are what they hold: .1f is .100000001490116.
enum { GUMBELCUDA_FLOAT32 = 0, GUMBELCUDA_FLOAT16 = 1, GUMBELCUDA_BFLOAT16 = 2, GUMBELCUDA_FLOAT64 = 3 };

// What became of a row that was to be drawn from: drawn; no logit is above -inf; a logit is NaN or +inf; and for
// gumbelcuda_categorical_sample: it was asked to look, and the row is one of probabilities; on a device, the row's
// temperature, top_p or min_p is out of range.
enum {
  GUMBELCUDA_ROW_DRAWN = 0,
  GUMBELCUDA_ROW_NOTHING_TO_DRAW = 1,
  GUMBELCUDA_ROW_NOT_FINITE = 2,
  GUMBELCUDA_ROW_LOOKS_LIKE_PROBABILITIES = 3,
  GUMBELCUDA_ROW_BAD_PARAMETER = 4
};

// Bits of `flags`. Each struct says which of them it takes.
enum {
  GUMBELCUDA_TEMPERATURE_PER_ROW = 1,  // [row] temperatures, rather than one for all
  GUMBELCUDA_LOG_DOMAIN = 2,           // y or value is the relaxed sample's logarithm
  GUMBELCUDA_TOP_K_PER_ROW = 4,        // [row], rather than one for all
  GUMBELCUDA_TOP_P_PER_ROW = 8,
  GUMBELCUDA_MIN_P_PER_ROW = 16,
  GUMBELCUDA_REJECT_PROBABILITIES = 32,  // a row of two or more numbers in [0, 1] that sum to 1 is not drawn from
  GUMBELCUDA_LOG_PROB_WANTED = 64,       // of gumbelcuda_gumbel_max_shard: costs another pass over the logits
  GUMBELCUDA_P_TEMPERATURE_PER_ROW = 128,
  GUMBELCUDA_Q_TEMPERATURE_PER_ROW = 256
};

// "success", "invalid argument", … "unknown status" for a number that is none.
GUMBELCUDA_API const char* gumbelcuda_status_string(int status);

// What went wrong in this thread's last call that failed; empty where none has. Valid until its next call that fails.
GUMBELCUDA_API const char* gumbelcuda_last_error_message(void);

// 10000·major + 100·minor + patch of the library that runs.
GUMBELCUDA_API uint32_t gumbelcuda_version(void);

// Backend cpu, as many threads as the process may use, the default stream, seed 42, first_row 0, offset 0.
typedef struct gumbelcuda_handle gumbelcuda_handle;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_create(gumbelcuda_handle** handle);
// NULL: nothing happens.
GUMBELCUDA_API void gumbelcuda_destroy(gumbelcuda_handle* handle);

// GUMBELCUDA_CPU or GUMBELCUDA_CUDA. Whether there is a device, the first call that needs it finds out.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_backend(gumbelcuda_handle* handle, int backend);
// Of the CPU: 1 … 4096; 0: as many as the process may use.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_threads(gumbelcuda_handle* handle, int threads);
// A cudaStream_t of the current device.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_stream(gumbelcuda_handle* handle, void* stream);
// Not 0, the default: a pointer is refused that leads to memory of the host that the current device cannot reach
// (backend cuda), or to memory of a device (backend cpu, in a process that has loaded the NVIDIA driver). With backend
// cuda it takes a few calls of the CUDA runtime for each pointer, which do not disturb the capture of a stream.
// 0: nothing is asked.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_pointer_checks(gumbelcuda_handle* handle, int enabled);
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_seed(gumbelcuda_handle* handle, uint64_t seed);
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_first_row(gumbelcuda_handle* handle, uint64_t first_row);
// A multiple of 4.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_offset(gumbelcuda_handle* handle, uint64_t offset);
// Of the next call.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_get_offset(const gumbelcuda_handle* handle, uint64_t* offset);
// *device_offset, where the backend can read it, is read when a call's kernel runs and added to the offset, rounded
// down to a multiple of 4. It must live as long. NULL: nothing is added.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_set_device_offset(gumbelcuda_handle* handle, const uint64_t* device_offset);

// *device_offset += words, rounded up to a multiple of 4, by the handle's backend, in the order of its stream: a CUDA
// graph that ends with it draws fresh noise each time that it is replayed.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_advance_noise(gumbelcuda_handle* handle, uint64_t* device_offset,
                                                          uint64_t words);

// Rows of classes, to be read: element k of row r is at r·row_stride + k·class_stride from data, counted in elements.
// row_stride 0: rows lie one after another, classes·class_stride apart; class_stride 0: 1. row_stride 1 and
// class_stride `rows` are a matrix that lies transposed. Numbers do not overlap: those of a row end before the next
// row, or those of a class before the next class. Pointers are multiples of their element's size. No rows is success.
typedef struct gumbelcuda_const_rows {
  const void* data;
  size_t row_stride, class_stride;
} gumbelcuda_const_rows;
// To be written.
typedef struct gumbelcuda_rows {
  void* data;
  size_t row_stride, class_stride;
} gumbelcuda_rows;
// As row_stride of rows that are read: all are the one at data.
#define GUMBELCUDA_REPEATED_ROW SIZE_MAX

// The noise of rows that have seeds of their own: [row] each, NULL: the handle's seed, no offset. With row_seed every
// row draws from row first_row of its own seed's stream, so that what a request draws does not depend on its place in
// the batch. row_offset, multiples of 4, is added to the offset.
typedef struct gumbelcuda_row_noise {
  const uint64_t* row_seed;
  const uint64_t* row_offset;
} gumbelcuda_row_noise;
// The noise of a forward pass, for its backward pass: the handle's offset before the former, and what it had as noise.
typedef struct gumbelcuda_noise {
  uint64_t offset;
  const uint64_t* row_seed;
  const uint64_t* row_offset;
} gumbelcuda_noise;

#ifdef __cplusplus
}
#endif

#include "gumbelcuda/c/categorical_sample.h"
#include "gumbelcuda/c/concrete.h"
#include "gumbelcuda/c/gumbel.h"
#include "gumbelcuda/c/gumbel_rao.h"
#include "gumbelcuda/c/gumbel_top_k.h"
#include "gumbelcuda/c/kl_divergence.h"
#include "gumbelcuda/c/leading_dimensions.h"
#include "gumbelcuda/c/location_scale.h"
#include "gumbelcuda/c/relaxed_bernoulli.h"
#include "gumbelcuda/c/relaxed_k_hot.h"
#include "gumbelcuda/c/sharded.h"
#include "gumbelcuda/c/temperature_schedule.h"
