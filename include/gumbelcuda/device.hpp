// SPDX-License-Identifier: Apache-2.0
// Everything for one's own kernels, which draw where they have logits: noise, Gumbel-max and relaxations of what is in
// registers. Headers alone, nothing is linked; the same functions run on the host. docs/device-header.md has whole
// examples, and the compiler's options that keep the library's bits.
#pragma once

#include "gumbelcuda/device/gumbel_max.hpp"
#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/normal.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "gumbelcuda/math/softmax.hpp"
