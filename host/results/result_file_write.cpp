// SPDX-License-Identifier: Apache-2.0
#include <hdf5_hl.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>

#include "gumbelcuda/config.hpp"
#include "host/results/atomic_file.hpp"
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

struct size_checker {
  template <class Value>
  void rates(const char* name, const std::vector<Value>& values, const dimension& gan, const char*) {
    if (values.size() != 1 && values.size() != gan.length) refuse(name, values.size(), gan.length);
  }
  template <class Value>
  void array(const char* name, const std::vector<Value>& values, const shape& extent, const char*) {
    std::uint64_t size = 1;
    for (const dimension& side : extent) size *= side.length;
    if (values.size() != size) refuse(name, values.size(), size);
  }
  [[noreturn]] static void refuse(const char* name, std::uint64_t size, std::uint64_t expected) {
    throw invalid_argument(name, "has " + std::to_string(size) + " values instead of " + std::to_string(expected));
  }
};

void write_text(hid_t object, const char* name, const std::string& text) {
  const handle type(H5Tcopy(H5T_C_S1), H5Tclose, "copy a type");
  check(H5Tset_size(type, text.size()), "size a text");
  check(H5Tset_strpad(type, H5T_STR_NULLPAD), "pad a text");
  const handle space(H5Screate(H5S_SCALAR), H5Sclose, "create a data space");
  const handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
  check(H5Awrite(attribute, type, text.data()), name);
}

void write_number(hid_t file, const char* name, const auto value) {
  const wide<decltype(value)> widened = value;
  using stored = std::remove_const_t<decltype(widened)>;
  const handle space(H5Screate(H5S_SCALAR), H5Sclose, "create a data space");
  const handle attribute(H5Acreate2(file, name, file_type<stored>(), space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
  check(H5Awrite(attribute, memory_type<stored>(), &widened), name);
}

// The first pass creates everything that follows from the configuration. Datasets get their place in the file here, so
// neither the order nor the writer of the numbers matters later.
struct architect {
  hid_t file;

  void number(const char* name, const auto value) { write_number(file, name, value); }
  void scale(const dimension& side, const char* description) {
    create<std::uint64_t>(side.name, {side}, description);
    const handle dataset(H5Dopen2(file, side.name, H5P_DEFAULT), H5Dclose, side.name);
    check(H5DSset_scale(dataset, side.name), "make a dimension scale");
  }
  template <class Value>
  void rates(const char* name, const std::vector<Value>& values, const dimension& gan, const char* description) {
    array(name, values, values.size() == 1 ? shape{} : shape{gan}, description);
  }
  template <class Value>
  void array(const char* name, const std::vector<Value>&, const shape& extent, const char* description) {
    create<Value>(name, extent, description);
    const handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
    for (unsigned side = 0; side < extent.size(); ++side) {
      const handle scale(H5Dopen2(file, extent[side].name, H5P_DEFAULT), H5Dclose, extent[side].name);
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
    const handle dataset(H5Dcreate2(file, name, file_type<Value>(), space, H5P_DEFAULT, properties, H5P_DEFAULT),
                         H5Dclose, name);
    write_text(dataset, "description", description);
  }
  static std::vector<hsize_t> as_sizes(const lengths& sizes) { return {sizes.begin(), sizes.end()}; }
};

// The second pass: the numbers.
struct writer {
  hid_t file;

  void scale(const dimension& side, const char*) {
    std::vector<std::uint64_t> numbers(side.length);
    std::iota(numbers.begin(), numbers.end(), side.first);
    write(side.name, numbers);
  }
  template <class Value>
  void rates(const char* name, const std::vector<Value>& values, const dimension&, const char*) {
    write(name, values);
  }
  template <class Value>
  void array(const char* name, const std::vector<Value>& values, const shape&, const char*) {
    write(name, values);
  }

 private:
  template <class Value>
  void write(const char* name, const std::vector<Value>& values) {
    const handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
    check(H5Dwrite(dataset, memory_type<Value>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name);
  }
};

// HDF5 builds the file in memory, and our own code writes it to the disk: HDF5 does not recover from a disk that is
// full when it closes a file (it crashes at exit). The price is a copy of the result during the writing; memory checks
// count it (result_layout::file_bytes). The format is version 1.8's, the first in which HDF5 has checksums of its own
// structures. All attributes and links stay in the root's header, so that there are few structures to go wrong and no
// time is recorded (HDF5 records one beside an index of a size other than its usual).
handle create_file() {
  constexpr std::size_t memory_step = 1 << 20;
  const handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "create a property list");
  check(H5Pset_fapl_core(access, memory_step, false), "stay in memory");
  check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18), "choose a format");
  const handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "create a property list");
  check(H5Pset_obj_track_times(creation, false), "switch times off");
  check(H5Pset_link_phase_change(creation, 64, 32), "keep links together");
  check(H5Pset_attr_phase_change(creation, 64, 32), "keep attributes together");
  return {H5Fcreate("gumbelcuda", H5F_ACC_TRUNC, creation, access), H5Fclose, "create the file"};
}

void fill_file(hid_t file, const fleet_config& config, const fleet_result& result) {
  write_text(file, "format", result_layout::format_name);
  write_text(file, "library_version",
             std::to_string(GUMBELCUDA_VERSION_MAJOR) + "." + std::to_string(GUMBELCUDA_VERSION_MINOR) + "." +
                 std::to_string(GUMBELCUDA_VERSION_PATCH));
  write_number(file, "format_version", result_layout::format_version);
  write_number(file, "stream_version", result_layout::stream_version);
  result_layout::visit_numbers(config, result, architect{file});
  const std::vector<std::int64_t> gan_classes{result.classes};
  const auto both_passes = [&](const fleet_distances& distances, auto visitor) {
    result_layout::visit_scales(config, result.classes, visitor);
    result_layout::visit_classes(config, result.classes, gan_classes, visitor);
    result_layout::visit_datasets(config, result, visitor);
    result_layout::visit_distances(config, distances, visitor);
  };
  both_passes({}, architect{file});
  both_passes(distances_to_target(result, config.target), writer{file});
}

// The bytes of a file in memory, not copied. They are valid while the file is open.
std::string_view image_of(hid_t file) {
  check(H5Fflush(file, H5F_SCOPE_LOCAL), "finish the file");
  // Not H5Fget_filesize, which counts reserved memory, too.
  const ssize_t size = check(H5Fget_file_image(file, nullptr, 0), "measure the file");
  void* place = nullptr;
  check(H5Fget_vfd_handle(file, H5P_DEFAULT, &place), "find the file in memory");
  return {*static_cast<const char* const*>(place), static_cast<std::size_t>(size)};
}

}  // namespace

bool have_result_file() noexcept { return true; }

void write_result_file(const std::string& path, const fleet_config& config, const fleet_result& result) {
  if (result.num_gans != config.num_gans) size_checker::refuse("num_gans", result.num_gans, config.num_gans);
  result_layout::visit_datasets(config, result, size_checker{});
  atomic_file target(path);
  const hdf5::quiet no_output;
  try {
    const handle file = create_file();
    fill_file(file, config, result);
    const std::string_view image = image_of(file);
    file_checksum checksum;
    checksum.add(image);
    target.write(image);
    target.write(checksum.seal());
  } catch (const hdf5::failure& failure) {
    throw file_error("cannot write " + path + ": HDF5 says: " + failure.problem);
  }
  target.commit();
}

}  // namespace gumbelcuda
