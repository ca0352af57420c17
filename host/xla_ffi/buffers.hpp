// SPDX-License-Identifier: Apache-2.0
// The buffers of a call from XLA. Under jax.vmap every buffer has leading dimensions, the same for all of them; where
// an operand does not vary along one, its extent there is 1. A *group* is one position in the leading dimensions: what
// the call would be without vmap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "gumbelcuda/error.hpp"

namespace gumbelcuda::xla {

inline constexpr std::size_t max_leading = 8;  // how many jax.vmap may be nested

// What XLA says of a buffer.
struct raw_buffer {
  void* data;
  std::span<const std::int64_t> shape;
  std::size_t number_bytes;
};

// The leading dimensions of a call.
class groups {
 public:
  void include(std::string_view name, std::span<const std::int64_t> leading) {
    if (!known_) known_ = true, rank_ = leading.size();
    if (rank_ > max_leading || leading.size() != rank_)
      throw invalid_argument(std::string(name), std::to_string(leading.size()) + " leading dimensions are not allowed");
    for (std::size_t i = 0; i < rank_; ++i) {
      if (leading[i] == 1 || leading[i] == extent_[i]) continue;
      if (extent_[i] != 1)
        throw invalid_argument(std::string(name), "its leading dimensions are not those of the other arrays");
      extent_[i] = leading[i];
    }
  }
  std::size_t rank() const { return rank_; }
  std::int64_t extent(std::size_t dimension) const { return extent_[dimension]; }
  std::uint64_t count() const {
    std::uint64_t product = 1;
    for (std::size_t i = 0; i < rank_; ++i) product *= std::uint64_t(extent_[i]);
    return product;
  }

 private:
  bool known_ = false;
  std::size_t rank_ = 0;
  std::array<std::int64_t, max_leading> extent_ = {1, 1, 1, 1, 1, 1, 1, 1};
};

// A buffer as its groups see it. `own` are the dimensions of one group.
class grouped_buffer {
 public:
  grouped_buffer() = default;
  grouped_buffer(std::string_view name, const raw_buffer& raw, std::size_t own_rank, groups& of_call)
      : data_(static_cast<char*>(raw.data)), own_bytes_(raw.number_bytes) {
    if (raw.shape.size() < own_rank)
      throw invalid_argument(std::string(name), "has " + std::to_string(raw.shape.size()) + " dimensions, not " +
                                                    std::to_string(own_rank) + " or more");
    leading_ = raw.shape.first(raw.shape.size() - own_rank);
    own_ = raw.shape.last(own_rank);
    for (const std::int64_t extent : own_) own_bytes_ *= std::size_t(extent);
    of_call.include(name, leading_);
  }

  explicit operator bool() const { return data_; }
  std::span<const std::int64_t> own() const { return own_; }
  std::size_t own_bytes() const { return own_bytes_; }

  // Whether all groups have the same numbers; whether each has its own, one group after the other.
  bool is_shared() const {
    for (const std::int64_t extent : leading_)
      if (extent != 1) return false;
    return true;
  }
  bool is_full(const groups& of_call) const {
    for (std::size_t i = 0; i < leading_.size(); ++i)
      if (leading_[i] != of_call.extent(i)) return false;
    return true;
  }

  // Where the numbers of a group lie.
  char* at(const groups& of_call, std::uint64_t group) const {
    std::size_t place = 0, distance = own_bytes_;
    for (std::size_t i = leading_.size(); i-- > 0;) {
      const std::uint64_t extent = std::uint64_t(of_call.extent(i));
      if (leading_[i] != 1) {
        place += distance * (group % extent);
        distance *= extent;
      }
      group /= extent;
    }
    return data_ + place;
  }

 private:
  char* data_ = nullptr;
  std::size_t own_bytes_ = 0;
  std::span<const std::int64_t> leading_, own_;
};

}  // namespace gumbelcuda::xla
