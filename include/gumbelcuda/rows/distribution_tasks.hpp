// SPDX-License-Identifier: Apache-2.0
// Densities and divergences of the distributions over classes: plain data, see tasks.hpp. distributions.hpp has the
// functions.
#pragma once

#include "gumbelcuda/rows/tasks.hpp"

namespace gumbelcuda {

// kl[r] = KL(softmax(p_logits[r]) ‖ softmax(q_logits[r])) = Σ_k p_k·(log p_k − log q_k), in nats. A class with p_k = 0
// adds 0; one with p_k > 0 and q_k = 0 makes it +inf. NaN for a row with a NaN, a +inf or nothing above −inf.
struct kl_divergence_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  const_rows p_logits{}, q_logits{};
  void* kl = nullptr;  // [row]: double for float64, float otherwise
};

}  // namespace gumbelcuda
