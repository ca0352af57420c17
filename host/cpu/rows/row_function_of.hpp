// SPDX-License-Identifier: Apache-2.0
// The functions of the operations on rows on the instruction set being compiled. The linker finds the file with each.
#pragma once

#include "host/cpu/rows/row_operations.hpp"
#include "host/cpu/targets/isa.hpp"

GUMBELCUDA_MATH_BEGIN

// Whether a task is faster on a wider instruction set. Others use the narrower one's code: rows_by_class.cpp.
template <class Task>
inline constexpr bool gains_by_width = false;
template <>
inline constexpr bool gains_by_width<gumbel_noise_task> = true;
template <>
inline constexpr bool gains_by_width<gumbel_max_task> = true;
template <>
inline constexpr bool gains_by_width<gumbel_softmax_task> = true;
template <>
inline constexpr bool gains_by_width<gumbel_softmax_vjp_task> = true;
template <>
inline constexpr bool gains_by_width<gumbel_top_k_task> = true;
template <>
inline constexpr bool gains_by_width<relaxed_k_hot_task> = true;
template <>
inline constexpr bool gains_by_width<relaxed_k_hot_vjp_task> = true;
template <>
inline constexpr bool gains_by_width<gumbel_max_shard_task> = true;
template <>
inline constexpr bool gains_by_width<categorical_sample_task> = true;
template <>
inline constexpr bool gains_by_width<categorical_sample_from_probabilities_task> = true;
template <>
inline constexpr bool gains_by_width<kl_divergence_task> = true;
template <>
inline constexpr bool gains_by_width<conditional_gumbel_task> = true;

// The function of one task, in the file that instantiates it.
template <class Task>
struct row_function_of {
  static void run(const Task& task, std::uint64_t first, std::uint64_t last, void* scratch);
};

GUMBELCUDA_MATH_END
