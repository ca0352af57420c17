// SPDX-License-Identifier: Apache-2.0
// The pointers of each struct of arguments, by name, so that one that leads to the other side's memory is refused.
#pragma once

#include <array>

#include "gumbelcuda/sampler.hpp"
#include "host/c_api/answer.hpp"

namespace gumbelcuda::c_api {

struct named_pointer {
  const char* name;
  const void* pointer;  // null: not looked at
};

inline auto pointers_of(const gumbelcuda_gumbel_noise_args& a) { return std::array{named_pointer{"out", a.out}}; }
inline auto pointers_of(const gumbelcuda_gumbel_max_args& a) {
  return std::array{named_pointer{"logits", a.logits}, named_pointer{"index", a.index},
                    named_pointer{"log_prob", a.log_prob}, named_pointer{"status", a.status}};
}
inline auto pointers_of(const gumbelcuda_gumbel_softmax_args& a) {
  return std::array{named_pointer{"logits", a.logits}, named_pointer{"temperature", a.temperature},
                    named_pointer{"y", a.y}, named_pointer{"one_hot", a.one_hot}, named_pointer{"index", a.index}};
}
inline auto pointers_of(const gumbelcuda_gumbel_softmax_vjp_args& a) {
  return std::array{named_pointer{a.y ? "y" : "logits", a.y ? a.y : a.logits},
                    named_pointer{"temperature", a.temperature}, named_pointer{"d_y", a.d_y},
                    named_pointer{"d_logits", a.d_logits}, named_pointer{"d_temperature", a.d_temperature}};
}

// Throws invalid_argument for the first of them, or else the noise's offset in memory, that the backend cannot follow.
void check_pointers(const sampler_options& options, const named_pointer* begin, const named_pointer* end);

template <class Args>
void check_pointers(const sampler_options& options, const Args& args) {
  if (args.rows == 0 || args.classes == 0) return;
  const auto pointers = pointers_of(args);
  check_pointers(options, pointers.data(), pointers.data() + pointers.size());
}

}  // namespace gumbelcuda::c_api
