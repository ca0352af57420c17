// SPDX-License-Identifier: Apache-2.0
// Bytes in readable units, for messages of the library and the command: 1.5 GiB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace gumbelcuda {

inline std::string byte_text(std::uint64_t count) {
  constexpr std::array units{" KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
  if (count < 1024) return std::to_string(count) + " bytes";
  // `count` is kept in the unit below the one that is named, so that tenths are whole numbers.
  std::size_t unit = 0;
  for (; count >= 1024 * 1024; count >>= 10) ++unit;
  std::uint64_t tenths = (count * 10 + 512) / 1024;
  if (tenths == 10240 && unit + 1 < units.size()) {
    tenths = 10;
    ++unit;
  }
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + units[unit];
}

// For one of two counts that a message compares: exact bytes if both would otherwise read alike.
inline std::string byte_text(std::uint64_t count, std::uint64_t other) {
  const std::string text = byte_text(count);
  return count != other && text == byte_text(other) ? std::to_string(count) + " bytes" : text;
}

}  // namespace gumbelcuda
