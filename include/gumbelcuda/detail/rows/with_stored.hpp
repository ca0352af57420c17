// SPDX-License-Identifier: Apache-2.0
// From a number_type to the C++ type.
#pragma once

#include "gumbelcuda/math/storage.hpp"
#include "gumbelcuda/rows.hpp"

GUMBELCUDA_MATH_BEGIN

// Calls body(Stored{}) for the type in which numbers are stored.
template <class Body>
inline auto with_stored(number_type type, Body body) {
  switch (type) {
    case number_type::float32:
      return body(float{});
    case number_type::float16:
      return body(float16{});
    case number_type::bfloat16:
      return body(bfloat16{});
    case number_type::float64:
      break;
  }
  return body(double{});
}

GUMBELCUDA_MATH_END
