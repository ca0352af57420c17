// SPDX-License-Identifier: Apache-2.0
// Three kinds of latent variables: what the encoder's numbers mean, samples, divergences from the prior, which is
// uniform or standard normal. `encoded` is [images, numbers], a code [images, code()]. The formulas are those of
// examples/autoencoder/latents.py.
#pragma once

#include <ATen/ATen.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "location_scale_sample.hpp"
#include "noise.hpp"
#include "relaxed_samples.hpp"

namespace gumbelcuda::example {

class latent_variables {
 public:
  virtual ~latent_variables() = default;
  virtual std::string name() const = 0;
  virtual int encoded_size() const = 0;
  virtual int code_size() const = 0;
  // What the decoder is trained with. `hard`: a discrete sample, with the relaxed one's gradient.
  virtual at::Tensor sample(const at::Tensor& encoded, const at::Tensor& tau, bool hard,
                            const noise_place& place) const = 0;
  // KL(posterior ‖ prior) of the variables as they are at test, exactly, [images].
  virtual at::Tensor divergence(const at::Tensor& encoded) const = 0;
  // log p(code) − log q(code | image) of a code that is drawn with `hard`.
  virtual at::Tensor log_ratio(const at::Tensor& encoded, const at::Tensor& code) const = 0;
};

class categorical_latents : public latent_variables {
 public:
  explicit categorical_latents(int variables = 20, int classes = 10) : variables_(variables), classes_(classes) {}
  std::string name() const override {
    return std::to_string(variables_) + "x" + std::to_string(classes_) + " categorical";
  }
  int encoded_size() const override { return variables_ * classes_; }
  int code_size() const override { return variables_ * classes_; }

  at::Tensor sample(const at::Tensor& encoded, const at::Tensor& tau, bool hard,
                    const noise_place& place) const override {
    const at::Tensor rows = logits(encoded);
    const rows_in_one noise(place, std::uint64_t(rows.numel()) / std::uint64_t(classes_), std::uint64_t(classes_));
    return gumbel_softmax(rows, tau, noise.address(), hard).flatten(1);
  }
  at::Tensor divergence(const at::Tensor& encoded) const override {
    const at::Tensor log_q = logits(encoded).log_softmax(-1);
    return (log_q.exp() * log_q).sum({1, 2}) + variables_ * std::log(classes_);
  }
  at::Tensor log_ratio(const at::Tensor& encoded, const at::Tensor& code) const override {
    return -(logits(encoded).log_softmax(-1).flatten(1) * code).sum(1) - variables_ * std::log(classes_);
  }

 private:
  at::Tensor logits(const at::Tensor& encoded) const { return encoded.view({-1, variables_, classes_}); }
  int variables_, classes_;
};

// The numbers of an image begin at a block of the noise stream, so that `variables` is a multiple of 4 here and below.
class binary_latents : public latent_variables {
 public:
  explicit binary_latents(int variables = 200) : variables_(variables) {}
  std::string name() const override { return std::to_string(variables_) + " binary"; }
  int encoded_size() const override { return variables_; }
  int code_size() const override { return variables_; }

  at::Tensor sample(const at::Tensor& encoded, const at::Tensor& tau, bool hard,
                    const noise_place& place) const override {
    return relaxed_bernoulli(encoded.flatten(), tau, place.address(), hard).view_as(encoded);
  }
  at::Tensor divergence(const at::Tensor& encoded) const override {
    return (encoded * encoded.sigmoid() - at::softplus(encoded) + std::log(2.)).sum(1);
  }
  at::Tensor log_ratio(const at::Tensor& encoded, const at::Tensor& code) const override {
    return (at::softplus(encoded) - code * encoded).sum(1) - variables_ * std::log(2.);
  }

 private:
  int variables_;
};

// The encoder gives locations, then logarithms of scales.
class gaussian_latents : public latent_variables {
 public:
  explicit gaussian_latents(int variables = 200) : variables_(variables) {}
  std::string name() const override { return std::to_string(variables_) + " Gaussian"; }
  int encoded_size() const override { return 2 * variables_; }
  int code_size() const override { return variables_; }

  // Nothing is relaxed: neither tau nor `hard` means anything here.
  at::Tensor sample(const at::Tensor& encoded, const at::Tensor&, bool, const noise_place& place) const override {
    const auto part = encoded.chunk(2, 1);
    return location_scale_sample(part[0].flatten(), part[1].exp().flatten(), noise_law::gaussian, place.address())
        .view({-1, variables_});
  }
  at::Tensor divergence(const at::Tensor& encoded) const override {
    const auto part = encoded.chunk(2, 1);
    return .5 * (part[0].square() + (2 * part[1]).expm1() - 2 * part[1]).sum(1);
  }
  // The two densities' constants are the same.
  at::Tensor log_ratio(const at::Tensor& encoded, const at::Tensor& code) const override {
    const auto part = encoded.chunk(2, 1);
    const at::Tensor z = (code - part[0]) * (-part[1]).exp();
    return (.5 * (z.square() - code.square()) + part[1]).sum(1);
  }

 private:
  int variables_;
};

}  // namespace gumbelcuda::example
