// SPDX-License-Identifier: Apache-2.0
// What HDF5 writes of a file, without its large arrays: a virtual file driver that keeps HDF5's own structures, whose
// size is a thousandth of the file's, and can leave out the numbers of datasets that somebody else writes.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "host/results/hdf5.hpp"

namespace gumbelcuda::hdf5 {

class image {
 public:
  // Whether numbers that HDF5 writes from now on are kept. Those that are not read as zeros.
  void keep_numbers(bool keep) { keep_numbers_ = keep; }

  // Bytes of the file from `place` on; zeros where nothing was written.
  void read(std::uint64_t place, std::uint64_t count, char* to) const;
  std::uint64_t size() const { return size_; }

  // For HDF5's driver.
  void write(std::uint64_t place, std::uint64_t count, const char* from);
  void resize(std::uint64_t size) { size_ = size; }
  bool keeps_numbers() const { return keep_numbers_; }

 private:
  static constexpr std::uint64_t page_bytes = 4096;
  std::map<std::uint64_t, std::array<char, page_bytes>> pages_{};
  std::uint64_t size_ = 0;
  bool keep_numbers_ = true;
};

// Makes HDF5 write the file that is created with these access properties into `image`, which must outlive it.
void keep_in(image& image, hid_t access);

}  // namespace gumbelcuda::hdf5
