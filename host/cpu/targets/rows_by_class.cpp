// SPDX-License-Identifier: Apache-2.0
// Operations that are computed class by class and are no faster on a wider instruction set.
#include "gumbelcuda/detail/rows/concrete.hpp"
#include "gumbelcuda/detail/rows/concrete_kl.hpp"
#include "gumbelcuda/detail/rows/gumbel_rao.hpp"
#include "gumbelcuda/detail/rows/location_scale.hpp"
#include "gumbelcuda/detail/rows/relaxed_bernoulli.hpp"
#include "gumbelcuda/detail/rows/sharded.hpp"
#include "host/cpu/rows/row_functions.hpp"

GUMBELCUDA_MATH_BEGIN

inline void run_rows(const combine_gumbel_max_task& task, std::uint64_t first, std::uint64_t last, void*) {
  with_stored(task.type, [&](auto stored) {
    for (std::uint64_t row = first; row < last; ++row) combine_row<computed_of<decltype(stored)>>(task, row);
  });
}

template struct row_function_of<gumbel_rao_vjp_task>;
template struct row_function_of<concrete_log_prob_task>;
template struct row_function_of<concrete_log_prob_vjp_task>;
template struct row_function_of<concrete_kl_estimate_task>;
template struct row_function_of<concrete_kl_estimate_vjp_task>;
template struct row_function_of<relaxed_bernoulli_task>;
template struct row_function_of<relaxed_bernoulli_vjp_task>;
template struct row_function_of<relaxed_bernoulli_log_prob_task>;
template struct row_function_of<combine_gumbel_max_task>;
template struct row_function_of<location_scale_sample_task>;
template struct row_function_of<location_scale_sample_vjp_task>;
template struct row_function_of<location_scale_log_prob_task>;
template struct row_function_of<location_scale_log_prob_vjp_task>;

GUMBELCUDA_MATH_END
