// SPDX-License-Identifier: Apache-2.0
#include "examples/logistic_gan.hpp"
#include "tests/model/one_kind.hpp"

int models_at_a_time_in_scalars() {
  return gumbelcuda::train_fleet(gumbelcuda::example::logistic_gan<2, 3, 1>{gumbelcuda::real_classes<2>({.5, .5})},
                                 {.learning_rate = {{1e-3f}, {1e-3f}}})
      .side_by_side;
}
