// SPDX-License-Identifier: Apache-2.0
// The configurations in which the tests compare the fleet's outcome with the reference's: the article's; a soft
// temperature, at which every sample has a gradient; and another number of classes, batch size and learning rate.
#pragma once

#include <string>
#include <vector>

#include "tests/reference/toy_gan.hpp"

namespace reference {

struct named_case {
  std::string name;
  settings s;
  int runs;  // of the reference: as many as a few minutes allow
};

inline std::vector<named_case> cases() {
  settings article;
  settings soft;
  soft.target = {.2, .3, .5};
  soft.temperature = .5;
  soft.epochs = 20;
  soft.learning_rate = 2e-3;
  settings wide;
  wide.target = {.05, .1, .1, .05, .3, .2, .15, .05};
  wide.temperature = .02;
  wide.batch_size = 32;
  wide.generator_steps = 5;
  wide.epochs = 15;
  wide.learning_rate = 1e-3;
  return {{"article", article, 400}, {"soft", soft, 4000}, {"wide", wide, 2000}};
}

}  // namespace reference
