// SPDX-License-Identifier: Apache-2.0
// A trained sweep as an HDF5 file that any HDF5 reader can open (docs/sweep.md has the list of what is in it):
// settings, axes, results. Its attribute "format" is not a fleet's. The same sweep gives the same bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "host/results/result_file.hpp"
#include "host/results/sweep_histories.hpp"
#include "host/sweep_record.hpp"

namespace gumbelcuda {

// These throw what the functions of result_file.hpp throw, also in a build without HDF5.
void write_sweep_file(const std::string& path, const sweep_record& record);

// Opens a file for use(). The record is without what belongs to the run (backend, target, threads, seconds), without
// the data, of which their number and hash are kept, and without histories, which are read piece by piece.
void use_sweep_file(const std::string& path, const reading& how,
                    const std::function<void(const sweep_record&, const sweep_histories&)>& use);
// The same with its histories.
sweep_record read_sweep_file(const std::string& path, const reading& how = {});

enum class result_kind { fleet, sweep };
// What a file with a fitting seal says that it is; what is neither is taken for a fleet, whose reader says what it is.
result_kind kind_of_result_file(const std::string& path, const reading& how = {});

// At most how many bytes such a file takes; results may be missing from the record.
std::uint64_t sweep_file_bytes(const sweep_record& record);

}  // namespace gumbelcuda
