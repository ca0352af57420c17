// SPDX-License-Identifier: Apache-2.0
// Draws from categorical distributions, one or many a row, with temperature, min-p, top-k, top-p and a seed for each
// row, for batches of rows. Arguments, errors and backends: as in sampling.hpp. Gumbel-max: see gumbel_max.
//
//   gumbelcuda::categorical_sample_task task{.rows = 8, .classes = 128256, .logits = {logits}, .index = index};
//   task.temperature = &temperature;
//   task.top_p = &top_p;
//   gumbelcuda::categorical_sample(task);
#pragma once

#include "gumbelcuda/rows/categorical_tasks.hpp"
#include "gumbelcuda/sampling.hpp"

namespace gumbelcuda {

// On a device the values of temperatures, filters and offsets are not looked at beforehand: a row for which one is out
// of range gets −1, NaN and bad_parameter.
GUMBELCUDA_API void categorical_sample(const categorical_sample_task& task, const row_execution& execution = {});
GUMBELCUDA_API void categorical_sample_from_probabilities(const categorical_sample_from_probabilities_task& task,
                                                          const row_execution& execution = {});

}  // namespace gumbelcuda
