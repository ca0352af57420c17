// SPDX-License-Identifier: Apache-2.0
// The operations on rows on one instruction set, a whole row at a time: the definition that kernels/ must equal bit
// for bit. Included once by each file host/cpu/targets/rows_<name>.cpp, see train.inl.
#include <algorithm>
#include <iterator>
#include <type_traits>

#include "gumbelcuda/rows/categorical_sample.hpp"
#include "gumbelcuda/rows/concrete.hpp"
#include "gumbelcuda/rows/concrete_kl.hpp"
#include "gumbelcuda/rows/gumbel_max_shard.hpp"
#include "gumbelcuda/rows/gumbel_rao.hpp"
#include "gumbelcuda/rows/kl_divergence.hpp"
#include "gumbelcuda/rows/operations.hpp"
#include "gumbelcuda/rows/relaxed_bernoulli.hpp"
#include "gumbelcuda/rows/relaxed_k_hot.hpp"
#include "gumbelcuda/rows/reparameterized.hpp"
#include "gumbelcuda/rows/with_stored.hpp"
#include "host/cpu/row_operations.hpp"
#include "host/cpu/top_k_rows.hpp"

GUMBELCUDA_MATH_BEGIN

template <class Stored>
using part_of = typename row_walk<Stored>::part;
template <class Stored>
using memory_of = typename row_walk<Stored>::memory;
template <class Stored>
using value_of = typename memory_of<Stored>::V;

// Calls body(type_identity<Gumbels>{}) with where a task has its Gumbels from.
template <class Stored, class Task, class Body>
inline void with_gumbels(const Task& task, Body body) {
  if (task.gumbel.data)
    body(std::type_identity<given_gumbels<memory_of<Stored>>>{});
  else
    body(std::type_identity<drawn_gumbels>{});
}

template <class Stored>
std::size_t scratch_bytes_of(std::uint64_t classes) {
  const part_of<Stored> part(classes);
  return std::size_t(2 * part.quads() + part.slot_quads) * quad_size * sizeof(value_of<Stored>);
}
inline std::size_t row_scratch_bytes(std::uint64_t classes) {
  const std::size_t bytes[] = {scratch_bytes_of<float>(classes), scratch_bytes_of<double>(classes),
                               std::size_t(classes) * sizeof(ranked_class<double>)};
  return *std::max_element(std::begin(bytes), std::end(bytes));
}

// Two values a class and the slots of a sum.
template <class V>
struct row_scratch {
  quads_in_memory<V> first, second;
  V* slots;
  template <class Part>
  row_scratch(void* memory, const Part& part) {
    first.values = static_cast<V*>(memory);
    second.values = first.values + part.quads() * quad_size;
    slots = second.values + part.quads() * quad_size;
  }
};

inline void run_rows(const gumbel_noise_task& task, std::uint64_t first, std::uint64_t last, void*) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const std::uint64_t row_quads = (task.classes + quad_size - 1) / quad_size;
    mutable_rows out = task.out;
    out.row_stride = row_stride_of(out, task.classes);  // also where `memory` below has fewer classes
    std::uint64_t row = first / row_quads, quad = first % row_quads;
    for (std::uint64_t done = first; done < last; ++row, quad = 0) {
      const std::uint64_t end = row_quads - quad < last - done ? row_quads : quad + (last - done);
      done += end - quad;
      const row_noise noise = noise_of_row(task.noise, row);
      // What comes after `end` is another thread's.
      memory_of<Stored> memory(end < row_quads ? end * quad_size : task.classes);
      memory.create(out, row);
      gumbel_noise_of_quads<Stored>(noise, quad, end, memory);
    }
  });
}

inline void run_rows(const gumbel_max_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    const row_scratch<value_of<Stored>> room(scratch, part);
    for (std::uint64_t row = first; row < last; ++row) gumbel_max_of_row<Stored>(task, row, part, memory, room.slots);
  });
}

inline void run_rows(const gumbel_softmax_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    row_scratch<value_of<Stored>> room(scratch, part);
    with_gumbels<Stored>(task, [&](auto gumbels) {
      for (std::uint64_t row = first; row < last; ++row)
        gumbel_softmax_of_row<Stored, typename decltype(gumbels)::type>(task, row, part, memory, room.first,
                                                                        room.slots);
    });
  });
  const std::uint64_t row_quads = (task.classes + quad_size - 1) / quad_size;
  if (task.gumbel_out.data) run_rows(noise_of(task), first * row_quads, last * row_quads, scratch);
}

inline void run_rows(const gumbel_softmax_vjp_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> y_memory(task.classes), d_memory(task.classes);
    row_scratch<value_of<Stored>> room(scratch, part);
    with_gumbels<Stored>(task, [&](auto gumbels) {
      for (std::uint64_t row = first; row < last; ++row)
        gumbel_softmax_vjp_of_row<Stored, typename decltype(gumbels)::type>(task, row, part, y_memory, d_memory,
                                                                            room.first, room.second, room.slots);
    });
  });
}

// The best classes of a row lie at the start of the scratch, where all else will be: they are done with before.

inline void run_rows(const gumbel_top_k_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    const row_scratch<value_of<Stored>> room(scratch, part);
    for (std::uint64_t row = first; row < last; ++row)
      gumbel_top_k_of_row<Stored>(task, row, part, memory, room.slots, scratch);
  });
}

inline void run_rows(const relaxed_k_hot_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    row_scratch<value_of<Stored>> room(scratch, part);
    for (std::uint64_t row = first; row < last; ++row) {
      memory.open(task.logits, row);
      const auto sample = k_hot_sample_in_one_sweep<Stored>(task, row, part, memory, scratch);
      relaxed_k_hot_of_row<Stored>(task, row, part, memory, room.first, room.slots, sample);
    }
  });
}

inline void run_rows(const relaxed_k_hot_vjp_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> y_memory(task.classes), d_memory(task.classes);
    row_scratch<value_of<Stored>> room(scratch, part);
    for (std::uint64_t row = first; row < last; ++row) {
      y_memory.open(task.y.data ? task.y : task.logits, row);
      sample_end<computed_of<Stored>> sample{};
      if (!task.y.data) sample = k_hot_sample_in_one_sweep<Stored>(task, row, part, y_memory, scratch);
      relaxed_k_hot_vjp_of_row<Stored>(task, row, part, y_memory, d_memory, room.first, room.slots, sample);
    }
  });
}

inline void run_rows(const gumbel_max_shard_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    const row_scratch<value_of<Stored>> room(scratch, part);
    for (std::uint64_t row = first; row < last; ++row)
      gumbel_max_shard_of_row<Stored>(task, row, part, memory, room.slots);
  });
}

inline void run_rows(const combine_gumbel_max_task& task, std::uint64_t first, std::uint64_t last, void*) {
  with_stored(task.type, [&](auto stored) {
    for (std::uint64_t row = first; row < last; ++row) combine_row<computed_of<decltype(stored)>>(task, row);
  });
}

inline void run_rows(const categorical_sample_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    const whole_row by_class(task.classes);
    memory_of<Stored> memory(task.classes);
    const row_scratch<value_of<Stored>> room(scratch, part);
    for (std::uint64_t group = first; group < last; ++group)
      if (has_filters(task))
        categorical_sample_of_row<Stored, true>(task, {task, group}, part, by_class, memory, room.slots);
      else
        categorical_sample_of_row<Stored, false>(task, {task, group}, part, by_class, memory, room.slots);
  });
}

inline void run_rows(const categorical_sample_from_probabilities_task& task, std::uint64_t first, std::uint64_t last,
                     void* scratch) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> memory(task.classes);
    const row_scratch<value_of<Stored>> room(scratch, part);
    for (std::uint64_t group = first; group < last; ++group)
      categorical_sample_of_row<Stored>(task, {task, group}, part, memory, room.slots);
  });
}

// Any other task: its run_row() (include/gumbelcuda/rows/), row by row.
template <class Task>
inline void run_rows(const Task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const whole_row part(task.classes);
    const row_scratch<computed_of<Stored>> room(scratch, part);
    for (std::uint64_t row = first; row < last; ++row) run_row<Stored>(task, row, part, room.slots);
  });
}

template <class... Tasks>
constexpr std::tuple<row_function<Tasks>...> functions_of(std::tuple<row_function<Tasks>...>) {
  return {static_cast<row_function<Tasks>>(run_rows)...};
}

inline constexpr cpu_row_operations row_operations = {row_scratch_bytes, functions_of(row_functions{})};

GUMBELCUDA_MATH_END
