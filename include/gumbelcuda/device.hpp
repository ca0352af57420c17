// SPDX-License-Identifier: Apache-2.0
// Everything for your own kernels that draw where they have logits: noise, and Gumbel-max and relaxations of numbers in
// registers. These are headers alone, nothing is linked; the same functions run on the host. docs/device-header.md has
// complete examples, and the compiler options that keep the library's bits.
#pragma once

#include "gumbelcuda/device/gumbel_max.hpp"
#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/normal.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "gumbelcuda/math/softmax.hpp"
