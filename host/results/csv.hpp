// SPDX-License-Identifier: Apache-2.0
// The final distributions as text for spreadsheets and scripts: header "gan,p0,p1,…", one row a GAN,
// 9 significant digits, which is enough to get every float back exactly.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// The GANs are numbered from first_gan. Throws file_error, and invalid_argument where the sizes do not fit
// each other; the file is then as it was before.
void write_csv(const std::string& path, const fleet_result& fleet, std::uint64_t first_gan = 0);

// The same text to whatever takes it, in blocks. What `write` throws comes back as it is.
void write_csv(const std::function<void(const std::string&)>& write, const fleet_result& fleet,
               std::uint64_t first_gan = 0);

// Bytes that such a file has at least: every number and every separator at its shortest.
std::uint64_t least_csv_bytes(const fleet_config& config);

}  // namespace gumbelcuda
