// SPDX-License-Identifier: Apache-2.0
// Where the Gumbels of a row come from: they are drawn as they are needed, or given in memory. Which of the two is a type
// and no branch, so that a thread which draws keeps no pointer in a register.
#pragma once

#include "gumbelcuda/rows/noise.hpp"
#include "gumbelcuda/rows/tasks.hpp"

GUMBELCUDA_MATH_BEGIN

GUMBELCUDA_INLINE row_noise noise_of_row(const noise_address& noise, std::uint64_t row) {
  const std::uint64_t words = noise.offset + (noise.device_offset ? *noise.device_offset : 0);
  return {{noise.seed, noise.first_row + row}, words / quad_size};
}

struct drawn_gumbels {
  row_noise noise;
  template <class Task>
  GUMBELCUDA_INLINE drawn_gumbels(const Task& task, std::uint64_t row) : noise(noise_of_row(task.noise, row)) {}
  template <class V>
  GUMBELCUDA_INLINE void read(std::uint64_t quad, V* g) const {
    quad_gumbels(noise, quad, g);
  }
};
// Memory: see operations.hpp.
template <class Memory>
struct given_gumbels {
  Memory memory;
  template <class Task>
  GUMBELCUDA_INLINE given_gumbels(const Task& task, std::uint64_t row) : memory(task.classes) {
    memory.open(task.gumbel, row);
  }
  template <class V>
  GUMBELCUDA_INLINE void read(std::uint64_t quad, V* g) const {
    memory.read(quad, V(0), g);
  }
};

// Reads logits + g of a part's quad.
template <class V, class Gumbels, class Part, class Memory>
GUMBELCUDA_INLINE auto scores_of_row(const Gumbels& gumbels, const Part& part, const Memory& memory) {
  return [&, gumbels](std::int64_t n, V* z) {
    V g[quad_size];
    gumbels.read(part.quad(n), g);
    memory.read(part.quad(n), V(-INFINITY), z);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) z[j] = z[j] + g[j];
  };
}

GUMBELCUDA_MATH_END
