// SPDX-License-Identifier: Apache-2.0
// Changes to an HDF5 file, as other programs make them.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <utility>
#include <vector>

inline void replace_dataset(hid_t file, const char* name, hid_t type, std::vector<hsize_t> sizes) {
  H5Ldelete(file, name, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
  const hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Dclose(dataset);
  H5Sclose(space);
}

inline void replace_number(hid_t file, const char* name, hid_t type, std::uint64_t value) {
  H5Adelete(file, name);
  const hid_t space = H5Screate(H5S_SCALAR);
  const hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(attribute, H5T_NATIVE_UINT64, &value);
  H5Aclose(attribute);
  H5Sclose(space);
}

// A chunked dataset, whose maximum size may exceed its size: it could grow.
inline void replace_chunked(hid_t file, const char* name, std::vector<hsize_t> sizes, std::vector<hsize_t> chunk,
                            bool deflate) {
  H5Ldelete(file, name, H5P_DEFAULT);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data());
  if (deflate) H5Pset_deflate(properties, 9);
  const std::vector<hsize_t> endless(sizes.size(), H5S_UNLIMITED);
  const hid_t space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), endless.data());
  const hid_t dataset = H5Dcreate2(file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  H5Dclose(dataset);
  H5Sclose(space);
  H5Pclose(properties);
}

inline void replace_values(hid_t file, const char* name, const std::vector<float>& values, std::vector<hsize_t> sizes) {
  replace_dataset(file, name, H5T_IEEE_F32LE, std::move(sizes));
  const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
  H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(dataset);
}

inline void add_attribute(hid_t file) {
  const hid_t space = H5Screate(H5S_SCALAR);
  const std::uint64_t value = 1;
  const hid_t attribute = H5Acreate2(file, "run", H5T_STD_U64LE, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(attribute, H5T_NATIVE_UINT64, &value);
  H5Aclose(attribute);
  H5Sclose(space);
}
