// SPDX-License-Identifier: Apache-2.0
// The losses of gan_problem.hpp as functions of the discriminator's output s for one sample, and their derivatives. A
// loss is added here and in its enumeration, and nowhere else.
#pragma once

#include <cmath>

#include "gumbelcuda/gan_problem.hpp"
#include "gumbelcuda/math/loss.hpp"

GUMBELCUDA_MATH_BEGIN

// The discriminator's for a real sample, for a fake one, and the generator's.
template <class V>
GUMBELCUDA_INLINE V real_loss(gan_loss loss, V s) {
  if (loss == gan_loss::hinge) return max(V(0), V(1) - s);
  if (loss == gan_loss::wasserstein) return -s;
  return cross_entropy_label_1(s);
}
template <class V>
GUMBELCUDA_INLINE V fake_loss(gan_loss loss, V s) {
  if (loss == gan_loss::hinge) return max(V(0), V(1) + s);
  if (loss == gan_loss::wasserstein) return s;
  return cross_entropy_label_0(s);
}
template <class V>
GUMBELCUDA_INLINE V generator_loss(gan_loss loss, V s) {
  if (loss == gan_loss::non_saturating) return cross_entropy_label_1(s);
  if (loss == gan_loss::saturating) return -cross_entropy_label_0(s);
  return -s;
}

// With respect to s. NaN gives NaN where the derivative depends on s at all.
template <class V>
GUMBELCUDA_INLINE V d_real_loss(gan_loss loss, V s) {
  if (loss == gan_loss::hinge) return select(s < V(1), V(-1), select(s == s, V(0), s));
  if (loss == gan_loss::wasserstein) return V(-1);
  return d_cross_entropy_label_1(s);
}
template <class V>
GUMBELCUDA_INLINE V d_fake_loss(gan_loss loss, V s) {
  if (loss == gan_loss::hinge) return select(s > V(-1), V(1), select(s == s, V(0), s));
  if (loss == gan_loss::wasserstein) return V(1);
  return d_cross_entropy_label_0(s);
}
template <class V>
GUMBELCUDA_INLINE V d_generator_loss(gan_loss loss, V s) {
  if (loss == gan_loss::non_saturating) return d_cross_entropy_label_1(s);
  if (loss == gan_loss::saturating) return -d_cross_entropy_label_0(s);
  return V(-1);
}

GUMBELCUDA_MATH_END
