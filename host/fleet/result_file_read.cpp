// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <concepts>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "host/fleet/hdf5.hpp"
#include "host/fleet/result_file.hpp"
#include "host/fleet/result_layout.hpp"
#include "host/fleet/result_seal.hpp"

namespace gumbelcuda {
namespace {

using hdf5::check;
using hdf5::file_type;
using hdf5::handle;
using hdf5::memory_type;
using result_layout::shape;
using result_layout::wide;

[[noreturn]] void damaged(const std::string& problem) { throw hdf5::failure{problem}; }

void expect_type(hid_t found, hid_t expected, const char* name) {
  const handle type(found, H5Tclose, name);
  if (check(H5Tequal(type, expected), name) == 0) damaged(std::string(name) + " has another type");
}

std::string read_text(hid_t object, const char* name) {
  const handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, name);
  const handle type(H5Aget_type(attribute), H5Tclose, name);
  const handle space(H5Aget_space(attribute), H5Sclose, name);
  constexpr std::size_t longest = 256;
  const std::size_t size = H5Tget_size(type);
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 || size == 0 || size > longest ||
      H5Sget_simple_extent_npoints(space) != 1)
    damaged(std::string(name) + " is not a short text");
  std::string text(size, '\0');
  check(H5Aread(attribute, type, text.data()), name);
  return text;
}

struct reader {
  hid_t file;
  std::uint64_t file_bytes, num_gans = 0;

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
  void rates(const char* name, std::vector<float>& values, const char*) {
    const handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
    const shape found = extent_of(dataset, name);
    if (found != shape{1} && found != shape{num_gans}) damaged(std::string(name) + " has another shape");
    read(dataset, name, values, found);
  }
  template <class Value>
  void array(const char* name, std::vector<Value>& values, const shape& extent, const char*) {
    const handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
    if (extent_of(dataset, name) != extent) damaged(std::string(name) + " has another shape");
    read(dataset, name, values, extent);
  }

 private:
  static shape extent_of(hid_t dataset, const char* name) {
    const handle space(H5Dget_space(dataset), H5Sclose, name);
    hsize_t sizes[H5S_MAX_RANK];
    const int rank = check(H5Sget_simple_extent_dims(space, sizes, nullptr), name);
    return {sizes, sizes + rank};
  }
  // Memory is taken only for numbers that the file has room for.
  template <class Value>
  void read(hid_t dataset, const char* name, std::vector<Value>& values, const shape& extent) {
    expect_type(H5Dget_type(dataset), file_type<Value>(), name);
    std::uint64_t size = 1;
    for (const std::uint64_t length : extent)
      if (length != 0 && size > file_bytes / length)
        damaged(std::string(name) + " is larger than the file");
      else
        size *= length;
    if (size > file_bytes / sizeof(Value) || H5Dget_storage_size(dataset) != size * sizeof(Value))
      damaged(std::string(name) + " is not all there");
    values.resize(size);
    check(H5Dread(dataset, memory_type<Value>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name);
  }
};

void expect_version(reader& attributes, const char* name, std::uint64_t expected) {
  std::uint64_t version = 0;
  attributes.number(name, version);
  if (version != expected)
    damaged(std::string(name) + " is " + std::to_string(version) + ", this program knows " + std::to_string(expected));
}

stored_fleet read_open_file(hid_t file, std::uint64_t file_bytes) {
  if (read_text(file, "format") != result_layout::format_name) damaged("its format is another one");
  stored_fleet fleet;
  reader reading{file, file_bytes};
  expect_version(reading, "format_version", result_layout::format_version);
  expect_version(reading, "stream_version", result_layout::stream_version);
  result_layout::visit_numbers(fleet.config, fleet.result, reading);
  if (fleet.result.classes < 1 || fleet.config.epochs < 1) damaged("classes or epochs are out of range");
  reading.num_gans = fleet.result.num_gans = fleet.config.num_gans;
  result_layout::visit_datasets(fleet.config, fleet.result, reading);
  result_layout::visit_distances(fleet.config, fleet.distances, reading);
  validate(fleet.config);
  return fleet;
}

// The file's size. Tells a file that cannot be had (file_error) from one that is not right.
std::uint64_t check_seal(const std::string& path) {
  const auto cannot_read = [&](std::error_code problem) {
    return file_error("cannot read " + path + ": " + problem.message());
  };
  std::error_code problem;
  const std::uint64_t size = std::filesystem::file_size(path, problem);
  if (problem) throw cannot_read(problem);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string block(1 << 20, '\0');
  file_checksum checksum;
  for (std::uint64_t left = size < file_checksum::seal_bytes ? 0 : size - file_checksum::seal_bytes;
       file && left > 0;) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(left, block.size()));
    file.read(block.data(), static_cast<std::streamsize>(length));
    checksum.add({block.data(), length});
    left -= length;
  }
  std::string seal(file_checksum::seal_bytes, '\0');
  if (file && size >= file_checksum::seal_bytes) file.read(seal.data(), static_cast<std::streamsize>(seal.size()));
  if (!file) throw cannot_read(std::error_code(errno == 0 ? EIO : errno, std::generic_category()));
  if (seal != checksum.seal()) damaged("it is cut off, or was changed after it was written (wrong checksum)");
  return size;
}

damaged_file refusal(const std::string& path, const std::string& problem) {
  return damaged_file(path + " is damaged or no result file of this program: " + problem);
}

}  // namespace

void verify_result_file(const std::string& path) {
  try {
    check_seal(path);
  } catch (const hdf5::failure& failure) {
    throw refusal(path, failure.problem);
  }
}

stored_fleet read_result_file(const std::string& path) {
  const hdf5::quiet no_output;
  try {
    const std::uint64_t file_bytes = check_seal(path);
    const handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "open it with HDF5");
    return read_open_file(file, file_bytes);
  } catch (const hdf5::failure& failure) {
    throw refusal(path, failure.problem);
  } catch (const invalid_argument& problem) {
    throw refusal(path, problem.what());
  }
}

}  // namespace gumbelcuda
