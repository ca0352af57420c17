// SPDX-License-Identifier: Apache-2.0
#include "host/results/hdf5_write.hpp"

#include <string_view>

#include "gumbelcuda/config.hpp"
#include "host/files/atomic_file.hpp"
#include "host/results/result_seal.hpp"

namespace gumbelcuda::hdf5 {
namespace {

// HDF5 makes the file's structures in memory, and our own code writes the file to the disk: HDF5 does not recover from
// a disk that is full when it closes a file (it crashes at exit). The format is version 1.8's, the first in which HDF5
// has checksums of its own structures. All attributes and links stay in the root's header, so that there are few
// structures to go wrong and no time is recorded (HDF5 records one beside an index of a size other than its usual).
handle create_file(image& structures, unsigned most_links) {
  const handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "create a property list");
  keep_in(structures, access);
  check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18), "choose a format");
  const handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "create a property list");
  check(H5Pset_obj_track_times(creation, false), "switch times off");
  check(H5Pset_link_phase_change(creation, most_links, most_links / 2), "keep links together");
  check(H5Pset_attr_phase_change(creation, most_links, most_links / 2), "keep attributes together");
  return {H5Fcreate("gumbelcuda", H5F_ACC_TRUNC, creation, access), H5Fclose, "create the file"};
}

handle text_type(const std::string& text) {
  handle type(H5Tcopy(H5T_C_S1), H5Tclose, "copy a type");
  check(H5Tset_size(type, text.size()), "size a text");
  check(H5Tset_strpad(type, H5T_STR_NULLPAD), "pad a text");
  return type;
}

}  // namespace

void write_text(hid_t object, const char* name, const std::string& text) {
  const handle type = text_type(text), space(H5Screate(H5S_SCALAR), H5Sclose, "create a data space");
  const handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
  check(H5Awrite(attribute, type, text.data()), name);
}

void write_text_dataset(hid_t file, const char* name, const std::string& text, const std::string& description) {
  const handle type = text_type(text), space(H5Screate(H5S_SCALAR), H5Sclose, "create a data space");
  check(H5Tset_cset(type, H5T_CSET_UTF8), "have letters of all kinds");
  const handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "create a property list");
  check(H5Pset_obj_track_times(properties, false), "switch times off");
  const handle dataset(H5Dcreate2(file, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose, name);
  check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()), name);
  write_text(dataset, "description", description);
}

void write_kind(hid_t file, const char* format_name, std::uint64_t format_version) {
  write_text(file, "format", format_name);
  write_text(file, "library_version",
             std::to_string(GUMBELCUDA_VERSION_MAJOR) + "." + std::to_string(GUMBELCUDA_VERSION_MINOR) + "." +
                 std::to_string(GUMBELCUDA_VERSION_PATCH));
  write_number(file, "format_version", format_version);
  write_number(file, "stream_version", stream_version);
}

void write_sealed(const std::string& path, unsigned most_links, const std::function<void(output&)>& fill) {
  atomic_file target(path);
  const quiet no_output;
  try {
    image structures;
    chunk_stream arrays;
    const handle file = create_file(structures, most_links);
    output to{file, structures, arrays};
    fill(to);
    // Files say that HDF5 has them open: they always did, and no reader minds.
    check(H5Fflush(file, H5F_SCOPE_LOCAL), "finish the file");
    file_checksum checksum;
    arrays.write(
        structures, [&](std::string_view piece) { target.write(piece); },
        [&](std::string_view piece) { checksum.add(piece); });
    target.write(checksum.seal());
  } catch (const failure& failure) {
    throw file_error("cannot write " + path + ": HDF5 says: " + failure.problem);
  }
  target.commit();
}

}  // namespace gumbelcuda::hdf5
