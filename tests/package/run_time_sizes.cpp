// SPDX-License-Identifier: Apache-2.0
// Instances of the public headers whose numbers of classes and samples are known only when running. Not run:
// header_alone.py has it optimised, since Clang warns of loops only then.
#include <gumbelcuda/detail/gan/direct_gan.hpp>
#include <gumbelcuda/math/categorical.hpp>

using gan = gumbelcuda::direct_gan<float, int, int, gumbelcuda::stream_row>;

float sum(const float* x, int n) {
  return gumbelcuda::ordered_sum<float>(n, [&](int i) { return x[i]; });
}

void train_one_step(gan& g, float correction) {
  g.begin_step(1);
  g.update_discriminator(g.discriminator_sums(), correction);
  g.update_generator(g.generator_sums(0), correction);
}
