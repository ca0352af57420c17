// SPDX-License-Identifier: Apache-2.0
// A trained fleet as an HDF5 file that any HDF5 reader opens. The root's attributes are the configuration,
// its datasets the rates, the target and what was learned (result_layout.hpp lists them). Nothing that
// differs from run to run is in it (no time, threads or backend): same configuration, same bytes.
#pragma once

#include <string>

#include "gumbelcuda/fleet.hpp"
#include "host/results/statistics.hpp"

namespace gumbelcuda {

// Whether this build can read and write result files. Without HDF5 the functions below throw file_error.
bool have_result_file() noexcept;

// Throws file_error (the file is then as it was before), invalid_argument where result and configuration
// do not fit each other. HDF5 is not safe for several threads: call these from one at a time.
void write_result_file(const std::string& path, const fleet_config& config, const fleet_result& result);

struct stored_fleet {
  std::uint64_t format_version = 0;
  fleet_config config;
  fleet_result result;  // without backend, target, threads and seconds
  fleet_distances distances;
};

// Without the seal HDF5 may meet a damaged file, which some versions answer with a crash: for a child process. The
// history may take a hundred times what the rest takes; it is checked for being there, and left there.
struct reading {
  bool sealed = true, with_history = true;
};

// Throws file_error where the file cannot be opened, damaged_file where it is not a whole result file:
// a checksum covers every byte (result_seal.hpp), and what is in it must be what a result file has.
stored_fleet read_result_file(const std::string& path, const reading& how = {});

// Throws the same for a file that is cut off or changed, and reads it in small blocks, whatever its size. What is in
// it is not looked at.
void verify_result_file(const std::string& path);

}  // namespace gumbelcuda
