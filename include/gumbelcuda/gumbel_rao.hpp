// SPDX-License-Identifier: Apache-2.0
// Gumbels given their argmax, and by averaging over them a straight-through gradient of less variance, for batches of
// rows. Paulus, Maddison, Krause, arXiv:2010.04838. Arguments, errors and backends: as in sampling.hpp.
//
//   gumbel_max(…)               forward: index, whose one-hot row the loss takes
//   gumbel_rao_vjp(…)           backward: from dL/d(one-hot row) to dL/dlogits
#pragma once

#include "gumbelcuda/rows/gumbel_rao_tasks.hpp"
#include "gumbelcuda/sampling.hpp"

namespace gumbelcuda {

GUMBELCUDA_API void conditional_gumbel(const conditional_gumbel_task& task, const row_execution& execution = {});
GUMBELCUDA_API void gumbel_rao_vjp(const gumbel_rao_vjp_task& task, const row_execution& execution = {});

}  // namespace gumbelcuda
