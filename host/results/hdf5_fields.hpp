// SPDX-License-Identifier: Apache-2.0
// For hdf5_structure.cpp: what its structures consist of.
#pragma once

#include <cstdint>
#include <string_view>

#include "host/results/hdf5_read.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda::hdf5 {

// Bytes of a structure, taken one field after the other.
class fields {
 public:
  explicit fields(std::string_view bytes) : left_(bytes) {}

  std::uint64_t left() const noexcept { return left_.size(); }
  std::string_view take(std::uint64_t bytes) {
    if (bytes > left_.size()) damaged("a structure is cut off");
    const std::string_view taken = left_.substr(0, bytes);
    left_.remove_prefix(bytes);
    return taken;
  }
  std::uint64_t number(std::uint64_t bytes) {
    std::uint64_t value = 0;
    const std::string_view taken = take(bytes);
    for (std::size_t i = taken.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(taken[i]);
    return value;
  }
  bool take_if(std::string_view exact) {
    if (!left_.starts_with(exact)) return false;
    left_.remove_prefix(exact.size());
    return true;
  }
  void expect(std::string_view exact) {
    if (!take_if(exact)) damaged("a structure is of another kind or version");
  }
  void expect_end() const {
    if (!left_.empty()) damaged("a structure is too long");
  }

 private:
  std::string_view left_;
};

// Takes a type, and returns the length of a value. The types are those of file_type(), and texts.
inline std::uint64_t take_type(fields& from) {
  using namespace std::string_view_literals;
  if (from.take_if("\x10\x00\x00\x00\x08\x00\x00\x00\x00\x00\x40\x00"sv)) return 8;  // uint64
  if (from.take_if("\x10\x08\x00\x00\x08\x00\x00\x00\x00\x00\x40\x00"sv)) return 8;  // int64
  if (from.take_if("\x11\x20\x1f\x00\x04\x00\x00\x00\x00\x00\x20\x00\x17\x08\x00\x17\x7f\x00\x00\x00"sv)) return 4;
  if (from.take_if("\x11\x20\x3f\x00\x08\x00\x00\x00\x00\x00\x40\x00\x34\x0b\x00\x34\xff\x03\x00\x00"sv)) return 8;
  from.expect("\x13"sv);
  const std::uint64_t padding_and_letters = from.number(3);
  if ((padding_and_letters & 0x0f) > 2 || padding_and_letters >> 4 > 1) damaged("a text is of another kind");
  return from.number(4);
}

// Takes a data space: the lengths of its sides, which do not change.
inline lengths take_space(fields& from) {
  using namespace std::string_view_literals;
  constexpr std::uint64_t most_sides = 3;
  from.expect("\x02"sv);
  const std::uint64_t sides = from.number(1), with_maxima = from.number(1), is_array = from.number(1);
  if (sides > most_sides || with_maxima > 1 || is_array != (sides > 0 ? 1u : 0u) || (sides == 0 && with_maxima == 1))
    damaged("a data space is of another kind");
  lengths extent;
  for (std::uint64_t side = 0; side < sides; ++side) extent.push_back(from.number(8));
  for (std::uint64_t side = 0; with_maxima == 1 && side < sides; ++side)
    if (from.number(8) != extent[side]) damaged("a data space could grow");
  return extent;
}

// The bytes of so many values.
inline std::uint64_t product(const lengths& sides, std::uint64_t value_bytes) {
  for (const std::uint64_t side : sides) value_bytes = saturating_product(value_bytes, side);
  return value_bytes;
}

}  // namespace gumbelcuda::hdf5
