// SPDX-License-Identifier: Apache-2.0
// The operations on rows for scalar.cpp's processors.
#define GUMBELCUDA_ISA scalar
#include "host/cpu/rows.inl"

namespace gumbelcuda {
const cpu_row_operations cpu_rows_scalar = scalar::row_operations;
}
