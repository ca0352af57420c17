// SPDX-License-Identifier: Apache-2.0
#include "tests/ptx/operations.hpp"

namespace gumbelcuda::ptx {

operation_table::operation_table() {
  define_integers(*this);
  define_bits(*this);
  define_floats(*this);
  define_approximations(*this);
  define_conversions(*this);
}

}  // namespace gumbelcuda::ptx
