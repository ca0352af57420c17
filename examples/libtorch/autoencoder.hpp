// SPDX-License-Identifier: Apache-2.0
// A variational autoencoder with a linear encoder and a linear decoder, its training step, and bounds of log p(image).
// The same as examples/autoencoder, step by step, for one model at a time.
#pragma once

#include <torch/csrc/autograd/autograd.h>
#include <torch/optim/sgd.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "images.hpp"
#include "latents.hpp"

namespace gumbelcuda::example {

constexpr int batch = 100;

struct image_tensors {
  at::Tensor training, test;  // [images, pixels]

  explicit image_tensors(const image_set& images, at::ScalarType type = at::kFloat)
      : training(tensor_of(images.training, images.pixels(), type)),
        test(tensor_of(images.test, images.pixels(), type)) {}

 private:
  static at::Tensor tensor_of(const std::vector<float>& bits, int pixels, at::ScalarType type) {
    const at::Tensor result = at::empty({std::int64_t(bits.size()) / pixels, pixels}, at::kFloat);
    std::copy(bits.begin(), bits.end(), result.data_ptr<float>());
    return result.to(type);
  }
};

// Weights of variance 1/inputs, biases with which a code of zeros gives each pixel's mean in the training set.
struct autoencoder {
  const latent_variables* latents;
  at::Tensor mean, encoder, encoder_bias, decoder, decoder_bias;

  autoencoder(const latent_variables& of, const at::Tensor& training, std::uint64_t seed) : latents(&of) {
    const std::int64_t pixels = training.size(1);
    mean = training.mean(0);
    // Pixels that never change get a finite bias: that of half an image in the set.
    const double least = .5 / double(training.size(0));
    encoder = weights(pixels, of.encoded_size(), seed, 0).to(training.scalar_type());
    decoder = weights(of.code_size(), pixels, seed, std::uint64_t(pixels)).to(training.scalar_type());
    encoder_bias = at::zeros({of.encoded_size()}, training.options());
    decoder_bias = at::logit(mean.clamp(least, 1 - least));
    for (at::Tensor parameter : parameters()) parameter.set_requires_grad(true);
  }

  std::vector<at::Tensor> parameters() const { return {encoder, encoder_bias, decoder, decoder_bias}; }
  at::Tensor encode(const at::Tensor& x) const { return at::addmm(encoder_bias, x - mean, encoder); }
  at::Tensor log_likelihood(const at::Tensor& x, const at::Tensor& code) const {
    const at::Tensor log_odds = at::addmm(decoder_bias, code, decoder);
    return (x * log_odds - at::softplus(log_odds)).sum(-1);
  }
  // Of each image, in nats. With hard samples an unbiased estimate of a bound on −log p(image); with relaxed ones it is
  // what is trained.
  at::Tensor negative_elbo(const at::Tensor& x, const at::Tensor& tau, bool hard, const noise_place& place) const {
    const at::Tensor encoded = encode(x);
    return latents->divergence(encoded) - log_likelihood(x, latents->sample(encoded, tau, hard, place));
  }

 private:
  static at::Tensor weights(std::int64_t inputs, std::int64_t outputs, std::uint64_t seed, std::uint64_t first_row) {
    const at::Tensor zero = at::zeros({inputs, outputs});
    return location_scale_sample(zero, at::full_like(zero, 1 / std::sqrt(double(inputs))), noise_law::gaussian,
                                 noise_place{seed, purpose::weights, first_row}.address());
  }
};

// max(.5, e^(−rt)), where half of the training ends at .5.
inline double temperature(double share_of_training) {
  return std::max(.5, std::exp(std::log(.5) * share_of_training / .5));
}

// The places of all images in an epoch's order.
inline at::Tensor order(std::uint64_t seed, std::int64_t images, std::int64_t epoch) {
  std::vector<float> noise(static_cast<std::size_t>(images));
  gumbelcuda::gumbel_noise<float>({.rows = 1,
                                   .classes = noise.size(),
                                   .noise = noise_place{seed, purpose::order, std::uint64_t(epoch)}.address(),
                                   .out = {noise.data()}});
  const at::Tensor places = at::arange(images, at::kLong);
  std::int64_t* const first = places.data_ptr<std::int64_t>();
  std::stable_sort(first, first + images, [&](std::int64_t a, std::int64_t b) { return noise[a] < noise[b]; });
  return places;
}

struct training_options {
  std::uint64_t seed = 0;
  std::int64_t steps = 2000;
  double rate = .01;
  bool straight_through = false;
};

// Calls report(step, tau, loss) of each step, whose loss is the mean over the batch before the update.
template <class Report>
void train(const autoencoder& model, const at::Tensor& images, const training_options& options, Report report) {
  torch::optim::SGD optimizer(model.parameters(), torch::optim::SGDOptions(options.rate).momentum(.9));
  const std::int64_t batches = images.size(0) / batch;
  at::Tensor places;
  for (std::int64_t step = 0; step < options.steps; ++step) {
    if (step % batches == 0) places = order(options.seed, images.size(0), step / batches);
    const at::Tensor x = images.index_select(0, places.narrow(0, step % batches * batch, batch));
    const double tau = temperature(double(step) / double(options.steps));
    optimizer.zero_grad();
    const at::Tensor loss = model
                                .negative_elbo(x, at::scalar_tensor(tau, at::kFloat), options.straight_through,
                                               {options.seed, purpose::training, std::uint64_t(step)})
                                .mean();
    loss.backward();
    optimizer.step();
    report(step, tau, loss.item<double>());
  }
}

// Of each image: the mean of log w over `samples` codes, and the log of the mean of w, where
// log w = log p(x | code) + log p(code) − log q(code | x). Burda, Grosse, Salakhutdinov, arXiv:1509.00519, equation 8.
struct bounds {
  at::Tensor elbo, tight;
};
constexpr std::int64_t codes_at_a_time = 500;  // they stay in the processor's cache

inline bounds bounds_of(const autoencoder& model, const at::Tensor& images, std::int64_t samples, std::uint64_t seed) {
  const at::NoGradGuard no_gradients;
  const std::int64_t draws = std::min(samples, codes_at_a_time),
                     some = std::max(std::int64_t(1), codes_at_a_time / samples);
  std::vector<at::Tensor> elbo, tight;
  for (std::int64_t first = 0; first < images.size(0); first += some) {
    const at::Tensor x = images.slice(0, first, first + some).repeat_interleave(draws, 0), encoded = model.encode(x);
    std::vector<at::Tensor> log_w;
    for (std::int64_t part = 0; part < samples / draws; ++part) {
      const noise_place place{seed, purpose::test, std::uint64_t(first * samples + part)};
      const at::Tensor code = model.latents->sample(encoded, at::scalar_tensor(1.f), true, place);
      log_w.push_back((model.log_likelihood(x, code) + model.latents->log_ratio(encoded, code)).view({-1, draws}));
    }
    const at::Tensor all = at::cat(log_w, 1);
    elbo.push_back(all.mean(1));
    tight.push_back(all.logsumexp(1) - std::log(double(samples)));
  }
  return {at::cat(elbo), at::cat(tight)};
}

}  // namespace gumbelcuda::example
