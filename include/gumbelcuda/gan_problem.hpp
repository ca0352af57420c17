// SPDX-License-Identifier: Apache-2.0
// What a GAN of a sweep trains with: its discriminator, loss, estimator of the generator's gradient, optimiser, and
// what is done to real samples. The defaults are the source article's GAN, which train_fleet() trains, too. Plain data,
// so that kernels can have it.
#pragma once

#include "gumbelcuda/math/optimizer.hpp"

namespace gumbelcuda {

inline constexpr int max_hidden_layers = 3, max_hidden_width = 64, max_inner_samples_of_gan = 64;

// leaky_relu: x above 0, x/5 below. tanh.
enum class gan_activation { leaky_relu, tanh };

// A discriminator's weights, those of logistic regression included, are uniform in ± a limit, biases 0. glorot_uniform:
// √(6/(inputs + outputs)) of the layer (Glorot, Bengio, AISTATS 2010, eq. 16); he_uniform: √(6/inputs) (He et al.,
// arXiv:1502.01852, eq. 10, as a uniform law of that variance).
enum class gan_initializer { glorot_uniform, he_uniform };

// s(x) is the discriminator's output, a logit or a critic's score. The discriminator minimises the first, the
// generator the second:
enum class gan_loss {
  non_saturating,  // softplus(−s(real)) + softplus(s(fake)); softplus(−s(fake))      Goodfellow et al., 1406.2661
  saturating,      // the same;                               −softplus(s(fake))      ibid., eq. 1
  hinge,           // max(0, 1 − s(real)) + max(0, 1 + s(fake)); −s(fake)             Lim, Ye, arXiv:1705.02894
  wasserstein      // s(fake) − s(real);                         −s(fake)             Arjovsky et al., 1701.07875
};

// How a generator's update gets its gradient. p = softmax(logits), z = logits + Gumbel noise, y = softmax(z/τ).
enum class gan_estimator {
  relaxed,           // the discriminator sees y, and the gradient goes through it
  straight_through,  // it sees the one-hot argmax of z; the gradient goes through y    Jang et al., 1611.01144
  gumbel_rao,        // the same; the gradient goes through inner_samples of y given the argmax of z, and is averaged
                     //                                                                Paulus et al., 2010.04838
  score_function     // it sees the one-hot x; ℓ(x)·(x − p), with the mean loss ℓ of the batch's other samples
                     // subtracted from ℓ                       Williams, 1992; Kool et al., 2019 (the baseline)
};

// What the discriminator sees of a real sample of class k.
enum class gan_smoothing {
  none,            // its one-hot vector
  gumbel_softmax,  // softmax(z/τ) at the generator's τ, z Gumbel noise given that its argmax is k
  label,           // (1 − amount) of the one-hot vector, and amount/K in every class
  normal           // the one-hot vector + amount · standard normal noise
};

// In which order a GAN reads its data. file: as they are, from a place of its own on, and again from the front.
// shuffled: in each pass over the data in another order, of its own. iid: each sample from anywhere.
enum class data_order { file, shuffled, iid };

struct gan_problem {
  // 0 to 3; 0: logistic regression. Widths: 1 to 64.
  int hidden_layers = 0;
  int hidden_width[max_hidden_layers] = {0, 0, 0};
  gan_activation activation = gan_activation::leaky_relu;
  gan_initializer initializer = gan_initializer::glorot_uniform;
  gan_loss loss = gan_loss::non_saturating;
  // After its update the discriminator's parameters are limited to ±weight_clip; 0: they are not. ≥ 0, finite.
  float weight_clip = 0;
  // λ of λ·(‖∇s(x)‖ − 1)² at x between a real sample and a fake one (Gulrajani et al., arXiv:1704.00028); 0: without.
  // ≥ 0, finite.
  float gradient_penalty = 0;
  gan_estimator estimator = gan_estimator::relaxed;
  int inner_samples = 10;  // of gumbel_rao, 1 to 64
  optimizer_kind optimizer = optimizer_kind::adam;
  gan_smoothing smoothing = gan_smoothing::none;
  float smoothing_amount = 0;  // label: 0 to 1; normal: ≥ 0, finite

  bool operator==(const gan_problem&) const = default;
};

}  // namespace gumbelcuda
