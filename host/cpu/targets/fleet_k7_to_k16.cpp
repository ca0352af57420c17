// SPDX-License-Identifier: Apache-2.0
// Training fleets of GANs with 7, 8, 10 or 16 classes.
#include "host/cpu/fleet/train_gans.hpp"

GUMBELCUDA_MATH_BEGIN

template struct fleet_trainers<more_classes>;

GUMBELCUDA_MATH_END
