// SPDX-License-Identifier: Apache-2.0
// A trained fleet as an HDF5 file that any HDF5 reader can open. The root's attributes are the configuration; its
// datasets are the rates, the target and what was learned (result_layout.hpp lists them). It contains nothing that
// differs from run to run (no time, threads or backend): same configuration, same bytes.
#pragma once

#include <string>

#include "gumbelcuda/fleet.hpp"
#include "host/results/statistics.hpp"

namespace gumbelcuda {

// Whether this build can read and write result files. Without HDF5 the functions below throw file_error.
bool have_result_file() noexcept;

// Throws file_error (the file then stays as it was before), or invalid_argument if result and configuration do not
// match. HDF5 is not thread-safe: call these functions from one thread at a time.
void write_result_file(const std::string& path, const fleet_config& config, const fleet_rows& rows);
void write_result_file(const std::string& path, const fleet_config& config, const fleet_result& result);

struct stored_fleet {
  std::uint64_t format_version = 0;
  fleet_config config;
  fleet_result result;  // without backend, target, threads and seconds
  fleet_distances distances;
};

// sealed = false does not verify the checksum. HDF5 may then read a damaged file, and some versions crash: use a child
// process. with_history = false checks that the history exists but does not load it: it may take a hundred times the
// memory of the rest.
struct reading {
  bool sealed = true, with_history = true;
};

// Throws file_error if the file cannot be opened, and damaged_file if it is not a complete result file: a checksum
// covers every byte (result_seal.hpp), and the contents must be those of a result file.
stored_fleet read_result_file(const std::string& path, const reading& how = {});

// Throws the same exceptions for a file that is cut off or changed. Reads it in small blocks, whatever its size, and
// does not look at the contents.
void verify_result_file(const std::string& path);

}  // namespace gumbelcuda
