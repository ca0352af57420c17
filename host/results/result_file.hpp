// SPDX-License-Identifier: Apache-2.0
// A trained fleet as an HDF5 file that any HDF5 reader can open. The root's attributes are the configuration; its
// datasets are the rates, the target and what was learned (result_layout.hpp lists them). It contains nothing that
// differs from run to run (no time, threads or backend): same configuration, same bytes.
#pragma once

#include <cstdint>
#include <functional>
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

// sealed = false does not verify the checksum. HDF5 may then read a damaged file, and some versions crash: use a child
// process.
struct reading {
  bool sealed = true;
};

// A file that is open; its arrays are read piece by piece, each of whole rows.
struct open_fleet {
  std::uint64_t format_version = 0;
  fleet_config config{};
  fleet_rows rows{};
  distance_sources distances{};
};

// Opens a file for use(). Throws file_error if the file cannot be opened, and damaged_file if it is not a complete
// result file: a checksum covers every byte (result_seal.hpp), and the contents must be those of a result file. What
// use() reads of it is checked then.
void use_result_file(const std::string& path, const reading& how, const std::function<void(const open_fleet&)>& use);

// All of a file, in memory.
struct stored_fleet {
  std::uint64_t format_version = 0;
  fleet_config config{};
  fleet_result result{};  // without backend, target, threads and seconds
  fleet_distances distances{};
};
stored_fleet read_result_file(const std::string& path, const reading& how = {});

// Throws the same exceptions for a file that is cut off or changed. Reads it in small blocks, whatever its size, and
// does not look at the contents.
void verify_result_file(const std::string& path);

}  // namespace gumbelcuda
