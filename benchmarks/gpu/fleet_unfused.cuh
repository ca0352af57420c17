// SPDX-License-Identifier: Apache-2.0
// The fleet as one would write it with CUDA's libraries: uniform numbers from cuRAND, then Thrust's for_each over
// samples, GANs and parameters, with all data in memory between. The same training in float32, with other noise.
#pragma once

#include <thrust/execution_policy.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <cfloat>

#include "benchmarks/gpu/fleet_data.cuh"
#include "benchmarks/gpu/rows_peers.cuh"

namespace gumbelcuda::benchmark {

// Everything is public, because nvcc allows device lambdas only in public functions.
struct unfused_fleet {
  static constexpr int classes = 5, batch = 10;

  explicit unfused_fleet(const fleet_config& config)
      : gans_(config.num_gans),
        generator_steps_(int(config.generator_steps)),
        temperature_(config.temperature[0]),
        rate_(config.generator_learning_rate[0]),
        target_(std::vector<float>(config.target.begin(), config.target.end())),
        uniform_(gans_ * batch * classes),
        y_(gans_ * batch * classes),
        gradient_(gans_ * batch * (classes + 1)),
        logits_(3 * gans_ * classes),
        weights_(3 * gans_ * (classes + 1)) {}

  // Trains from the beginning. The caller must synchronise the stream before it reads logits().
  void train(std::uint64_t steps, cudaStream_t stream) {
    start(stream);
    for (std::uint64_t step = 0; step < steps; ++step) {
      draw_fake(stream);
      discriminator_terms(stream);
      update(weights_, classes + 1, step + 1, stream);
      for (int i = 0; i < generator_steps_; ++i) {
        draw_fake(stream);
        generator_terms(stream);
        update(logits_, classes, step * std::uint64_t(generator_steps_) + std::uint64_t(i) + 1, stream);
      }
    }
  }

  // softmax of each GAN's logits.
  std::vector<float> distribution() const {
    std::vector<float> p = logits_.to_host(0, gans_ * classes);
    for (std::size_t at = 0; at < p.size(); at += classes) {
      double total = 0;
      for (int k = 0; k < classes; ++k) total += std::exp(double(p[at + std::size_t(k)]));
      for (int k = 0; k < classes; ++k)
        p[at + std::size_t(k)] = float(std::exp(double(p[at + std::size_t(k)])) / total);
    }
    return p;
  }

  template <class Body>
  static void for_each(std::size_t count, cudaStream_t stream, Body body) {
    thrust::for_each_n(thrust::cuda::par_nosync.on(stream), thrust::counting_iterator<std::size_t>(0), count, body);
  }

  // Parameters are [GAN][parameter], followed by their first moments, and then by their second moments.
  void start(cudaStream_t stream) {
    check(cudaMemsetAsync(logits_.data(), 0, logits_.bytes(), stream), "cudaMemsetAsync");
    check(cudaMemsetAsync(weights_.data(), 0, weights_.bytes(), stream), "cudaMemsetAsync");
    uniform_numbers_.fill(uniform_.data(), uniform_.size(), stream);
    float *logits = logits_.data(), *weights = weights_.data(), *u = uniform_.data();
    for_each(gans_ * classes, stream, [=] __device__(std::size_t i) {
      logits[i] = 1;
      // Glorot: uniform within ±√(6/(K + 1)); the bias is 0.
      weights[i / classes * (classes + 1) + i % classes] = (2 * u[i] - 1) * sqrtf(6.f / (classes + 1));
    });
  }

  void draw_fake(cudaStream_t stream) {
    uniform_numbers_.fill(uniform_.data(), uniform_.size(), stream);
    const float *u = uniform_.data(), *logits = logits_.data();
    float* y = y_.data();
    const float inverse_temperature = 1 / temperature_;
    for_each(gans_ * batch, stream, [=] __device__(std::size_t sample) {
      float z[classes], most = -INFINITY, total = 0;
      for (int k = 0; k < classes; ++k) {
        const float g = -logf(-logf(fminf(u[sample * classes + k], 1 - FLT_EPSILON / 2)));
        z[k] = (logits[sample / batch * classes + k] + g) * inverse_temperature;
        most = fmaxf(most, z[k]);
      }
      for (int k = 0; k < classes; ++k) total += z[k] = expf(z[k] - most);
      for (int k = 0; k < classes; ++k) y[sample * classes + k] = z[k] / total;
    });
  }

  static __device__ float score(const float* weights, const float* y) {
    float sum = weights[classes];
    for (int k = 0; k < classes; ++k) sum += weights[k] * y[k];
    return sum;
  }
  static __device__ float sigmoid(float x) { return 1 / (1 + expf(-x)); }

  // d/dweights of −log(1 − σ(fake)) − log σ(real): a row of classes + 1 for each pair of samples.
  void discriminator_terms(cudaStream_t stream) {
    uniform_numbers_.fill(uniform_.data(), gans_ * batch, stream);
    const float *u = uniform_.data(), *y = y_.data(), *weights = weights_.data(), *target = target_.data();
    float* gradient = gradient_.data();
    for_each(gans_ * batch, stream, [=] __device__(std::size_t sample) {
      const float* const w = weights + sample / batch * (classes + 1);
      int real = 0;
      for (float left = u[sample] - target[0]; left > 0 && real < classes - 1; left -= target[real]) ++real;
      const float fake = sigmoid(score(w, y + sample * classes)), miss = sigmoid(w[real] + w[classes]) - 1;
      for (int k = 0; k < classes; ++k)
        gradient[sample * (classes + 1) + k] = fake * y[sample * classes + k] + (k == real ? miss : 0);
      gradient[sample * (classes + 1) + classes] = fake + miss;
    });
  }

  // d/dlogits of −log σ(fake): through the softmax, ∂y_k/∂logit_j = y_k·(δ_kj − y_j)/τ.
  void generator_terms(cudaStream_t stream) {
    const float *y = y_.data(), *weights = weights_.data();
    float* gradient = gradient_.data();
    const float inverse_temperature = 1 / temperature_;
    for_each(gans_ * batch, stream, [=] __device__(std::size_t sample) {
      const float *const w = weights + sample / batch * (classes + 1), *const p = y + sample * classes;
      const float d_score = sigmoid(score(w, p)) - 1;
      float mean = 0;
      for (int k = 0; k < classes; ++k) mean += p[k] * w[k];
      for (int k = 0; k < classes; ++k)
        gradient[sample * classes + k] = d_score * p[k] * (w[k] - mean) * inverse_temperature;
    });
  }

  // Means over the batch, then Adam in TensorFlow-1 form.
  void update(device_array<float>& parameters, int width, std::uint64_t t, cudaStream_t stream) {
    const std::size_t count = gans_ * std::size_t(width);
    float *x = parameters.data(), *m = x + count, *v = m + count;
    const float* gradient = gradient_.data();
    const float rate = rate_ * float(std::sqrt(1 - std::pow(.999, double(t))) / (1 - std::pow(.9, double(t))));
    for_each(count, stream, [=] __device__(std::size_t i) {
      const std::size_t gan = i / std::size_t(width), k = i % std::size_t(width);
      float sum = 0;
      for (std::size_t b = 0; b < batch; ++b) sum += gradient[(gan * batch + b) * std::size_t(width) + k];
      const float g = sum / batch;
      m[i] = .9f * m[i] + .1f * g;
      v[i] = .999f * v[i] + .001f * g * g;
      x[i] -= rate * m[i] / (sqrtf(v[i]) + 1e-8f);
    });
  }

  std::size_t gans_;
  int generator_steps_;
  float temperature_, rate_;
  uniform_numbers uniform_numbers_;
  device_array<float> target_, uniform_, y_, gradient_, logits_, weights_;
};

}  // namespace gumbelcuda::benchmark
