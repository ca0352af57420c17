// SPDX-License-Identifier: Apache-2.0
// The library's number type of a tensor.
#pragma once

#include <ATen/core/Tensor.h>

#include <gumbelcuda/rows.hpp>

namespace gumbelcuda::example {

inline number_type type_of(const at::Tensor& tensor, const char* name) {
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return number_type::float32;
    case at::kHalf:
      return number_type::float16;
    case at::kBFloat16:
      return number_type::bfloat16;
    case at::kDouble:
      return number_type::float64;
    default:
      TORCH_CHECK_TYPE(false, name, ": ", tensor.scalar_type(), " is not Float, Half, BFloat16 or Double");
  }
}

}  // namespace gumbelcuda::example
