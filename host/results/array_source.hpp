// SPDX-License-Identifier: Apache-2.0
// Numbers of a result, wherever they are: in memory, in checkpoints, in a file. Whoever writes or summarises them takes
// them piece by piece, and so needs memory for a piece only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace gumbelcuda {

template <class Value>
class array_source {
 public:
  using value_type = Value;
  using copier = std::function<void(std::uint64_t first, std::uint64_t count, Value* to)>;

  array_source() = default;
  array_source(std::uint64_t size, copier copy) : size_(size), copy_(std::move(copy)) {}
  // The vector must outlive it.
  explicit array_source(const std::vector<Value>& values)
      : size_(values.size()), copy_([from = values.data()](std::uint64_t first, std::uint64_t count, Value* to) {
          std::copy_n(from + first, count, to);
        }) {}

  std::uint64_t size() const { return size_; }
  void copy(std::uint64_t first, std::uint64_t count, Value* to) const {
    if (count > 0) copy_(first, count, to);
  }

 private:
  std::uint64_t size_ = 0;
  copier copy_{};
};

// Calls each(first row, values) for blocks of whole rows; the last one may be shorter.
inline constexpr std::uint64_t block_bytes_of_source = std::uint64_t{4} << 20;
template <class Value, class Each>
void for_each_block(const array_source<Value>& rows, std::uint64_t row_length, Each each,
                    std::uint64_t block_bytes = block_bytes_of_source) {
  const std::uint64_t count = rows.size() / row_length,
                      most = std::max<std::uint64_t>(1, block_bytes / (row_length * sizeof(Value)));
  std::vector<Value> block;
  for (std::uint64_t first = 0; first < count; first += most) {
    const std::uint64_t here = std::min(most, count - first);
    block.resize(here * row_length);
    rows.copy(first * row_length, here * row_length, block.data());
    each(first, block);
  }
}

}  // namespace gumbelcuda
