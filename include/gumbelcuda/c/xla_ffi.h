// SPDX-License-Identifier: Apache-2.0
// The operations as functions that JAX can call: handlers of XLA's foreign function interface. The Python package
// registers them (python/gumbelcuda/jax/); a program of one's own has no use for them.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// The handler of the operation of that name, such as "gumbel_max", for buffers in host memory (GUMBELCUDA_CPU) or of a
// device (GUMBELCUDA_CUDA): an XLA_FFI_Handler*. NULL if there is no such operation or backend, or if the library was
// built without XLA's headers. host/xla_ffi/call.hpp says what a call consists of.
GUMBELCUDA_API const void* gumbelcuda_xla_ffi_handler(const char* operation, int backend);

#ifdef __cplusplus
}
#endif
