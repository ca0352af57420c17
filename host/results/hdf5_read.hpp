// SPDX-License-Identifier: Apache-2.0
// How files of results are read: the visitor that a layout is passed to (result_layout.hpp). It believes nothing that
// the file says before it has been checked, and takes no memory for numbers that the file is too short to contain.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/results/array_source.hpp"
#include "host/results/hdf5.hpp"
#include "host/results/result_file.hpp"
#include "host/results/result_layout.hpp"

namespace gumbelcuda::hdf5 {

using result_layout::dimension;
using result_layout::lengths;
using result_layout::shape;
using result_layout::wide;

[[noreturn]] inline void damaged(const std::string& problem) { throw failure{problem}; }

inline void expect_type(hid_t found, hid_t expected, const char* name) {
  const handle type(found, H5Tclose, name);
  if (check(H5Tequal(type, expected), name) == 0) damaged(std::string(name) + " has another type");
}

// A short text, an attribute.
std::string read_text(hid_t object, const char* name);

// A dataset that is one text.
std::string read_text_dataset(hid_t file, const char* name, std::uint64_t file_bytes);

// Reads `count` numbers from `first` on, which are whole rows of the first dimension.
void read_rows(hid_t dataset, const char* name, hid_t type, const lengths& extent, std::uint64_t first,
               std::uint64_t count, void* to);

struct reader {
  hid_t file;
  std::uint64_t file_bytes;
  lengths one_for_all{};  // the shape of a number that all GANs share

  template <std::integral Integer>
  void number(const char* name, Integer& value) {
    const handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose, name);
    expect_type(H5Aget_type(attribute), file_type<wide<Integer>>(), name);
    const handle space(H5Aget_space(attribute), H5Sclose, name);
    if (H5Sget_simple_extent_type(space) != H5S_SCALAR) damaged(std::string(name) + " is not one number");
    wide<Integer> widened = 0;
    check(H5Aread(attribute, memory_type<wide<Integer>>(), &widened), name);
    value = static_cast<Integer>(widened);
    if (!std::in_range<Integer>(widened)) damaged(std::string(name) + " is out of range");
  }
  template <class Value>
  void rates(const char* name, std::vector<Value>& values, const dimension& gan, const char*) {
    const handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
    const lengths found = extent_of(dataset, name);
    if (found != one_for_all && found != lengths{gan.length}) damaged(std::string(name) + " has another shape");
    read(dataset, name, values, found);
  }
  template <class Value>
  void rows(const char* name, std::vector<Value>& values, const dimension& gan, const dimension& side, const char*) {
    const handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
    const lengths found = extent_of(dataset, name);
    if (found != lengths{side.length} && found != lengths{gan.length, side.length})
      damaged(std::string(name) + " has another shape");
    read(dataset, name, values, found);
  }
  template <class Value>
  void array(const char* name, std::vector<Value>& values, const shape& extent, const char*) {
    const handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
    const lengths found = extent_of(dataset, name);
    if (found != result_layout::lengths_of(extent)) damaged(std::string(name) + " has another shape");
    read(dataset, name, values, found);
  }
  // To be read piece by piece, of whole rows, as long as the file is open.
  template <class Value>
  void array(const char* name, array_source<Value>& values, const shape& extent, const char*) {
    const auto dataset = std::make_shared<handle>(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
    const lengths found = extent_of(*dataset, name);
    if (found != result_layout::lengths_of(extent)) damaged(std::string(name) + " has another shape");
    const std::uint64_t size = checked_size<Value>(*dataset, name, found);
    values = {size, [=, text = std::string(name)](std::uint64_t first, std::uint64_t count, Value* to) {
                read_rows(*dataset, text.c_str(), memory_type<Value>(), found, first, count, to);
              }};
  }

 private:
  // The data must be in this file, neither compressed nor put together from other datasets. Chunks must not be larger
  // than the file, because HDF5 allocates memory for a whole chunk.
  void expect_storage(hid_t dataset, const char* name) const {
    const handle properties(H5Dget_create_plist(dataset), H5Pclose, name);
    std::uint64_t chunk_bytes = 0;
    if (H5Pget_layout(properties) == H5D_CHUNKED) {
      hsize_t sides[H5S_MAX_RANK];
      const int rank = check(H5Pget_chunk(properties, H5S_MAX_RANK, sides), name);
      chunk_bytes = 1;
      for (int side = 0; side < rank; ++side) chunk_bytes = saturating_product(chunk_bytes, sides[side]);
    }
    unsigned flags = 0, filter_flags = 0;
    std::size_t no_values = 0;
    const int filters = check(H5Pget_nfilters(properties), name);
    if (filters > 1 || (filters == 1 && H5Pget_filter2(properties, 0, &flags, &no_values, nullptr, 0, nullptr,
                                                       &filter_flags) != H5Z_FILTER_FLETCHER32))
      damaged(std::string(name) + " is compressed, or filtered in another way");
    if (H5Pget_layout(properties) == H5D_VIRTUAL || H5Pget_external_count(properties) != 0 || chunk_bytes > file_bytes)
      damaged(std::string(name) + " is not all there");
  }
  // How many numbers a dataset has, all of which are in the file.
  template <class Value>
  std::uint64_t checked_size(hid_t dataset, const char* name, const lengths& extent) const {
    expect_type(H5Dget_type(dataset), file_type<Value>(), name);
    std::uint64_t size = 1;
    for (const std::uint64_t length : extent)
      if (length != 0 && size > file_bytes / length)
        damaged(std::string(name) + " is larger than the file");
      else
        size *= length;
    expect_storage(dataset, name);
    if (size > file_bytes / sizeof(Value) || H5Dget_storage_size(dataset) < size * sizeof(Value))
      damaged(std::string(name) + " is not all there");
    return size;
  }
  template <class Value>
  void read(hid_t dataset, const char* name, std::vector<Value>& values, const lengths& extent) const {
    values.resize(checked_size<Value>(dataset, name, extent));
    check(H5Dread(dataset, memory_type<Value>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name);
  }
};

// An attribute that is a version which this program knows.
std::uint64_t read_version(reader& attributes, const char* name, std::uint64_t oldest, std::uint64_t newest);

// NaN and infinity are allowed: they belong to a GAN that diverged. The second makes numbers be checked as they are
// read.
void expect_probabilities(const std::string& name, const float* values, std::uint64_t count);
array_source<float> probabilities(const char* name, array_source<float> values);

// All of it, in memory.
template <class Value>
std::vector<Value> all_of(const array_source<Value>& values) {
  std::vector<Value> all(values.size());
  values.copy(0, all.size(), all.data());
  return all;
}

// Checks the seal and the structure (hdf5_structure.hpp), and returns the file's size. Throws file_error and
// damaged_file.
std::uint64_t verify_sealed(const std::string& path);

// Opens a result file, which is verified unless `how` says otherwise, and passes it to `read`. Throws file_error, or
// damaged_file, with what `read` found: a failure, or invalid_argument.
void read_sealed(const std::string& path, const reading& how,
                 const std::function<void(hid_t file, std::uint64_t file_bytes)>& read);

}  // namespace gumbelcuda::hdf5
