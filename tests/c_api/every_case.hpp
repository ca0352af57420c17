// SPDX-License-Identifier: Apache-2.0
// Visits all operations of the table: those of gumbelcuda/c/ except gumbel.h.
#pragma once

#include "tests/c_api/distributions_cases.hpp"
#include "tests/c_api/draws_cases.hpp"
#include "tests/c_api/location_scale_cases.hpp"
#include "tests/c_api/relaxations_cases.hpp"

namespace gumbelcuda::testing_c {

// Calls visit(operation<Args>) for each of them.
template <class Visit>
void for_each_operation(Visit visit) {
  for_each_draw(visit);
  for_each_relaxation(visit);
  for_each_density(visit);
  for_each_location_scale(visit);
}

}  // namespace gumbelcuda::testing_c
