// SPDX-License-Identifier: Apache-2.0
// For fuzz_arguments.cpp: what the structs of gumbelcuda.h and gumbelcuda/c/draws.h are filled with, which sizes are
// refused for themselves, and by how many words a call that succeeds moves the offset on.
#pragma once

#include <cstring>

#include "tests/c_api/fuzz_memory.hpp"

namespace gumbelcuda::testing_c {

inline constexpr bool result = true, source = false;

inline std::uint64_t one_or(std::uint64_t rows, bool per_row) { return per_row ? rows : 1; }

// Values that value(byte) gives, seldom what random bytes are.
template <class T, class Value>
const T* mostly(input& in, arrays& of, std::uint64_t count, Value value) {
  auto* const values = of.vector(count, sizeof(T), source);
  if (values && of.all_fit() && !in.once_in(4))
    for (std::uint64_t i = 0; i < count; ++i) {
      const T one = value(in.byte());
      std::memcpy(static_cast<char*>(values) + i * sizeof one, &one, sizeof one);
    }
  return static_cast<const T*>(values);
}
inline const float* temperature(input& in, arrays& of, std::uint32_t flags, std::uint64_t rows) {
  return mostly<float>(in, of, one_or(rows, flags & GUMBELCUDA_TEMPERATURE_PER_ROW),
                       [](unsigned byte) { return float(1 + byte % 64) / 16; });
}
inline const float* share(input& in, arrays& of, std::uint64_t count) {
  if (in.once_in(3)) return nullptr;
  return mostly<float>(in, of, count, [](unsigned byte) { return float(1 + byte % 64) / 64; });
}
// Of an earlier call's noise.
inline std::uint64_t offset(input& in) { return in.once_in(8) ? in.word() : 4 * in.byte(); }
inline int samples(input& in) { return in.once_in(16) ? int(in.byte()) - 128 : 1 + int(in.byte() % 5); }
inline std::int64_t* index(arrays& of, std::uint64_t count) {
  return static_cast<std::int64_t*>(of.vector(count, 8, result));
}
inline std::uint8_t* status(arrays& of, std::uint64_t rows) {
  return static_cast<std::uint8_t*>(of.vector(rows, 1, result));
}

inline void fill(input&, arrays& of, gumbelcuda_gumbel_noise_args& a) {
  a.out = of.rows(a.out_stride, a.out_class_stride, result);
}
inline void fill(input&, arrays& of, gumbelcuda_gumbel_max_args& a) {
  a.logits = of.rows(a.logits_stride, a.logits_class_stride, source);
  a.index = index(of, a.rows);
  a.log_prob = of.vector(a.rows, of.computed_size(), result);
  a.status = status(of, a.rows);
}
inline void fill(input& in, arrays& of, gumbelcuda_gumbel_softmax_args& a) {
  a.logits = of.rows(a.logits_stride, a.logits_class_stride, source);
  a.temperature = temperature(in, of, a.flags, a.rows);
  a.y = of.rows(a.y_stride, a.y_class_stride, result);
  a.one_hot = of.rows(a.one_hot_stride, a.one_hot_class_stride, result);
  a.index = index(of, a.rows);
  a.gumbel = in.once_in(4) ? of.rows(a.gumbel_stride, a.gumbel_class_stride, source) : nullptr;
  if (in.once_in(a.gumbel ? 16 : 3)) a.gumbel_out = of.rows(a.gumbel_out_stride, a.gumbel_out_class_stride, result);
  if (a.gumbel_out && in.once_in(16)) a.gumbel_out = in.once_in(2) ? a.y : a.one_hot;
}
// What all backward passes of relaxed samples have.
template <class Args>
void fill_backward(input& in, arrays& of, Args& a) {
  a.y = in.once_in(2) ? of.rows(a.y_stride, a.y_class_stride, source) : nullptr;
  a.logits = of.rows(a.logits_stride, a.logits_class_stride, source);
  a.offset = offset(in);
  a.temperature = temperature(in, of, a.flags, a.rows);
  a.d_y = of.rows(a.d_y_stride, a.d_y_class_stride, source);
  a.d_logits = of.rows(a.d_logits_stride, a.d_logits_class_stride, result);
  a.d_temperature = of.vector(a.rows, of.computed_size(), result);
}
inline void fill(input& in, arrays& of, gumbelcuda_gumbel_softmax_vjp_args& a) {
  fill_backward(in, of, a);
  a.gumbel = in.once_in(4) ? of.rows(a.gumbel_stride, a.gumbel_class_stride, source) : nullptr;
}
template <class Args>
void fill_draws(input& in, arrays& of, Args& a) {
  a.draws = in.number(4);
  a.row_seed = in.once_in(2) ? static_cast<std::uint64_t*>(of.vector(a.rows, 8, source)) : nullptr;
  a.row_offset =
      in.once_in(2) ? mostly<std::uint64_t>(in, of, a.rows, [](unsigned byte) { return 4 * byte; }) : nullptr;
  a.index = index(of, saturating_product(a.rows, a.draws));
  a.log_prob = of.vector(saturating_product(a.rows, a.draws), of.computed_size(), result);
  a.status = status(of, a.rows);
}
inline void fill(input& in, arrays& of, gumbelcuda_categorical_sample_args& a) {
  a.logits = of.rows(a.logits_stride, a.logits_class_stride, source);
  if (!in.once_in(3)) a.temperature = temperature(in, of, a.flags, a.rows);
  const std::uint64_t top_ks = one_or(a.rows, a.flags & GUMBELCUDA_TOP_K_PER_ROW);
  if (!in.once_in(3)) a.top_k = mostly<std::uint32_t>(in, of, top_ks, [](unsigned byte) { return byte % 16; });
  a.top_p = share(in, of, one_or(a.rows, a.flags & GUMBELCUDA_TOP_P_PER_ROW));
  a.min_p = share(in, of, one_or(a.rows, a.flags & GUMBELCUDA_MIN_P_PER_ROW));
  fill_draws(in, of, a);
}
inline void fill(input& in, arrays& of, gumbelcuda_categorical_sample_from_probabilities_args& a) {
  a.probabilities = of.rows(a.probabilities_stride, a.probabilities_class_stride, source);
  fill_draws(in, of, a);
}
inline void fill(input& in, arrays& of, gumbelcuda_gumbel_top_k_args& a) {
  a.logits = of.rows(a.logits_stride, a.logits_class_stride, source);
  a.k = in.once_in(2) ? 1 + in.byte() % 4 : in.number(70);
  const std::uint64_t results = saturating_product(a.rows, a.k);
  a.index = index(of, results);
  a.perturbed = of.vector(results, of.computed_size(), result);
  a.log_prob = of.vector(results, of.computed_size(), result);
  a.log_inclusion = of.vector(results, of.computed_size(), result);
  a.kappa = of.vector(a.rows, of.computed_size(), result);
  a.status = status(of, a.rows);
}
inline void fill(input& in, arrays& of, gumbelcuda_gumbel_max_shard_args& a) {
  a.logits = of.rows(a.logits_stride, a.logits_class_stride, source);
  a.first_class = in.once_in(8) ? in.number(255) : 4 * in.byte();
  a.row_classes = in.once_in(3) ? in.number(70) : a.first_class + a.classes + in.byte() % 8;
  a.partial = static_cast<gumbelcuda_gumbel_max_partial*>(of.vector(a.rows, sizeof *a.partial, result));
}
inline void fill(input&, arrays& of, gumbelcuda_combine_gumbel_max_args& a) {
  a.partial = static_cast<gumbelcuda_gumbel_max_partial*>(
      of.vector(saturating_product(a.rows, a.shards), sizeof *a.partial, source));
  a.index = index(of, a.rows);
  a.log_prob = of.vector(a.rows, of.computed_size(), result);
  a.status = status(of, a.rows);
}
inline void fill(input& in, arrays& of, gumbelcuda_relaxed_k_hot_args& a) {
  a.logits = of.rows(a.logits_stride, a.logits_class_stride, source);
  a.k = in.once_in(2) ? 1 + in.byte() % 4 : in.number(70);
  a.temperature = temperature(in, of, a.flags, a.rows);
  a.y = of.rows(a.y_stride, a.y_class_stride, result);
  a.k_hot = of.rows(a.k_hot_stride, a.k_hot_class_stride, result);
}
inline void fill(input& in, arrays& of, gumbelcuda_relaxed_k_hot_vjp_args& a) {
  a.k = in.once_in(2) ? 1 + in.byte() % 4 : in.number(70);
  fill_backward(in, of, a);
}

// Of rows that every call needs: the strides that are looked at first, or at least before any element.
struct strides {
  std::uint64_t row, of_class;
};
template <class Args>
strides first_strides(const Args& a) {
  if constexpr (requires { a.out_stride; })
    return {a.out_stride, a.out_class_stride};
  else if constexpr (requires { a.probabilities_stride; })
    return {a.probabilities_stride, a.probabilities_class_stride};
  else if constexpr (requires { a.d_y_stride; })
    return a.y ? strides{a.y_stride, a.y_class_stride} : strides{a.logits_stride, a.logits_class_stride};
  else if constexpr (requires { a.p_logits_stride; })
    return {a.p_logits_stride, a.p_logits_class_stride};
  else if constexpr (requires { a.d_sample_stride; })
    return {a.d_sample_stride, a.d_sample_class_stride};
  else if constexpr (requires { a.sample_stride; })
    return {a.sample_stride, a.sample_class_stride};
  else if constexpr (requires { a.law; })
    return {a.value_stride, a.value_class_stride};
  else
    return {a.logits_stride, a.logits_class_stride};
}

// That arguments are refused together that are good alone.
template <class Args>
bool contradicts_itself(const Args& a) {
  if constexpr (requires { a.gumbel_out; })
    return a.rows > 0 && a.gumbel_out && (a.gumbel || a.gumbel_out == a.y || a.gumbel_out == a.one_hot);
  else
    return false;
}

// That the sizes alone are refused, before an element is looked at.
template <class Args>
bool sizes_are_refused(const Args& a) {
  const std::uint64_t most = 1ull << 62;
  if constexpr (!requires { a.rows; }) {
    return false;
  } else if constexpr (requires { a.shards; }) {
    return a.rows > 0 && a.shards > 0 && saturating_product(a.rows, a.shards) > most / sizeof *a.partial;
  } else {
    if (a.classes > 1ull << 59) return true;
    if (a.rows == 0) return false;
    if constexpr (requires { a.partial; })
      if (a.rows > most / sizeof *a.partial) return true;
    if constexpr (requires { a.draws; })
      if (a.classes > 0 && a.draws > most / 8 / a.rows) return true;
    if constexpr (requires { a.k; })
      if (a.k > a.classes && (a.classes == 0 || !std::is_same_v<Args, gumbelcuda_relaxed_k_hot_vjp_args>)) return true;
    if (a.classes == 0) return false;
    strides s = first_strides(a);
    if (s.of_class == 0) s.of_class = 1;
    if (saturating_product(s.of_class, a.classes) > most) return true;
    if (s.row == GUMBELCUDA_REPEATED_ROW) return false;
    if (s.row == 0) s.row = a.classes * s.of_class;
    return saturating_product(s.row, a.rows) > most ||
           (s.row <= (a.classes - 1) * s.of_class && s.of_class <= (a.rows - 1) * s.row);
  }
}

// `draws`: a word a class, in each of its draws or samples.
template <class Args>
std::uint64_t words(const Args& a, bool draws) {
  if (!draws) return 0;
  if constexpr (requires { a.row_classes; })
    return (a.row_classes + 3) / 4 * 4;
  else if constexpr (requires { a.draws; })
    return a.draws * ((a.classes + 3) / 4 * 4);
  else if constexpr (requires { a.samples; })
    return std::uint64_t(a.samples) * ((a.classes + 3) / 4 * 4);
  else if constexpr (requires { a.gumbel; })
    return a.gumbel ? 0 : (a.classes + 3) / 4 * 4;
  else if constexpr (requires { a.classes; })
    return (a.classes + 3) / 4 * 4;
  else
    return 0;
}

}  // namespace gumbelcuda::testing_c
