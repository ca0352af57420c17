// SPDX-License-Identifier: Apache-2.0
// Whether the operations for LibTorch have the right gradients, alone and in small autoencoders, and refuse what they
// must; whether a training with one seed gives the same bits twice.
#include <cstdio>
#include <functional>

#include "autoencoder.hpp"

namespace {

using namespace gumbelcuda::example;
using gumbelcuda::noise_address;
using gumbelcuda::noise_law;

bool passed = true;
void expect(bool holds, const char* what) {
  if (!holds) std::fprintf(stderr, "autoencoder_test: %s: does not hold\n", what);
  passed &= holds;
}

// Compares gradients with central differences, element by element. Returns the largest difference. The step is exact in
// float, which temperatures are rounded to; the quotient's own error is of order step² = 4e-9.
double worst_gradient(const std::vector<at::Tensor>& inputs, const std::function<at::Tensor()>& loss) {
  constexpr double step = 1. / (1 << 14);
  loss().backward();
  const at::NoGradGuard no_gradients;
  double worst = 0;
  for (const at::Tensor& input : inputs)
    for (std::int64_t i = 0; i < input.numel(); ++i) {
      double &x = input.data_ptr<double>()[i], at_x = x;
      x = at_x + step;
      const double above = loss().item<double>();
      x = at_x - step;
      const double below = loss().item<double>();
      x = at_x;
      const double quotient = (above - below) / (2 * step), gradient = input.grad().data_ptr<double>()[i];
      worst = std::max(worst, std::abs(gradient - quotient) / std::max(1., std::abs(quotient)));
    }
  return worst;
}

template <class Call>
bool refused(Call call) {
  try {
    call();
    return false;
  } catch (const c10::Error&) {
    return true;
  }
}

at::Tensor numbers(std::int64_t count) { return at::arange(count, at::kDouble); }

void test_operations() {
  const at::Tensor logits = numbers(12).view({3, 4}).sin().set_requires_grad(true);
  const at::Tensor tau = (numbers(3) / 2 + .5).set_requires_grad(true);
  const at::Tensor weight = numbers(12).view({3, 4}).cos();
  const noise_address noise{.seed = 2};
  for (const auto operation : {gumbel_softmax, relaxed_bernoulli}) {
    logits.mutable_grad() = tau.mutable_grad() = at::Tensor();
    expect(worst_gradient({logits, tau},
                          [&] { return (operation(logits, tau, noise, false).square() * weight).sum(); }) < 1e-6,
           "a relaxed sample's gradient is the difference quotient");
    // Of a linear loss, the gradient through hard samples is that through relaxed ones.
    at::Tensor gradient[2];
    for (const bool hard : {false, true})
      gradient[hard] = torch::autograd::grad({(operation(logits, tau, noise, hard) * weight).sum()}, {logits})[0];
    expect(gradient[0].equal(gradient[1]), "straight-through samples have the gradient of the relaxed ones");
    const at::Tensor hard = operation(logits, tau, noise, true);
    expect(hard.equal(hard.round()) && !hard.equal(operation(logits, tau, noise, false)), "hard samples are 0 or 1");
    expect(refused([&] {
             torch::autograd::grad({operation(logits, tau, noise, false).square().sum()}, {logits}, {}, {},
                                   /*create_graph=*/true);
           }),
           "create_graph is refused");
    expect(refused([&] { operation(logits, tau.slice(0, 1), noise, false); }), "two temperatures are refused");
    expect(refused([&] { operation(logits.to(at::kLong), tau, noise, false); }), "whole numbers are refused");
  }

  const at::Tensor location = numbers(12).view({3, 4}).set_requires_grad(true);
  const at::Tensor scale = (numbers(12).view({3, 4}) / 8 + .5).set_requires_grad(true);
  for (const noise_law law : {noise_law::gaussian, noise_law::gumbel}) {
    location.mutable_grad() = scale.mutable_grad() = at::Tensor();
    const auto sample = [&] {
      return location_scale_sample(location, scale, law, {.seed = 3, .first_row = 5, .offset = 8});
    };
    expect(worst_gradient({location, scale}, [&] { return (sample().square() * weight).sum(); }) < 1e-6,
           "the gradients for location and scale are the difference quotients");
    expect(
        refused([&] { torch::autograd::grad({sample().square().sum()}, {location}, {}, {}, /*create_graph=*/true); }),
        "create_graph is refused");
  }
  const std::uint64_t seeds[3] = {};
  expect(refused([&] { location_scale_sample(location, scale.slice(0, 1), noise_law::gumbel, noise); }),
         "other sizes are refused");
  expect(refused([&] { location_scale_sample(location, scale, noise_law::gumbel, {.row_seed = seeds}); }),
         "seeds that may be gone in the backward pass are refused");
}

std::vector<at::Tensor> trained(const latent_variables& latents, const at::Tensor& images, std::uint64_t seed,
                                bool straight_through) {
  const autoencoder model(latents, images, seed);
  train(model, images, {.seed = seed, .steps = 50, .rate = .05, .straight_through = straight_through},
        [](std::int64_t, double, double) {});
  return model.parameters();
}

bool same_bits(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), [](const at::Tensor& x, const at::Tensor& y) { return x.equal(y); });
}

void test_autoencoder(const latent_variables& latents) {
  const image_set set = synthetic_images(8, 8, 200, 3);
  const image_tensors doubles(set, at::kDouble), floats(set);
  const autoencoder model(latents, doubles.training, 1);
  const double worst = worst_gradient(model.parameters(), [&] {
    return model.negative_elbo(doubles.test, at::scalar_tensor(.5), false, {1, purpose::training}).mean();
  });
  std::printf("%s: gradients beside difference quotients: off by %.0e\n", latents.name().c_str(), worst);
  expect(worst < 1e-6, "the gradient of a model is the difference quotient");
  for (const bool straight_through : {false, true}) {
    const auto once = trained(latents, floats.training, 7, straight_through);
    expect(same_bits(once, trained(latents, floats.training, 7, straight_through)), "one seed gives the same bits");
    expect(!same_bits(once, trained(latents, floats.training, 8, straight_through)), "another seed gives others");
  }
}

}  // namespace

int main() {
  at::set_num_threads(1);  // more would only wait for one another: the matrices are small
  test_operations();
  test_autoencoder(categorical_latents(4, 4));
  test_autoencoder(binary_latents(16));
  test_autoencoder(gaussian_latents(8));
  return passed ? 0 : 1;
}
