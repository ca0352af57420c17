// SPDX-License-Identifier: Apache-2.0
// Checks of the operations on rows, before any work: what is wrong, with its value, and what is allowed.
#pragma once

#include "gumbelcuda/sampling.hpp"

namespace gumbelcuda {

// Throw invalid_argument. `on_device`: pointers lead to a device, so what they point at is not looked at.
void validate(const gumbel_noise_task& task, bool on_device);
void validate(const gumbel_max_task& task, bool on_device);
void validate(const gumbel_softmax_task& task, bool on_device);
void validate(const gumbel_softmax_vjp_task& task, bool on_device);
void validate_device_offset(const std::uint64_t* device_offset);

}  // namespace gumbelcuda
