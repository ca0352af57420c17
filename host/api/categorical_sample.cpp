// SPDX-License-Identifier: Apache-2.0
// Public functions: draws from categorical distributions.
#include "gumbelcuda/categorical_sample.hpp"

#include "host/api/run_rows.hpp"

namespace gumbelcuda {

void categorical_sample(const categorical_sample_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void categorical_sample_from_probabilities(const categorical_sample_from_probabilities_task& task,
                                           const row_execution& execution) {
  run_rows(task, execution);
}

}  // namespace gumbelcuda
