// SPDX-License-Identifier: Apache-2.0
// The chunks of a file's datasets, written in the order of their places, so that a file is written once, from its
// beginning to its end, and its checksum is computed on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "host/results/array_source.hpp"
#include "host/results/hdf5_image.hpp"
#include "host/results/result_layout.hpp"

namespace gumbelcuda::hdf5 {

class chunk_stream {
 public:
  // The numbers of a dataset that has been created, with chunks and checksums.
  template <class Value>
  void add(hid_t dataset, const char* name, const result_layout::lengths& extent, array_source<Value> values) {
    add_chunks(dataset, name, extent, sizeof(Value));
    copy_.push_back([values = std::move(values)](std::uint64_t first, std::uint64_t count, char* to) {
      values.copy(first, count, reinterpret_cast<Value*>(to));
    });
  }

  // Passes the whole file on, piece by piece: HDF5's part from `image`, and the chunks. Meanwhile other threads make
  // the next piece, and call beside(piece) with the one that is passed on.
  using taker = std::function<void(std::string_view piece)>;
  void write(const image& image, const taker& pass, const taker& beside);

 private:
  struct chunk {
    std::uint64_t place, bytes;  // in the file, without the checksum
    std::size_t dataset;
    std::uint64_t first, count, value_bytes;  // numbers of the dataset; what they do not fill is 0
  };
  void add_chunks(hid_t dataset, const char* name, const result_layout::lengths& extent, std::uint64_t value_bytes);

  friend class file_pieces;
  std::vector<chunk> chunks_{};
  std::vector<std::function<void(std::uint64_t first, std::uint64_t count, char* to)>> copy_{};
};

}  // namespace gumbelcuda::hdf5
