// SPDX-License-Identifier: Apache-2.0
// For fuzz_arguments.cpp: fills in the structs of gumbelcuda/c/gumbel.h, categorical_sample.h, gumbel_top_k.h,
// sharded.h and relaxed_k_hot.h; says which sizes must be refused, and by how many words a successful call moves the
// offset.
#pragma once

#include <cstring>

#include "tests/c_api/fuzz_memory.hpp"

namespace gumbelcuda::testing_c {

inline constexpr bool result = true, source = false;

inline std::uint64_t one_or(std::uint64_t rows, bool per_row) { return per_row ? rows : 1; }

// Mostly the values of value(byte), and sometimes random bytes.
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
// The offset of an earlier call, for its noise.
inline std::uint64_t offset(input& in) { return in.once_in(8) ? in.word() : 4 * in.byte(); }
template <class Noise>
void fill_noise(input& in, arrays& of, Noise& noise, std::uint64_t rows) {
  if constexpr (requires { noise.offset; }) noise.offset = offset(in);
  if (in.once_in(4)) noise.row_seed = static_cast<std::uint64_t*>(of.vector(rows, 8, source));
  if (in.once_in(4)) noise.row_offset = mostly<std::uint64_t>(in, of, rows, [](unsigned byte) { return 4 * byte; });
}
inline int samples(input& in) { return in.once_in(16) ? int(in.byte()) - 128 : 1 + int(in.byte() % 5); }
inline std::int64_t* index(arrays& of, std::uint64_t count) {
  return static_cast<std::int64_t*>(of.vector(count, 8, result));
}
// Indices of either size, seldom neither.
template <class Args>
void fill_indices(input& in, arrays& of, Args& a, std::uint64_t count) {
  if (!in.once_in(4)) a.index = index(of, count);
  if (in.once_in(a.index ? 4 : 2)) a.index_int32 = static_cast<std::int32_t*>(of.vector(count, 4, result));
}
inline std::uint8_t* status(arrays& of, std::uint64_t rows) {
  return static_cast<std::uint8_t*>(of.vector(rows, 1, result));
}

inline void fill(input&, arrays& of, gumbelcuda_gumbel_noise_args& a) { of.rows(a.out); }
inline void fill(input& in, arrays& of, gumbelcuda_gumbel_max_args& a) {
  of.rows(a.logits);
  fill_indices(in, of, a, a.rows);
  a.log_prob = of.vector(a.rows, of.computed_size(), result);
  a.status = status(of, a.rows);
}
inline void fill(input& in, arrays& of, gumbelcuda_gumbel_softmax_args& a) {
  of.rows(a.logits);
  a.temperature = temperature(in, of, a.flags, a.rows);
  of.rows(a.y);
  of.rows(a.one_hot);
  a.index = index(of, a.rows);
  if (in.once_in(4)) of.rows(a.gumbel);
  if (in.once_in(a.gumbel.data ? 16 : 3)) of.rows(a.gumbel_out);
  if (a.gumbel_out.data && in.once_in(16)) a.gumbel_out.data = in.once_in(2) ? a.y.data : a.one_hot.data;
}
// The members that the backward passes of all relaxed samples share.
template <class Args>
void fill_backward(input& in, arrays& of, Args& a) {
  if (in.once_in(2)) of.rows(a.y);
  of.rows(a.logits);
  a.temperature = temperature(in, of, a.flags, a.rows);
  of.rows(a.d_y);
  of.rows(a.d_logits);
  a.d_temperature = of.vector(a.rows, of.computed_size(), result);
}
inline void fill(input& in, arrays& of, gumbelcuda_gumbel_softmax_vjp_args& a) {
  fill_backward(in, of, a);
  if (in.once_in(4)) of.rows(a.gumbel);
}
template <class Args>
void fill_draws(input& in, arrays& of, Args& a) {
  a.draws = in.number(4);
  fill_indices(in, of, a, saturating_product(a.rows, a.draws));
  a.log_prob = of.vector(saturating_product(a.rows, a.draws), of.computed_size(), result);
  a.status = status(of, a.rows);
}
inline void fill(input& in, arrays& of, gumbelcuda_categorical_sample_args& a) {
  of.rows(a.logits);
  if (!in.once_in(3)) a.temperature = temperature(in, of, a.flags, a.rows);
  const std::uint64_t top_ks = one_or(a.rows, a.flags & GUMBELCUDA_TOP_K_PER_ROW);
  if (!in.once_in(3)) a.top_k = mostly<std::uint32_t>(in, of, top_ks, [](unsigned byte) { return byte % 16; });
  a.top_p = share(in, of, one_or(a.rows, a.flags & GUMBELCUDA_TOP_P_PER_ROW));
  a.min_p = share(in, of, one_or(a.rows, a.flags & GUMBELCUDA_MIN_P_PER_ROW));
  fill_draws(in, of, a);
}
inline void fill(input& in, arrays& of, gumbelcuda_categorical_sample_from_probabilities_args& a) {
  of.rows(a.probabilities);
  fill_draws(in, of, a);
}
inline void fill(input& in, arrays& of, gumbelcuda_gumbel_top_k_args& a) {
  of.rows(a.logits);
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
  of.rows(a.logits);
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
  of.rows(a.logits);
  a.k = in.once_in(2) ? 1 + in.byte() % 4 : in.number(70);
  a.temperature = temperature(in, of, a.flags, a.rows);
  of.rows(a.y);
  of.rows(a.k_hot);
}
inline void fill(input& in, arrays& of, gumbelcuda_relaxed_k_hot_vjp_args& a) {
  a.k = in.once_in(2) ? 1 + in.byte() % 4 : in.number(70);
  fill_backward(in, of, a);
}

// Strides of the rows that every call needs, which the library checks first, or at least before it reads any element.
struct strides {
  template <class Rows>
  explicit strides(const Rows& rows) : row(rows.row_stride), of_class(rows.class_stride) {}
  std::uint64_t row, of_class;
};
template <class Args>
strides first_strides(const Args& a) {
  if constexpr (requires { a.out; })
    return strides(a.out);
  else if constexpr (requires { a.probabilities; })
    return strides(a.probabilities);
  else if constexpr (requires { a.d_y; })
    return a.y.data ? strides(a.y) : strides(a.logits);
  else if constexpr (requires { a.p_logits; })
    return strides(a.p_logits);
  else if constexpr (requires { a.d_sample; })
    return strides(a.d_sample);
  else if constexpr (requires { a.sample; })
    return strides(a.sample);
  else if constexpr (requires { a.law; })
    return strides(a.value);
  else
    return strides(a.logits);
}

// Whether arguments that are valid alone must be refused together.
template <class Args>
bool contradicts_itself(const Args& a) {
  if constexpr (requires { a.gumbel_out; })
    return a.rows > 0 && a.gumbel_out.data &&
           (a.gumbel.data || a.gumbel_out.data == a.y.data || a.gumbel_out.data == a.one_hot.data);
  else
    return false;
}

// Whether the sizes alone must be refused, before any element is read.
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
    if constexpr (requires { a.draws; }) {
      const bool wide = a.index || (a.log_prob && a.type == GUMBELCUDA_FLOAT64);
      if (a.classes > 0 && a.draws > most / (wide ? 8 : 4) / a.rows) return true;
    }
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

// If `draws`: one word for each class, in each of the call's draws or samples.
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
    return a.gumbel.data ? 0 : (a.classes + 3) / 4 * 4;
  else if constexpr (requires { a.classes; })
    return (a.classes + 3) / 4 * 4;
  else
    return 0;
}

}  // namespace gumbelcuda::testing_c
