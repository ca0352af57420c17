// SPDX-License-Identifier: Apache-2.0
// Noise, and draws from rows.
#include "gumbelcuda/detail/rows/categorical_sample.hpp"
#include "gumbelcuda/detail/rows/sharded.hpp"
#include "host/cpu/rows/row_functions.hpp"
#include "host/cpu/rows/top_k_rows.hpp"

GUMBELCUDA_MATH_BEGIN

inline void run_rows(const gumbel_noise_task& task, std::uint64_t first, std::uint64_t last, void*) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const std::uint64_t row_quads = (task.classes + quad_size - 1) / quad_size;
    mutable_rows out = task.out;
    out.row_stride = row_stride_of(out, task.classes);  // also where `memory` below has fewer classes
    std::uint64_t row = first / row_quads, quad = first % row_quads;
    for (std::uint64_t done = first; done < last; ++row, quad = 0) {
      const std::uint64_t end = row_quads - quad < last - done ? row_quads : quad + (last - done);
      done += end - quad;
      const row_noise noise = noise_of_row(task.noise, row);
      // What follows `end` belongs to another thread.
      memory_of<Stored> memory(end < row_quads ? end * quad_size : task.classes);
      memory.create(out, row);
      gumbel_noise_of_quads<Stored>(noise, quad, end, memory);
    }
  });
}

inline void run_rows(const gumbel_max_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    const row_scratch<value_of<Stored>> buffer(scratch, part);
    for (std::uint64_t row = first; row < last; ++row) gumbel_max_of_row<Stored>(task, row, part, memory, buffer.slots);
  });
}

inline void run_rows(const gumbel_top_k_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    const row_scratch<value_of<Stored>> buffer(scratch, part);
    for (std::uint64_t row = first; row < last; ++row)
      gumbel_top_k_of_row<Stored>(task, row, part, memory, buffer.slots, scratch);
  });
}

inline void run_rows(const gumbel_max_shard_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    const row_scratch<value_of<Stored>> buffer(scratch, part);
    for (std::uint64_t row = first; row < last; ++row)
      gumbel_max_shard_of_row<Stored>(task, row, part, memory, buffer.slots);
  });
}

inline void run_rows(const categorical_sample_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    const row_scratch<value_of<Stored>> buffer(scratch, part);
    for (std::uint64_t group = first; group < last; ++group)
      if (has_filters(task))
        categorical_sample_of_row<Stored, true>(task, {task, group}, part, memory, buffer.slots);
      else
        categorical_sample_of_row<Stored, false>(task, {task, group}, part, memory, buffer.slots);
  });
}

inline void run_rows(const categorical_sample_from_probabilities_task& task, std::uint64_t first, std::uint64_t last,
                     void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    const row_scratch<value_of<Stored>> buffer(scratch, part);
    for (std::uint64_t group = first; group < last; ++group)
      categorical_sample_of_row<Stored>(task, {task, group}, part, memory, buffer.slots);
  });
}

template struct row_function_of<gumbel_noise_task>;
template struct row_function_of<gumbel_max_task>;
template struct row_function_of<gumbel_top_k_task>;
template struct row_function_of<gumbel_max_shard_task>;
template struct row_function_of<categorical_sample_task>;
template struct row_function_of<categorical_sample_from_probabilities_task>;

GUMBELCUDA_MATH_END
