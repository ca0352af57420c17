// SPDX-License-Identifier: Apache-2.0
// The final distributions as text for spreadsheets and scripts: header "gan,p0,p1,…", one row per GAN, 9 significant
// digits, enough to read back every float exactly.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "gumbelcuda/fleet.hpp"
#include "host/results/fleet_rows.hpp"

namespace gumbelcuda {

// GANs are numbered from first_gan. Throws file_error, or invalid_argument if the sizes do not match; the file then
// stays as it was before.
void write_csv(const std::string& path, const fleet_result& fleet, std::uint64_t first_gan = 0);

// Passes the same text to `write`, in blocks. Exceptions of `write` pass through unchanged.
void write_csv(const std::function<void(const std::string&)>& write, const fleet_rows& fleet,
               std::uint64_t first_gan = 0);

// The least size of such a file in bytes: every number and every separator at its shortest.
std::uint64_t least_csv_bytes(const fleet_config& config);

}  // namespace gumbelcuda
