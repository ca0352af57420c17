// SPDX-License-Identifier: Apache-2.0
// Trains variational autoencoders with categorical, binary and Gaussian latent variables by LibTorch: 784-(20×10)-784
// and 784-(200)-784, as in Jang, Gu and Poole, arXiv:1611.01144, section 4, and in Kingma and Welling, arXiv:1312.6114.
// docs/autoencoder.md has the same in Python, with all estimators and their results.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <limits>

#include "autoencoder.hpp"

namespace gumbelcuda::example {
namespace {

struct program_options {
  training_options training;
  std::string data{}, latents = "all", estimator = "relaxed";
  std::int64_t samples = 1000;
  int threads = 1;
  double most = std::numeric_limits<double>::infinity();
};

void add_options(CLI::App& app, program_options& o) {
  constexpr double many = 1e9;
  app.add_option("--data", o.data,
                 "a FOLDER with the files of MNIST or Fashion-MNIST (Debian: dataset-fashion-mnist, in "
                 "/usr/share/datasets/fashion-mnist); without it, images of known entropy are drawn");
  app.add_option("--latents", o.latents, "of the code")
      ->check(CLI::IsMember({"all", "categorical", "binary", "gaussian"}))
      ->capture_default_str();
  app.add_option("--estimator", o.estimator, "of the gradient through discrete variables")
      ->check(CLI::IsMember({"relaxed", "straight_through"}))
      ->capture_default_str();
  app.add_option("--steps", o.training.steps, "of the training")->check(CLI::Range(1., many))->capture_default_str();
  app.add_option("--rate", o.training.rate, "the learning rate")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--seed", o.training.seed, "of weights, order and noise")->capture_default_str();
  app.add_option("--samples", o.samples, "of the multi-sample bound: 500 or less, or a multiple of 500")
      ->check(CLI::Range(1., many))
      ->check(CLI::Validator(
          [](const std::string& text) {
            const long n = std::strtol(text.c_str(), nullptr, 10);
            return n <= codes_at_a_time || n % codes_at_a_time == 0
                       ? std::string()
                       : text + " is neither 500 or less nor a multiple of 500";
          },
          ""))
      ->capture_default_str();
  app.add_option("--threads", o.threads, "of LibTorch and the library")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--most", o.most, "fail if -ELBO of the test images is above so many nats, or below their entropy");
}

std::string mean_and_error(const at::Tensor& values) {
  const at::Tensor all = values.to(at::kDouble);
  char text[64];
  std::snprintf(text, sizeof text, "%.2f (%.2f)", all.mean().item<double>(),
                all.std().item<double>() / std::sqrt(double(all.numel())));
  return text;
}

bool run_one(const latent_variables& latents, const image_set& set, const image_tensors& images,
             const program_options& o) {
  const autoencoder model(latents, images.training, o.training.seed);
  std::printf("\n%d-(%s)-%d\n  step    tau  loss of the batch\n", set.pixels(), latents.name().c_str(), set.pixels());
  const std::int64_t between = std::max(std::int64_t(1), o.training.steps / 10);
  train(model, images.training, o.training, [&](std::int64_t step, double tau, double loss) {
    if (step % between == 0 || step + 1 == o.training.steps)
      std::printf("%6lld  %.3f  %17.4f\n", static_cast<long long>(step), tau, loss);
  });
  const bounds found = bounds_of(model, images.test, o.samples, o.training.seed);
  std::printf("test images, with standard errors: -ELBO %s, - bound of %lld samples %s\n",
              mean_and_error(-found.elbo).c_str(), static_cast<long long>(o.samples),
              mean_and_error(-found.tight).c_str());
  const double bound = -found.elbo.to(at::kDouble).mean().item<double>();
  const double error = found.elbo.to(at::kDouble).std().item<double>() / std::sqrt(double(found.elbo.numel()));
  // The mean of a bound of -log p is not below the entropy, but for the noise of the mean.
  if (std::isnan(bound)) {
    std::fprintf(stderr, "autoencoder: the training diverged; try a lower --rate than %g\n", o.training.rate);
    return false;
  }
  if (bound <= o.most && bound >= set.entropy - 5 * error) return true;
  std::fprintf(stderr, "autoencoder: -ELBO %.2f is above %g, or below the entropy\n", bound, o.most);
  return false;
}

int run(int argc, char** argv) {
  program_options o;
  CLI::App app("Autoencoders with categorical, binary and Gaussian latent variables, trained by LibTorch");
  add_options(app, o);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  at::set_num_threads(o.threads);
  o.training.straight_through = o.estimator == "straight_through";
  const image_set set = o.data.empty() ? synthetic_images(28, 7, 4000, 500) : read_images(o.data);
  const image_tensors images(set);
  std::printf("%lld training images, %lld test images", static_cast<long long>(images.training.size(0)),
              static_cast<long long>(images.test.size(0)));
  if (set.entropy >= 0) std::printf(", whose law has an entropy of %.2f nats", set.entropy);
  std::printf("; %s samples, rate %g\n", o.estimator.c_str(), o.training.rate);
  bool good = true;
  const categorical_latents categorical;
  const binary_latents binary;
  const gaussian_latents gaussian;
  for (const auto& [name, latents] : {std::pair<const char*, const latent_variables*>{"categorical", &categorical},
                                      {"binary", &binary},
                                      {"gaussian", &gaussian}})
    if (o.latents == "all" || o.latents == name) good &= run_one(*latents, set, images, o);
  return good ? 0 : 1;
}

}  // namespace
}  // namespace gumbelcuda::example

int main(int argc, char** argv) try { return gumbelcuda::example::run(argc, argv); } catch (const std::exception& e) {
  std::fprintf(stderr, "autoencoder: %s\n", e.what());
  return 1;
}
