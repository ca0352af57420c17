// SPDX-License-Identifier: Apache-2.0
// Operations that go a class at a time, too, but are faster with the registers of a wider instruction set.
#include "gumbelcuda/rows/gumbel_rao.hpp"
#include "gumbelcuda/rows/kl_divergence.hpp"
#include "host/cpu/row_functions.hpp"

GUMBELCUDA_MATH_BEGIN

template struct row_function_of<kl_divergence_task>;
template struct row_function_of<conditional_gumbel_task>;

GUMBELCUDA_MATH_END
