// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include "host/results/hdf5.hpp"
#include "host/results/result_file.hpp"
#include "host/results/result_layout.hpp"
#include "host/results/result_seal.hpp"

namespace gumbelcuda {
namespace {

using hdf5::check;
using hdf5::file_type;
using hdf5::handle;
using hdf5::memory_type;
using result_layout::dimension;
using result_layout::lengths;
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
  std::uint64_t file_bytes, version = 0;
  bool with_history = true;

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
    const lengths found = extent_of(dataset, name), for_all = version < 3 ? lengths{1} : lengths{};
    if (found != for_all && found != lengths{gan.length}) damaged(std::string(name) + " has another shape");
    read(dataset, name, values, found);
  }
  template <class Value>
  void array(const char* name, std::vector<Value>& values, const shape& extent, const char*) {
    const handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
    const lengths found = extent_of(dataset, name);
    if (found != result_layout::lengths_of(extent)) damaged(std::string(name) + " has another shape");
    read(dataset, name, values, found);
  }

 private:
  static lengths extent_of(hid_t dataset, const char* name) {
    const handle space(H5Dget_space(dataset), H5Sclose, name);
    hsize_t sizes[H5S_MAX_RANK];
    const int rank = check(H5Sget_simple_extent_dims(space, sizes, nullptr), name);
    return {sizes, sizes + rank};
  }
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
  // Allocates memory only for numbers that the file is large enough to contain.
  template <class Value>
  void read(hid_t dataset, const char* name, std::vector<Value>& values, const lengths& extent) {
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
    if (!with_history && name == std::string_view("history")) return;
    values.resize(size);
    check(H5Dread(dataset, memory_type<Value>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name);
  }
};

std::uint64_t read_version(reader& attributes, const char* name, std::uint64_t oldest, std::uint64_t newest) {
  std::uint64_t version = 0;
  attributes.number(name, version);
  if (version < oldest || version > newest)
    damaged(std::string(name) + " is " + std::to_string(version) + ", this program knows " +
            (oldest == newest ? "" : std::to_string(oldest) + " … ") + std::to_string(newest));
  return version;
}

// Allows NaN and infinity: they belong to a GAN that diverged.
void expect_probabilities(const char* name, const std::vector<float>& values) {
  constexpr float rounding = 1e-5f;
  if (std::any_of(values.begin(), values.end(), [](float p) { return p < 0 || (p > 1 + rounding && p - p == 0); }))
    damaged(std::string(name) + " has values that are no probabilities");
}

stored_fleet read_open_file(hid_t file, std::uint64_t file_bytes, bool with_history) {
  if (read_text(file, "format") != result_layout::format_name) damaged("its format is another one");
  stored_fleet fleet;
  reader visitor{file, file_bytes, 0, with_history};
  visitor.version = fleet.format_version =
      read_version(visitor, "format_version", result_layout::oldest_format_version, result_layout::format_version);
  read_version(visitor, "stream_version", result_layout::stream_version, result_layout::stream_version);
  result_layout::visit_numbers(fleet.config, fleet.result, visitor);
  if (fleet.result.classes < 1 || fleet.config.epochs < 1) damaged("classes or epochs are out of range");
  fleet.result.num_gans = fleet.config.num_gans;
  if (fleet.format_version >= 3) {
    std::vector<std::int64_t> gan_classes;
    result_layout::visit_classes(fleet.config, fleet.result.classes, gan_classes, visitor);
    if (std::any_of(gan_classes.begin(), gan_classes.end(), [&](auto k) { return k != fleet.result.classes; }))
      damaged("its GANs differ in their number of classes, which this program does not know");
  }
  result_layout::visit_datasets(fleet.config, fleet.result, visitor);
  result_layout::visit_distances(fleet.config, fleet.distances, visitor);
  validate(fleet.config);
  expect_probabilities("distribution", fleet.result.distribution);
  expect_probabilities("history", fleet.result.history);
  return fleet;
}

}  // namespace

void verify_result_file(const std::string& path) { check_seal(path); }

stored_fleet read_result_file(const std::string& path, const reading& how) {
  const hdf5::quiet no_output;
  const auto refusal = [&](const std::string& problem) {
    return damaged_file(path + " is damaged or no result file of this program: " + problem);
  };
  const std::uint64_t file_bytes = how.sealed ? check_seal(path) : size_of_file(path);
  try {
    const handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "open it with HDF5");
    return read_open_file(file, file_bytes, how.with_history);
  } catch (const hdf5::failure& failure) {
    throw refusal(failure.problem);
  } catch (const invalid_argument& problem) {
    throw refusal(problem.what());
  }
}

}  // namespace gumbelcuda
