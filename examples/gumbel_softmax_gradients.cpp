// SPDX-License-Identifier: Apache-2.0
// A gradient through a discrete choice: a categorical distribution learns to cost less. The loss is computed from hard
// samples; the backward pass differentiates the relaxed samples in their place (straight-through).
#include <cmath>
#include <cstdio>
#include <gumbelcuda/gumbel.hpp>
#include <vector>

constexpr std::uint64_t rows = 64, classes = 3;
constexpr float cost[classes] = {3, 1, 2}, temperature = 0.5f;

double mean_cost(const std::vector<float>& samples) {
  double sum = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) sum += double(samples[i]) * double(cost[i % classes]);
  return sum / rows;
}

int main() {
  float logits[classes] = {0, 0, 0};
  std::vector<float> y(rows * classes), one_hot(y.size()), d(y.size());
  gumbelcuda::gumbel_softmax_args<float> forward{.rows = rows, .classes = classes, .temperature = &temperature};
  forward.logits = {logits, gumbelcuda::repeated_row};  // all rows are this one
  forward.y = {y.data()};
  forward.one_hot = {one_hot.data()};
  gumbelcuda::gumbel_softmax_vjp_args<float> backward{.rows = rows, .classes = classes, .temperature = &temperature};
  backward.y = {y.data()};
  backward.d_y = {d.data()};
  backward.d_logits = {d.data()};  // in place

  // A difference quotient: the same noise, with a logit slightly lower and slightly higher.
  double relaxed[2];
  for (const int side : {0, 1}) {
    logits[0] = side == 0 ? -0.01f : 0.01f;
    gumbelcuda::gumbel_softmax(forward);
    relaxed[side] = mean_cost(y);
  }
  const double quotient = (relaxed[1] - relaxed[0]) / 0.02;
  logits[0] = 0;

  double first_loss = 0, loss = 0, first_gradient = 0;
  for (int step = 0; step < 300; ++step) {
    gumbelcuda::gumbel_softmax(forward);
    loss = mean_cost(one_hot);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] = cost[i % classes] / rows;
    gumbelcuda::gumbel_softmax_vjp(backward);
    float gradient[classes] = {};
    for (std::size_t i = 0; i < d.size(); ++i) gradient[i % classes] += d[i];
    if (step == 0) first_loss = loss, first_gradient = double(gradient[0]);
    for (std::size_t k = 0; k < classes; ++k) logits[k] -= 0.05f * gradient[k];
    forward.noise.first_row += rows;  // fresh noise
  }

  std::printf("gradient of the first logit %.4f, difference quotient %.4f\n", first_gradient, quotient);
  std::printf("loss before %.3f, after %.3f; the least is 1\n", first_loss, loss);
  if (std::fabs(first_gradient - quotient) < 1e-3 && loss < 1.25) return 0;
  std::fprintf(stderr, "the gradient is wrong, or it did not learn\n");
  return 1;
}
