// SPDX-License-Identifier: Apache-2.0
// Densities and divergences of distributions over classes, for batches of rows. Arguments, errors and backends: as in
// sampling.hpp.
#pragma once

#include "gumbelcuda/rows/concrete_kl_tasks.hpp"
#include "gumbelcuda/rows/distribution_tasks.hpp"
#include "gumbelcuda/sampling.hpp"

namespace gumbelcuda {

GUMBELCUDA_API void kl_divergence(const kl_divergence_task& task, const row_execution& execution = {});

// τ of 0 has no density and is refused.
GUMBELCUDA_API void concrete_log_prob(const concrete_log_prob_task& task, const row_execution& execution = {});
GUMBELCUDA_API void concrete_log_prob_vjp(const concrete_log_prob_vjp_task& task, const row_execution& execution = {});

// The same.
GUMBELCUDA_API void concrete_kl_estimate(const concrete_kl_estimate_task& task, const row_execution& execution = {});
GUMBELCUDA_API void concrete_kl_estimate_vjp(const concrete_kl_estimate_vjp_task& task,
                                             const row_execution& execution = {});

GUMBELCUDA_API void relaxed_bernoulli(const relaxed_bernoulli_task& task, const row_execution& execution = {});
GUMBELCUDA_API void relaxed_bernoulli_vjp(const relaxed_bernoulli_vjp_task& task, const row_execution& execution = {});
GUMBELCUDA_API void relaxed_bernoulli_log_prob(const relaxed_bernoulli_log_prob_task& task,
                                               const row_execution& execution = {});

}  // namespace gumbelcuda
