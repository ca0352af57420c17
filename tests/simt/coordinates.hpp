// SPDX-License-Identifier: Apache-2.0
// The text of a block's or thread's place, for the errors of both interpreters: "(1, 0, 0)".
#pragma once

#include <string>

namespace gumbelcuda::simt {

// dim3 or uint3, of CUDA or of the interpreters.
template <class Three>
std::string text_of(const Three& at) {
  return "(" + std::to_string(at.x) + ", " + std::to_string(at.y) + ", " + std::to_string(at.z) + ")";
}

}  // namespace gumbelcuda::simt
