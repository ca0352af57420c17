// SPDX-License-Identifier: Apache-2.0
// What a program of sequences trains: GANs or maximum likelihood, and with which settings.
#pragma once

#include <gumbelcuda/model_fleet.hpp>

#include "sequence_gan.hpp"

namespace gumbelcuda::example {

using namespace sequences;

struct sequence_settings {
  bool likelihood = false;  // maximum likelihood instead of a GAN
  model_fleet_config fleet{};
  sequences::sequence_gan_settings gan{};
};

}  // namespace gumbelcuda::example
