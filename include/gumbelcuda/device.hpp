// SPDX-License-Identifier: Apache-2.0
// For one's own kernels, which draw where they have logits: the noise of a place, Gumbel-max of logits in registers,
// and the relaxation with its gradient. Headers alone, nothing is linked; the same functions run on the host. nvcc
// needs -fmad=false, so that results have the library's bits. docs/device-header.md has whole examples.
//
//   noise_of_row(noise_address, row)             where the noise of a row is
//   quad_gumbels(noise, quad, g)                 the Gumbel variates of classes 4·quad … 4·quad + 3
//   best_class<V>, enter_quad(best, noise, …)    the class with the largest logit + gumbel so far
//   tempered_softmax(…), softmax_vjp(…)          of a row in registers (math/softmax.hpp)
//   standard_gumbel(bits), standard_normal(bits) from 32 random bits (math/gumbel.hpp, math/normal.hpp)
//   philox4x32_10(counter, key)                  the generator itself (math/philox.hpp)
#pragma once

#include "gumbelcuda/detail/rows/gumbel_max.hpp"
#include "gumbelcuda/detail/rows/gumbels.hpp"
#include "gumbelcuda/detail/rows/noise.hpp"
#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/normal.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "gumbelcuda/math/softmax.hpp"
