// SPDX-License-Identifier: Apache-2.0
// All functions of the library for the host, in one include. device.hpp is for your own kernels.
#pragma once

// Operations on batches of rows.
#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/concrete.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "gumbelcuda/gumbel_top_k.hpp"
#include "gumbelcuda/kl_divergence.hpp"
#include "gumbelcuda/location_scale.hpp"
#include "gumbelcuda/relaxed_bernoulli.hpp"
#include "gumbelcuda/relaxed_k_hot.hpp"
#include "gumbelcuda/sharded.hpp"
#include "gumbelcuda/temperature_schedule.hpp"

// What they share, and what makes calling them easier.
#include "gumbelcuda/error.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/leading_dimensions.hpp"
#include "gumbelcuda/rows.hpp"
#include "gumbelcuda/sampler.hpp"

// Fleets of GANs.
#include "gumbelcuda/fleet.hpp"
