// SPDX-License-Identifier: Apache-2.0
// Neighbouring GANs of a run as a run of their own: with the noise and the settings that they have in the whole one.
#pragma once

#include "gumbelcuda/sweep.hpp"
#include "host/cpu/gan_range.hpp"

namespace gumbelcuda {

// Of a configuration that has been validated.
fleet_config part_of(const fleet_config& config, const gan_range& gans);
sweep_config part_of(const sweep_config& config, const gan_range& gans);

}  // namespace gumbelcuda
