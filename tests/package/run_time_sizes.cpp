// SPDX-License-Identifier: Apache-2.0
// Instances of the public headers with run-time numbers of classes and samples. This is not run; header_alone.py
// compiles it with optimisation, because only then does Clang warn about loops.
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
