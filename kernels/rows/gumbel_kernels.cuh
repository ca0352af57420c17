// SPDX-License-Identifier: Apache-2.0
// Gumbel-max, Gumbel-softmax and its gradient, one kernel each: which thread works on which part of which row.
// detail/rows/gumbel.hpp does the rest.
#pragma once

#include <type_traits>

#include "kernels/rows/grid.cuh"
#include "kernels/rows/noise_kernel.cuh"
#include "kernels/rows/plan.cuh"

namespace gumbelcuda {

namespace detail {

// A cache in the launch's dynamic shared memory. A thread reads what it wrote itself; neighbouring threads have
// neighbouring numbers.
template <class V, int Threads>
struct quads_in_shared {
  static constexpr bool keeps = true;
  __device__ static std::size_t place(std::int64_t n, int j) {
    return std::size_t(quad_size * n + j) * Threads + threadIdx.x;
  }
  __device__ void set(std::int64_t n, const V* x) {
    const shared_pointer<V> values = dynamic_shared<V>();
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) values[place(n, j)] = x[j];
  }
  __device__ void get(std::int64_t n, V* x) const {
    const shared_pointer<V> values = dynamic_shared<V>();
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      const V value = values[place(n, j)];
      x[j] = value;
    }
  }
};

template <class Stored, class Plan, class V = computed_of<Stored>>
using cache_of = std::conditional_t<
    Plan::kept_in_shared, quads_in_shared<V, Plan::part::threads>,
    std::conditional_t<Plan::part::is_looped, uncached_quads, quads_in_registers<V, Plan::part::quads_each>>>;

// Where d_y is kept between sweeps. In shared memory y alone is: d_y need not be computed, only read again.
template <class Stored, class Plan>
using gradient_cache_of = std::conditional_t<Plan::part::is_looped, uncached_quads, cache_of<Stored, Plan>>;

template <class Stored, class Plan>
using memory_of = direct_memory<Stored, Plan::strided_classes,
                                std::conditional_t<Plan::part::is_looped, std::uint64_t, std::uint32_t>>;

// Calls body(first, second) with two memories for row `number`. They may be the same one: the first is no longer used
// when the second is opened.
template <class Stored, class Plan, class Body>
__device__ void with_memory(std::uint64_t rows, std::uint64_t classes, std::uint64_t number, Body body) {
  if constexpr (Plan::staged) {
    using memory = staged_memory<Stored, Plan::part::quads_each>;
    GUMBELCUDA_SHARED(computed_of<Stored>, memory::numbers_per_warp * (Plan::block / warp_size), buffer);
    const std::uint64_t first = number - number % warp_size;
    if (first >= rows) return;
    const std::uint64_t left = rows - first;
    memory of_warp(classes, first, left < warp_size ? int(left) : warp_size,
                   &buffer[int(threadIdx.x) / warp_size * memory::numbers_per_warp]);
    body(of_warp, of_warp);
  } else {
    // Of a row that does not exist nothing is read or written.
    const std::uint64_t present = Plan::part::is_looped || number < rows ? classes : 0;
    memory_of<Stored, Plan> first(present), second(present);
    body(first, second);
  }
}

}  // namespace detail

// Blocks per multiprocessor, if not for ptxas to choose. A cluster's blocks have one each.
template <class Plan>
inline constexpr int search_blocks = Plan::blocks_of_row > 1 ? 1 : 0;

template <class Stored, class Plan>
__global__ void __launch_bounds__(Plan::block, search_blocks<Plan>) gumbel_max_kernel(gumbel_max_task task) {
  detail::for_each_row<Plan>(task.rows, task.classes, [&](std::uint64_t row, const auto& part, std::uint64_t) {
    direct_memory<Stored, Plan::strided_classes> memory(task.classes);
    computed_of<Stored> slots[quad_size * Plan::part::quads_each];
    gumbel_max_of_row<Stored>(task, row, part, memory, slots);
  });
}

// Gumbels: see detail/rows/gumbels.hpp.
template <class Stored, class Gumbels, class Plan>
__global__ void __launch_bounds__(Plan::block, Plan::blocks_at_once) gumbel_softmax_kernel(gumbel_softmax_task task) {
  detail::for_each_row<Plan>(task.rows, task.classes, [&](std::uint64_t row, const auto& part, std::uint64_t number) {
    detail::with_memory<Stored, Plan>(task.rows, task.classes, number, [&](auto& memory, auto&) {
      detail::cache_of<Stored, Plan> cache;
      computed_of<Stored> slots[quad_size * Plan::part::quads_each];
      gumbel_softmax_of_row<Stored, Gumbels>(task, row, part, memory, cache, slots);
    });
  });
}

template <class Stored, class Gumbels, class Plan>
__global__ void __launch_bounds__(Plan::block, Plan::blocks_at_once)
    gumbel_softmax_vjp_kernel(gumbel_softmax_vjp_task task) {
  detail::for_each_row<Plan>(task.rows, task.classes, [&](std::uint64_t row, const auto& part, std::uint64_t number) {
    detail::with_memory<Stored, Plan>(task.rows, task.classes, number, [&](auto& y_memory, auto& d_memory) {
      detail::cache_of<Stored, Plan> y_cache;
      detail::gradient_cache_of<Stored, Plan> d_cache;
      computed_of<Stored> slots[quad_size * Plan::part::quads_each];
      gumbel_softmax_vjp_of_row<Stored, Gumbels>(task, row, part, y_memory, d_memory, y_cache, d_cache, slots);
    });
  });
}

}  // namespace gumbelcuda
