// SPDX-License-Identifier: Apache-2.0
// The divergence between categorical distributions, for batches of rows. Errors and backends: see execution.hpp.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// kl[r] = KL(softmax(p_logits[r]) ‖ softmax(q_logits[r])) = Σ_k p_k·(log p_k − log q_k), in nats. A class with p_k = 0
// adds 0; a class with p_k > 0 and q_k = 0 makes it +inf, however small p_k is. kl is never negative, and is accurate
// where p and q nearly agree. It is NaN for a row with a NaN, a +inf or nothing above −inf.
template <class Number>
struct kl_divergence_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  basic_const_rows<Number> p_logits{}, q_logits{};
  computed_number<Number>* kl = nullptr;  // [row]: double for float64, float otherwise
};
template <class Number>
constexpr auto describe(const kl_divergence_args<Number>*) {
  using task = kl_divergence_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(p_logits), GUMBELCUDA_FIELD(q_logits), GUMBELCUDA_FIELD(kl));
}
using kl_divergence_task = kl_divergence_args<any_number>;

GUMBELCUDA_API void kl_divergence(const kl_divergence_task& task, const row_execution& execution = {});
template <class Number>
void kl_divergence(const kl_divergence_args<Number>& args, const row_execution& execution = {}) {
  kl_divergence(untyped(args), execution);
}

}  // namespace gumbelcuda
