// SPDX-License-Identifier: Apache-2.0
// The line at the end of a result file, after what HDF5 reads: a checksum of all bytes before it. It ensures that HDF5
// never sees a damaged file, to which some versions respond with crashes, leaks and messages at exit. HDF5 programs
// ignore the line; a program that edits the file drops it.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "host/files/fnv1a.hpp"

namespace gumbelcuda {

class file_checksum {
 public:
  void add(std::string_view bytes) noexcept { hash_.add(bytes); }
  // The line for the bytes added so far.
  std::string seal() const {
    std::array<char, 33> line;
    std::snprintf(line.data(), line.size(), "fleet checksum %016llx\n", static_cast<unsigned long long>(hash_.value()));
    return line.data();
  }
  static constexpr std::uint64_t seal_bytes = 32;

 private:
  fnv1a hash_;
};

// The size of a file. Throws file_error, which says why, if it cannot be read.
std::uint64_t size_of_file(const std::string& path);

// Reads the whole file in small blocks and returns its size. Throws file_error if it cannot be read, and damaged_file
// if the seal does not match, with the likeliest reason: not HDF5, cut off, or changed since it was written.
std::uint64_t check_seal(const std::string& path);

}  // namespace gumbelcuda
