// SPDX-License-Identifier: Apache-2.0
// The kernel that writes noise, and how its threads share the quads of all rows. Each thread takes several quads at
// equal distances, so that it divides once and then adds. Neighbouring threads have neighbouring quads.
#pragma once

#include <algorithm>

#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "kernels/simt.cuh"

namespace gumbelcuda {

inline constexpr int noise_block = 256, noise_quads_per_thread = 16;

// Which quads a thread takes: the same of several rows where there are more rows than quads, several of one row where
// there are fewer. Either row_step or quad_step is 0.
struct noise_walk {
  std::uint64_t row_quads, threads_a_row, rows_at_once, row_step, quad_step;

  noise_walk(std::uint64_t rows, std::uint64_t classes) : row_quads((classes + quad_size - 1) / quad_size) {
    // In whole warps, and enough for a block.
    const auto shared = [](std::uint64_t count, std::uint64_t least) {
      constexpr std::uint64_t of_warp = warp_size * noise_quads_per_thread;
      const std::uint64_t threads = (count + of_warp - 1) / of_warp * warp_size;
      return std::min(count, std::max(threads, least));
    };
    const bool several_rows = rows >= row_quads;
    threads_a_row = several_rows ? row_quads : shared(row_quads, noise_block);
    rows_at_once = several_rows ? shared(rows, (noise_block + row_quads - 1) / row_quads) : rows;
    row_step = several_rows ? rows_at_once : 0;
    quad_step = several_rows ? 0 : threads_a_row;
  }
  std::uint64_t threads() const { return rows_at_once * threads_a_row; }
};

template <bool Seeded>
struct noise_part {
  static constexpr bool shared_noise = !Seeded;
};

template <class Stored, bool Seeded>
__global__ void __launch_bounds__(noise_block) gumbel_noise_kernel(gumbel_noise_task task, noise_walk walk) {
  using V = computed_of<Stored>;
  const std::uint64_t thread = std::uint64_t(blockIdx.x) * noise_block + threadIdx.x;
  std::uint64_t row = thread / walk.threads_a_row, quad = thread % walk.threads_a_row;
  if (row >= walk.rows_at_once) return;
  // Read once: for all that the compiler knows, what is written could be the offset.
  noise_address address = task.noise;
  if (address.device_offset) address.offset += *address.device_offset;
  address.device_offset = nullptr;

  int left = int(walk.row_step ? (task.rows - row + walk.row_step - 1) / walk.row_step
                               : (walk.row_quads - quad + walk.quad_step - 1) / walk.quad_step);
  direct_memory<Stored> memory(task.classes);
  memory.create(task.out, row);
  // The last `careful` of the quads are stored class by class, or have a stream of their own.
  const std::uint64_t last_quad = quad + std::uint64_t(left - 1) * walk.quad_step;
  const std::uint64_t row_stride = row_stride_of(task.out, task.classes);
  const bool steady = !Seeded && row_stride * walk.row_step % quad_size == 0;
  const int careful = !steady || quad >= memory.whole_quads_to_write() ? left
                      : last_quad >= memory.whole_quads_to_write()     ? 1
                                                                       : 0;
  char* to = reinterpret_cast<char*>(memory.place(quad));
  const std::uint64_t to_step = (row_stride * walk.row_step + quad_size * walk.quad_step) * sizeof(Stored);
  row_noise noise = noise_of_row(noise_part<Seeded>{}, address, row);
  const auto advance = [&] {
    --left;
    quad += walk.quad_step;
    to += to_step;
    if constexpr (Seeded)
      row += walk.row_step;
    else
      noise.stream.row += walk.row_step;
  };
  while (left > 0) {
    GUMBELCUDA_ROLLED
    while (left > careful) {
      const philox_block<std::uint32_t> words = noise.words(quad);
      if (in_tail(words)) break;
      stored_quad<Stored> of_words;
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) of_words.value[j] = narrow_number<Stored>(gumbel<V>(words.word[j]));
      *reinterpret_cast<stored_quad<Stored>*>(to) = of_words;
      advance();
    }
    if (left > 0) {
      const std::uint64_t its_row = Seeded ? row : noise.stream.row - address.first_row;
      memory.create(task.out, its_row);
      gumbel_noise_of_quad<Stored>(noise_of_row(noise_part<Seeded>{}, address, its_row), quad, memory);
      advance();
    }
  }
}

}  // namespace gumbelcuda
