// SPDX-License-Identifier: Apache-2.0
// Replaces the readers and writers of result files in a build without HDF5.
#include "host/results/result_file.hpp"
#include "host/results/sweep_file.hpp"

namespace gumbelcuda {
namespace {

file_error missing(const std::string& action, const std::string& path) {
  return file_error("cannot " + action + " " + path +
                    ": this program was built without HDF5; install it (Debian: libhdf5-dev) and build again");
}

}  // namespace

bool have_result_file() noexcept { return false; }

void write_result_file(const std::string& path, const fleet_config&, const fleet_rows&) {
  throw missing("write", path);
}
void write_result_file(const std::string& path, const fleet_config&, const fleet_result&) {
  throw missing("write", path);
}

void use_result_file(const std::string& path, const reading&, const std::function<void(const open_fleet&)>&) {
  throw missing("read", path);
}

stored_fleet read_result_file(const std::string& path, const reading&) { throw missing("read", path); }

void verify_result_file(const std::string& path) { throw missing("read", path); }

void write_sweep_file(const std::string& path, const sweep_record&) { throw missing("write", path); }

void use_sweep_file(const std::string& path, const reading&,
                    const std::function<void(const sweep_record&, const sweep_histories&)>&) {
  throw missing("read", path);
}

sweep_record read_sweep_file(const std::string& path, const reading&) { throw missing("read", path); }

result_kind kind_of_result_file(const std::string& path, const reading&) { throw missing("read", path); }

std::uint64_t sweep_file_bytes(const sweep_record&) { return 0; }

}  // namespace gumbelcuda
