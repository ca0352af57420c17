// SPDX-License-Identifier: Apache-2.0
// Replaces result_file_read.cpp and result_file_write.cpp in a build without HDF5.
#include "host/results/result_file.hpp"

namespace gumbelcuda {
namespace {

file_error missing(const std::string& action, const std::string& path) {
  return file_error("cannot " + action + " " + path +
                    ": this program was built without HDF5; install it (Debian: libhdf5-dev) and build again");
}

}  // namespace

bool have_result_file() noexcept { return false; }

void write_result_file(const std::string& path, const fleet_config&, const fleet_result&) {
  throw missing("write", path);
}

stored_fleet read_result_file(const std::string& path, const reading&) { throw missing("read", path); }

void verify_result_file(const std::string& path) { throw missing("read", path); }

}  // namespace gumbelcuda
