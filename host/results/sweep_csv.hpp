// SPDX-License-Identifier: Apache-2.0
// A sweep as text for spreadsheets and scripts, one row a GAN: gan, a column for each axis, outcome, epochs, steps,
// total_variation, generator_loss, discriminator_loss, with gradient samples nonzero_gradients, gradient_variance, then
// p0, p1, … A GAN with fewer classes than others leaves the rest empty.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "host/sweep_record.hpp"

namespace gumbelcuda {

// Passes the text to `write`, in blocks. Throws invalid_argument if the sizes do not match; exceptions of `write` pass
// through unchanged.
void write_sweep_csv(const std::function<void(const std::string&)>& write, const sweep_record& record);

// The least size of such a file in bytes; the results may be missing.
std::uint64_t least_sweep_csv_bytes(const sweep_record& record);

// "end", "converged", "diverged".
const char* outcome_word(gan_outcome outcome) noexcept;

}  // namespace gumbelcuda
