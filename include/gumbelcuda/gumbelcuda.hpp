// SPDX-License-Identifier: Apache-2.0
// The whole library in one include, in the order of its layers. Within the library nobody includes this
// file: each names exactly what it uses.
#pragma once

#include "gumbelcuda/config.hpp"

// Pure functions on one lane.
#include "gumbelcuda/math/lane.hpp"
#include "gumbelcuda/math/elementary.hpp"
#include "gumbelcuda/math/sum.hpp"
#include "gumbelcuda/math/root.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/normal.hpp"
#include "gumbelcuda/math/storage.hpp"
#include "gumbelcuda/math/categorical.hpp"
#include "gumbelcuda/math/softmax.hpp"
#include "gumbelcuda/math/loss.hpp"
#include "gumbelcuda/math/optimizer.hpp"

// The toy GAN on one lane.
#include "gumbelcuda/gan/shape.hpp"
#include "gumbelcuda/gan/step.hpp"
#include "gumbelcuda/gan/batch_sum.hpp"
#include "gumbelcuda/gan/model.hpp"
#include "gumbelcuda/gan/race.hpp"
#include "gumbelcuda/gan/direct_gan.hpp"
#include "gumbelcuda/gan/racing_gan.hpp"
#include "gumbelcuda/gan/result.hpp"
#include "gumbelcuda/gan/training_constants.hpp"

// Operations on a row of classes, or on one thread's part of it.
#include "gumbelcuda/rows/tasks.hpp"
#include "gumbelcuda/rows/noise.hpp"
#include "gumbelcuda/rows/gumbels.hpp"
#include "gumbelcuda/rows/part.hpp"
#include "gumbelcuda/rows/softmax.hpp"
#include "gumbelcuda/rows/gumbel_max.hpp"
#include "gumbelcuda/rows/operations.hpp"
#include "gumbelcuda/rows/distribution_tasks.hpp"
#include "gumbelcuda/rows/kl_divergence.hpp"
#include "gumbelcuda/rows/temperature_schedule.hpp"
#include "gumbelcuda/rows/gumbel_rao_tasks.hpp"
#include "gumbelcuda/rows/gumbel_rao.hpp"
#include "gumbelcuda/rows/concrete.hpp"
#include "gumbelcuda/rows/relaxed_bernoulli.hpp"
#include "gumbelcuda/rows/top_k_tasks.hpp"
#include "gumbelcuda/rows/gumbel_top_k.hpp"
#include "gumbelcuda/rows/sharded_tasks.hpp"
#include "gumbelcuda/rows/gumbel_max_shard.hpp"
#include "gumbelcuda/rows/relaxed_k_hot.hpp"
#include "gumbelcuda/rows/reparameterized_tasks.hpp"
#include "gumbelcuda/rows/parameters.hpp"
#include "gumbelcuda/rows/reparameterized.hpp"

// Compiled: fleets of GANs and batches of rows, on whatever hardware is there.
#include "gumbelcuda/error.hpp"
#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/sampling.hpp"
#include "gumbelcuda/sampler.hpp"
#include "gumbelcuda/distributions.hpp"
#include "gumbelcuda/temperature_schedule.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "gumbelcuda/top_k.hpp"
#include "gumbelcuda/sharded.hpp"
#include "gumbelcuda/leading_dimensions.hpp"
#include "gumbelcuda/reparameterized.hpp"
