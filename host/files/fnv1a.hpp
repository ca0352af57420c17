// SPDX-License-Identifier: Apache-2.0
// 64-bit FNV-1a, the checksum of files. Every step is a bijection of the state, so no single changed byte goes
// unnoticed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace gumbelcuda {

class fnv1a {
 public:
  static constexpr std::uint64_t prime = 0x100000001b3;

  void add(std::string_view bytes) noexcept {
    bytes.remove_prefix(add_blocks(bytes));
    for (const char byte : bytes) add(static_cast<unsigned char>(byte));
  }
  void add(unsigned char byte) noexcept { value_ = (value_ ^ byte) * prime; }
  // Its lowest `bytes` bytes, the lowest first.
  void add_number(std::uint64_t number, int bytes = 8) noexcept {
    for (int i = 0; i < bytes; ++i) add(static_cast<unsigned char>(number >> 8 * i));
  }
  std::uint64_t value() const noexcept { return value_; }

 private:
  // Adds as many bytes as there are in whole blocks, which is faster than one after the other; returns how many.
  std::size_t add_blocks(std::string_view bytes) noexcept;

  std::uint64_t value_ = 0xcbf29ce484222325;
};

inline std::uint64_t fnv1a_of(std::initializer_list<std::uint64_t> numbers, std::string_view bytes = {}) {
  fnv1a hash;
  for (const std::uint64_t number : numbers) hash.add_number(number);
  hash.add(bytes);
  return hash.value();
}

}  // namespace gumbelcuda
