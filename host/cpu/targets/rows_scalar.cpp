// SPDX-License-Identifier: Apache-2.0
// The operations on rows for scalar.cpp's processors.
#define GUMBELCUDA_ISA scalar
#include "gumbelcuda/rows/operations.hpp"

GUMBELCUDA_MATH_BEGIN

template <class Stored>
struct row_walk {
  using part = whole_row;
  using memory = direct_memory<Stored>;
};

GUMBELCUDA_MATH_END

#include "host/cpu/rows.inl"

namespace gumbelcuda {
const cpu_row_operations cpu_rows_scalar = scalar::row_operations;
}
