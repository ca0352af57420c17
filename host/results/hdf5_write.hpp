// SPDX-License-Identifier: Apache-2.0
// How files of results are written: the visitors that a layout is passed to (result_layout.hpp), and the sealed file
// around them.
#pragma once

#include <hdf5_hl.h>

#include <functional>
#include <numeric>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "host/results/array_source.hpp"
#include "host/results/chunk_stream.hpp"
#include "host/results/hdf5.hpp"
#include "host/results/hdf5_image.hpp"
#include "host/results/result_layout.hpp"

namespace gumbelcuda::hdf5 {

using result_layout::dimension;
using result_layout::lengths;
using result_layout::shape;
using result_layout::wide;

// A file that is being made. HDF5 writes its structures and single numbers into the image; arrays wait as sources.
struct output {
  hid_t file;
  image& structures;
  chunk_stream& arrays;
};

// Writes what `fill` puts into an empty HDF5 file to `path`, followed by the seal. The file appears whole or not at
// all. Up to `most_links` datasets and attributes stay in the root's header. Throws file_error, and what the sources of
// the arrays throw.
void write_sealed(const std::string& path, unsigned most_links, const std::function<void(output& file)>& fill);

// Throws invalid_argument for an array that does not have the size of its shape.
struct size_checker {
  void rates(const char* name, const auto& values, const dimension& gan, const char*) {
    if (values.size() != 1 && values.size() != gan.length) refuse(name, values.size(), gan.length);
  }
  void rows(const char* name, const auto& values, const dimension& gan, const dimension& side, const char*) {
    if (values.size() != side.length && values.size() != gan.length * side.length)
      refuse(name, values.size(), gan.length * side.length);
  }
  void array(const char* name, const auto& values, const shape& extent, const char*) {
    std::uint64_t size = 1;
    for (const dimension& side : extent) size *= side.length;
    if (values.size() != size) refuse(name, values.size(), size);
  }
  [[noreturn]] static void refuse(const char* name, std::uint64_t size, std::uint64_t expected) {
    throw invalid_argument(name, "has " + std::to_string(size) + " values instead of " + std::to_string(expected));
  }
};

// An attribute; it is short.
void write_text(hid_t object, const char* name, const std::string& text);

// A dataset that is one text, of any length.
void write_text_dataset(hid_t file, const char* name, const std::string& text, const std::string& description);

// The attributes with which every file begins: what it is, and of which versions.
void write_kind(hid_t file, const char* format_name, std::uint64_t format_version);

inline void write_number(hid_t file, const char* name, const auto value) {
  const wide<decltype(value)> widened = value;
  using stored = std::remove_const_t<decltype(widened)>;
  const handle space(H5Screate(H5S_SCALAR), H5Sclose, "create a data space");
  const handle attribute(H5Acreate2(file, name, file_type<stored>(), space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
  check(H5Awrite(attribute, memory_type<stored>(), &widened), name);
}

// The first pass creates everything that follows from the configuration. Datasets get their place in the file here, so
// neither the order nor the writer of the numbers matters later.
struct architect {
  output& to;

  void number(const char* name, const auto value) { write_number(to.file, name, value); }
  void scale(const dimension& side, const char* description) {
    create<std::uint64_t>(side.name, {side}, description);
    const handle dataset(H5Dopen2(to.file, side.name, H5P_DEFAULT), H5Dclose, side.name);
    check(H5DSset_scale(dataset, side.name), "make a dimension scale");
  }
  void rates(const char* name, const auto& values, const dimension& gan, const char* description) {
    array(name, values, values.size() == 1 ? shape{} : shape{gan}, description);
  }
  void rows(const char* name, const auto& values, const dimension& gan, const dimension& side,
            const char* description) {
    array(name, values, values.size() == side.length ? shape{side} : shape{gan, side}, description);
  }
  template <class Values>
  void array(const char* name, const Values&, const shape& extent, const char* description) {
    create<typename Values::value_type>(name, extent, description);
    const handle dataset(H5Dopen2(to.file, name, H5P_DEFAULT), H5Dclose, name);
    for (unsigned side = 0; side < extent.size(); ++side) {
      const handle scale(H5Dopen2(to.file, extent[side].name, H5P_DEFAULT), H5Dclose, extent[side].name);
      check(H5DSattach_scale(dataset, scale, side), "attach a dimension scale");
    }
  }

 private:
  // A single number is a scalar, not an array, and has no chunks.
  template <class Value>
  void create(const char* name, const shape& extent, const char* description) {
    const handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "create a property list");
    check(H5Pset_obj_track_times(properties, false), "switch times off");
    check(H5Pset_alloc_time(properties, H5D_ALLOC_TIME_EARLY), "reserve space");
    const lengths sizes = result_layout::lengths_of(extent);
    if (!sizes.empty()) {
      const std::vector<hsize_t> chunk = as_sizes(result_layout::chunk_lengths(sizes, sizeof(Value)));
      check(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), "cut into chunks");
      check(H5Pset_fletcher32(properties), "have checksums");
    }
    const handle space(sizes.empty()
                           ? H5Screate(H5S_SCALAR)
                           : H5Screate_simple(static_cast<int>(sizes.size()), as_sizes(sizes).data(), nullptr),
                       H5Sclose, name);
    to.structures.keep_numbers(sizes.empty());  // zeros, which HDF5 writes into chunks before anything else
    const handle dataset(H5Dcreate2(to.file, name, file_type<Value>(), space, H5P_DEFAULT, properties, H5P_DEFAULT),
                         H5Dclose, name);
    to.structures.keep_numbers(true);
    write_text(dataset, "description", description);
  }
  static std::vector<hsize_t> as_sizes(const lengths& sizes) { return {sizes.begin(), sizes.end()}; }
};

// The second pass: the numbers, or where they come from.
struct writer {
  output& to;

  void number(const char*, const auto) {}
  void scale(const dimension& side, const char*) {
    using number = std::uint64_t;
    write(side.name,
          array_source<number>(side.length, [begin = side.first](number first, number count, number* numbers) {
            std::iota(numbers, numbers + count, begin + first);
          }));
  }
  void rates(const char* name, const auto& values, const dimension&, const char*) { write(name, values); }
  void rows(const char* name, const auto& values, const dimension&, const dimension&, const char*) {
    write(name, values);
  }
  void array(const char* name, const auto& values, const shape&, const char*) { write(name, values); }

 private:
  template <class Value>
  void write(const char* name, const std::vector<Value>& values) {
    write(name, array_source<Value>(values));
  }
  template <class Value>
  void write(const char* name, const array_source<Value>& values) {
    const handle dataset(H5Dopen2(to.file, name, H5P_DEFAULT), H5Dclose, name);
    const lengths extent = extent_of(dataset, name);
    if (!extent.empty()) return to.arrays.add(dataset, name, extent, values);
    Value value;
    values.copy(0, 1, &value);
    check(H5Dwrite(dataset, memory_type<Value>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &value), name);
  }
};

}  // namespace gumbelcuda::hdf5
