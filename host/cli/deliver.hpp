// SPDX-License-Identifier: Apache-2.0
// What train, sweep and merge do with a result: the files, the table or the JSON object, and what they say of GANs that
// diverged.
#pragma once

#include <cstdint>

#include "host/cli/run_options.hpp"
#include "host/results/fleet_rows.hpp"
#include "host/sweep_record.hpp"

namespace gumbelcuda {

// All return the exit code, and throw file_error for what could not be written, and all_diverged. `trained`: how many
// GANs this process trained; the others are from a checkpoint. The first takes the arrays of the result from `rows`,
// and of `fleet` only what else it has.
int deliver(const run_options& options, const fleet_config& config, const fleet_result& fleet, const fleet_rows& rows,
            std::uint64_t trained);
int deliver(const run_options& options, const fleet_config& config, const fleet_result& fleet, std::uint64_t trained);
int deliver(const run_options& options, const sweep_record& record, std::uint64_t trained);

}  // namespace gumbelcuda
