// SPDX-License-Identifier: Apache-2.0
// The sizes of a GAN of a sweep as plain data: it is passed from one instruction set's code to another's, so it is in
// none of their namespaces, and has no functions. shape.hpp has what follows from it.
#pragma once

#include "gumbelcuda/gan_problem.hpp"

namespace gumbelcuda {

struct sweep_sizes {
  int classes, batch, generator_steps;
  gan_problem problem;
};

}  // namespace gumbelcuda
