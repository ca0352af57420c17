// SPDX-License-Identifier: Apache-2.0
// Training fleets of GANs with 2, 3, 4 or 6 classes.
#include "host/cpu/fleet/train_gans.hpp"

GUMBELCUDA_MATH_BEGIN

template struct fleet_trainers<few_classes>;

GUMBELCUDA_MATH_END
