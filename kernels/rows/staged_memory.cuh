// SPDX-License-Identifier: Apache-2.0
// Short rows by way of shared memory. One thread has a whole row; if each read and wrote its own row, a warp would
// touch as many sectors as it has rows at every step. So a warp moves its rows together, number by number in the order
// of memory, and each thread finds its row in shared memory. Used like direct_memory (detail/rows/gumbel.hpp) if
// Threads = 1.
#pragma once

#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "kernels/rows/threads.cuh"

namespace gumbelcuda {

template <class Stored, int Quads>
class staged_memory {
 public:
  using V = computed_of<Stored>;
  // An odd distance between rows: 32 threads that read the same class of their rows use 32 banks.
  static constexpr int pitch = quad_size * Quads + 1;
  static constexpr int numbers_per_warp = pitch * warp_size;

  // `buffer`: numbers_per_warp numbers, the warp's own. Its rows are first_row … first_row + rows − 1, 1 ≤ rows ≤ 32.
  __device__ staged_memory(std::uint64_t classes, std::uint64_t first_row, int rows, shared_pointer<V> buffer)
      : classes_(int(classes)),
        rows_(rows),
        first_row_(first_row),
        buffer_(buffer),
        lane_(int(threadIdx.x) % warp_size),
        row_to_read_(lane_ < rows ? lane_ : 0) {}

  __device__ void open(const const_rows& rows, std::uint64_t) {
    const Stored* const from = static_cast<const Stored*>(rows.data);
    __syncwarp();
    for_each_number(rows, [&](int row, int k, std::uint64_t at) { buffer_[row * pitch + k] = widen(from[at]); });
    __syncwarp();
  }
  __device__ void read(std::uint64_t quad, V padding, V* x) const {
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) x[j] = read_class(int(quad) * quad_size + j, padding);
  }
  __device__ V read_one(std::uint64_t k, V padding) const {
    return k < std::uint64_t(classes_) ? read_class(int(k), padding) : padding;
  }

  __device__ void create(const mutable_rows& rows, std::uint64_t) {
    to_ = rows;
    __syncwarp();  // a thread without a row has read what another is about to overwrite
  }
  __device__ void write(std::uint64_t quad, const V* x) const {
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j)
      if (int(quad) * quad_size + j < classes_) buffer_[lane_ * pitch + int(quad) * quad_size + j] = x[j];
  }
  __device__ void close() const {
    Stored* const to = static_cast<Stored*>(to_.data);
    __syncwarp();
    for_each_number(to_, [&](int row, int k, std::uint64_t at) {
      const V x = buffer_[row * pitch + k];
      to[at] = narrow<Stored>(x);
    });
    __syncwarp();
  }

 private:
  __device__ V read_class(int k, V padding) const {
    if (k >= classes_) return padding;
    const V x = buffer_[row_to_read_ * pitch + k];
    return x;
  }
  // Visits the numbers of the warp's rows, a warp's width at a time, in the order of memory: class by class if rows are
  // nearer to each other than classes, otherwise row by row. Calls body(row, class, position in memory).
  template <class Rows, class Body>
  __device__ void for_each_number(const Rows& rows, Body body) const {
    const std::uint64_t row_stride = row_stride_of(rows, std::uint64_t(classes_)), class_stride = class_stride_of(rows);
    const std::uint64_t first = first_row_ * row_stride;
    const auto move = [&](int row, int k) {
      body(row, k, first + std::uint64_t(row) * row_stride + std::uint64_t(k) * class_stride);
    };
    if (row_stride < class_stride) {
      for (int k = 0; lane_ < rows_ && k < classes_; ++k) move(lane_, k);
      return;
    }
    int row = lane_ / classes_, k = lane_ % classes_;
    const int rows_a_step = warp_size / classes_, rest = warp_size % classes_;
    while (row < rows_) {
      move(row, k);
      row += rows_a_step;
      k += rest;
      if (k >= classes_) {
        k -= classes_;
        ++row;
      }
    }
  }

  int classes_, rows_;
  std::uint64_t first_row_;
  shared_pointer<V> buffer_;
  int lane_;
  int row_to_read_;  // a thread without a row may compute one all the same
  mutable_rows to_{};
};

}  // namespace gumbelcuda
