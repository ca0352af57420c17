// SPDX-License-Identifier: Apache-2.0
// The distances between numbers of rows: what strides mean if they are 0 or repeated_row (gumbelcuda/rows.hpp).
#pragma once

#include "gumbelcuda/config.hpp"
#include "gumbelcuda/rows.hpp"

GUMBELCUDA_MATH_BEGIN

template <class Rows>
GUMBELCUDA_INLINE std::uint64_t class_stride_of(const Rows& rows) {
  return rows.class_stride > 0 ? rows.class_stride : 1;
}
template <class Rows>
GUMBELCUDA_INLINE std::uint64_t row_stride_of(const Rows& rows, std::uint64_t classes) {
  if (rows.row_stride == repeated_row) return 0;
  return rows.row_stride > 0 ? rows.row_stride : classes * class_stride_of(rows);
}

GUMBELCUDA_MATH_END
