// SPDX-License-Identifier: Apache-2.0
// Relaxed samples and their gradients.
#include <type_traits>

#include "gumbelcuda/detail/rows/relaxed_k_hot.hpp"
#include "host/cpu/rows/row_functions.hpp"
#include "host/cpu/rows/top_k_rows.hpp"

GUMBELCUDA_MATH_BEGIN

extern template struct row_function_of<gumbel_noise_task>;  // rows_draws.cpp

// Calls body(type_identity<Gumbels>{}) with the source of the task's Gumbels: supplied by the caller, or drawn.
template <class Stored, class Task, class Body>
inline void with_gumbels(const Task& task, Body body) {
  if (task.gumbel.data)
    body(std::type_identity<supplied_gumbels<memory_of<Stored>>>{});
  else
    body(std::type_identity<drawn_gumbels>{});
}

inline void run_rows(const gumbel_softmax_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    row_scratch<value_of<Stored>> buffer(scratch, part);
    with_gumbels<Stored>(task, [&](auto gumbels) {
      using Gumbels = typename decltype(gumbels)::type;
      for (std::uint64_t row = first; row < last; ++row)
        gumbel_softmax_of_row<Stored, Gumbels>(task, row, part, memory, buffer.first, buffer.slots);
    });
  });
  const std::uint64_t row_quads = (task.classes + quad_size - 1) / quad_size;
  if (task.gumbel_out.data)
    row_function_of<gumbel_noise_task>::run(gumbel_out_task(task), first * row_quads, last * row_quads, scratch);
}

inline void run_rows(const gumbel_softmax_vjp_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> y_memory(task.classes), d_memory(task.classes);
    row_scratch<value_of<Stored>> buffer(scratch, part);
    with_gumbels<Stored>(task, [&](auto gumbels) {
      using Gumbels = typename decltype(gumbels)::type;
      for (std::uint64_t row = first; row < last; ++row)
        gumbel_softmax_vjp_of_row<Stored, Gumbels>(task, row, part, y_memory, d_memory, buffer.first, buffer.second,
                                                   buffer.slots);
    });
  });
}

inline void run_rows(const relaxed_k_hot_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    row_scratch<value_of<Stored>> buffer(scratch, part);
    for (std::uint64_t row = first; row < last; ++row) {
      memory.open(task.logits, row);
      const auto sample = k_hot_sample_in_one_sweep<Stored>(task, row, part, memory, scratch);
      relaxed_k_hot_of_row<Stored>(task, row, part, memory, buffer.first, buffer.slots, sample);
    }
  });
}

inline void run_rows(const relaxed_k_hot_vjp_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> y_memory(task.classes), d_memory(task.classes);
    row_scratch<value_of<Stored>> buffer(scratch, part);
    for (std::uint64_t row = first; row < last; ++row) {
      y_memory.open(task.y.data ? task.y : task.logits, row);
      sample_end<computed_of<Stored>> sample{};
      if (!task.y.data) sample = k_hot_sample_in_one_sweep<Stored>(task, row, part, y_memory, scratch);
      relaxed_k_hot_vjp_of_row<Stored>(task, row, part, y_memory, d_memory, buffer.first, buffer.slots, sample);
    }
  });
}

template struct row_function_of<gumbel_softmax_task>;
template struct row_function_of<gumbel_softmax_vjp_task>;
template struct row_function_of<relaxed_k_hot_task>;
template struct row_function_of<relaxed_k_hot_vjp_task>;

GUMBELCUDA_MATH_END
