// SPDX-License-Identifier: Apache-2.0
#include "host/results/hdf5_read.hpp"

#include <algorithm>

#include "host/results/hdf5_structure.hpp"
#include "host/results/result_seal.hpp"

namespace gumbelcuda::hdf5 {

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

std::string read_text_dataset(hid_t file, const char* name, std::uint64_t file_bytes) {
  const handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
  const handle type(H5Dget_type(dataset), H5Tclose, name), space(H5Dget_space(dataset), H5Sclose, name);
  const std::size_t size = H5Tget_size(type);
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 || size == 0 || size > file_bytes ||
      H5Sget_simple_extent_npoints(space) != 1)
    damaged(std::string(name) + " is not a text");
  std::string text(size, '\0');
  check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()), name);
  return text;
}

std::uint64_t read_version(reader& attributes, const char* name, std::uint64_t oldest, std::uint64_t newest) {
  std::uint64_t version = 0;
  attributes.number(name, version);
  if (version < oldest || version > newest)
    damaged(std::string(name) + " is " + std::to_string(version) + ", this program knows " +
            (oldest == newest ? "" : std::to_string(oldest) + " … ") + std::to_string(newest));
  return version;
}

void read_rows(hid_t dataset, const char* name, hid_t type, const lengths& extent, std::uint64_t first,
               std::uint64_t count, void* to) {
  std::uint64_t row = 1;
  for (std::size_t side = 1; side < extent.size(); ++side) row *= extent[side];
  std::vector<hsize_t> begin(extent.size(), 0), sizes(extent.begin(), extent.end());
  begin[0] = first / row;
  sizes[0] = count / row;
  const handle place(H5Dget_space(dataset), H5Sclose, name);
  const handle memory(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose, name);
  check(H5Sselect_hyperslab(place, H5S_SELECT_SET, begin.data(), nullptr, sizes.data(), nullptr), name);
  check(H5Dread(dataset, type, memory, place, H5P_DEFAULT, to), name);
}

void expect_probabilities(const std::string& name, const float* values, std::uint64_t count) {
  constexpr float rounding = 1e-5f;
  if (std::any_of(values, values + count, [](float p) { return p < 0 || (p > 1 + rounding && p - p == 0); }))
    damaged(name + " has values that are no probabilities");
}

array_source<float> probabilities(const char* name, array_source<float> values) {
  const std::uint64_t size = values.size();
  return {size,
          [name = std::string(name), values = std::move(values)](std::uint64_t first, std::uint64_t count, float* to) {
            values.copy(first, count, to);
            expect_probabilities(name, to, count);
          }};
}

namespace {

damaged_file refusal(const std::string& path, const std::string& problem) {
  return damaged_file(path + " is damaged or no result file of this program: " + problem);
}

}  // namespace

std::uint64_t verify_sealed(const std::string& path) {
  const std::uint64_t file_bytes = check_seal(path);
  try {
    check_structure(path, file_bytes - file_checksum::seal_bytes);
  } catch (const failure& failure) {
    throw refusal(path, failure.problem);
  }
  return file_bytes;
}

void read_sealed(const std::string& path, const reading& how,
                 const std::function<void(hid_t file, std::uint64_t file_bytes)>& read) {
  const quiet no_output;
  const std::uint64_t file_bytes = how.sealed ? verify_sealed(path) : size_of_file(path);
  try {
    const handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "open it with HDF5");
    read(file, file_bytes);
  } catch (const failure& failure) {
    throw refusal(path, failure.problem);
  } catch (const invalid_argument& problem) {
    throw refusal(path, problem.what());
  }
}

}  // namespace gumbelcuda::hdf5
