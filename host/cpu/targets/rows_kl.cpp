// SPDX-License-Identifier: Apache-2.0
// KL divergence, and Gumbels given their argmax. The latter are computed class by class, but are faster with the
// registers of a wider instruction set.
#include "gumbelcuda/detail/rows/gumbel_rao.hpp"
#include "gumbelcuda/detail/rows/kl_divergence.hpp"
#include "host/cpu/rows/row_functions.hpp"

GUMBELCUDA_MATH_BEGIN

inline void run_rows(const kl_divergence_task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const part_of<Stored> part(task.classes);
    memory_of<Stored> p_memory(task.classes), q_memory(task.classes);
    row_scratch<value_of<Stored>> buffer(scratch, part);
    for (std::uint64_t row = first; row < last; ++row)
      kl_divergence_of_row<Stored>(task, row, part, p_memory, q_memory, buffer.first, buffer.second, buffer.slots);
  });
}

template struct row_function_of<kl_divergence_task>;
template struct row_function_of<conditional_gumbel_task>;

GUMBELCUDA_MATH_END
