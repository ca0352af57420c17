// SPDX-License-Identifier: Apache-2.0
// All functions of the library for the host, in one include. device.hpp is for your own kernels.
#pragma once

// Operations on batches of rows: each family's header, as this list of them has it.
#include "gumbelcuda/detail/every_operation.hpp"

// What they share, and what makes calling them easier.
#include "gumbelcuda/error.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/leading_dimensions.hpp"
#include "gumbelcuda/rows.hpp"
#include "gumbelcuda/sampler.hpp"
#include "gumbelcuda/temperature_schedule.hpp"

// Fleets of GANs, and sweeps of GANs that differ; trainings that are stopped and go on, or are divided.
#include "gumbelcuda/checkpoint.hpp"
#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/partial_training.hpp"
#include "gumbelcuda/sweep.hpp"
