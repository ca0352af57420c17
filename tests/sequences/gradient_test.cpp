// SPDX-License-Identifier: Apache-2.0
// The gradients of the sequence models' networks, in double, against difference quotients of functions that this file
// computes itself where the network's forward pass is not the function that is differentiated.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "examples/sequences/likelihood_model.hpp"
#include "examples/sequences/sequence_gan.hpp"

namespace gumbelcuda::sequences {
namespace {

constexpr int symbols = 6, steps = 4, tile_size = 4, units = 4;
using network = generator<units, symbols, steps>;
using judge = discriminator<units, symbols, steps>;
using strings = symbol_tile<double, symbols, steps, tile_size>;
using words_of_tile = std::uint32_t[tile_size][4 * network::blocks];

// With step h the quotient's error is h²·|f'''|/6 for the cut and, for the rounding of a function of size |f| in some
// hundred operations, about 100·2^-53·|f|/h. With h = 1e-5, |f| ≤ 20 and |f'''| ≤ 1e3 both are below 3e-8.
constexpr double h = 1e-5, tolerance = 6e-8;

void expect_gradient(std::vector<double>& at, const std::vector<double>& gradient, const std::function<double()>& f) {
  for (std::size_t n = 0; n < at.size(); ++n) {
    const double before = at[n];
    at[n] = before + h;
    const double above = f();
    at[n] = before - h;
    const double below = f();
    at[n] = before;
    EXPECT_NEAR(gradient[n], (above - below) / (2 * h), tolerance) << "number " << n;
  }
}

std::vector<double> weights(int count) {
  std::vector<double> w(static_cast<std::size_t>(count));
  for (int n = 0; n < count; ++n) w[std::size_t(n)] = std::sin(1. + 7. * n) * .8;
  return w;
}
template <class F>
void for_each_symbol(F f) {
  for (int t = 0; t < steps; ++t)
    for (int k = 0; k < symbols; ++k)
      for (int s = 0; s < tile_size; ++s) f(t, k, s);
}
// Coefficients of a linear loss, or a relaxed sample.
strings numbers(double phase) {
  strings all;
  for_each_symbol([&](int t, int k, int s) { all.at[t][k][s] = std::cos(phase + 3. * t + 5. * k + 11. * s); });
  return all;
}
void draw(words_of_tile& words) {
  const stream_row row{7, 3};
  for (int s = 0; s < tile_size; ++s)
    for (int i = 0; i < network::blocks; ++i)
      for (int j = 0; j < 4; ++j) words[s][4 * i + j] = row(std::uint64_t(s * network::blocks + i)).word[j];
}

// Σ c·y if the generator's input after moment t is offset + share·y.
double relaxed_loss(const double* w, const words_of_tile& words, double temperature, const strings& offset,
                    double share, const strings& c) {
  network::cell::tape<double, steps, tile_size> tape;
  network::cell::begin(tape);
  strings y, logits;
  double loss = 0;
  for (int t = 0; t < steps; ++t) {
    for (int k = 0; k < symbols; ++k)
      for (int s = 0; s < tile_size; ++s)
        tape.input[t][k][s] = t == 0 ? 0 : offset.at[t - 1][k][s] + share * y.at[t - 1][k][s];
    network::cell::forward(w, tape, t);
    network::write_logits(w, tape, t, logits.at[t]);
    for (int s = 0; s < tile_size; ++s) {
      double of_s[symbols], sample[symbols];
      for (int k = 0; k < symbols; ++k) of_s[k] = logits.at[t][k][s];
      gumbel_softmax(of_s, words[s] + t * symbols, 1, sample, 1 / temperature, fixed<symbols>{});
      for (int k = 0; k < symbols; ++k) {
        y.at[t][k][s] = sample[k];
        loss += c.at[t][k][s] * sample[k];
      }
    }
  }
  return loss;
}

// Through y: with soft feedback of the loss itself; with hard feedback of the loss given the symbols; with
// straight-through feedback of the loss whose inputs are the one-hot symbols plus the changes of y.
struct fed {
  feedback by;
};
void PrintTo(fed of, std::ostream* out) {
  *out << (of.by == feedback::hard ? "hard" : of.by == feedback::soft ? "soft" : "straight_through");
}
class GeneratorGradient : public testing::TestWithParam<fed> {};
TEST_P(GeneratorGradient, IsThatOfALinearLoss) {
  constexpr double temperature = .8;
  std::vector<double> w = weights(network::parameters), d_w(w.size(), 0);
  words_of_tile words;
  draw(words);
  network::tape<double, tile_size> tape;
  network::sample(w.data(), tape, words, temperature, GetParam().by);
  const strings c = numbers(.3);
  const auto d_logits_at = [&](int t, const double(*d_fed)[tile_size], double(*d_logits)[tile_size]) {
    for (int s = 0; s < tile_size; ++s) {
      double of_seen[symbols], of_fed[symbols], of_logits[symbols];
      for (int k = 0; k < symbols; ++k) of_seen[k] = c.at[t][k][s], of_fed[k] = d_fed ? d_fed[k][s] : 0;
      network::symbol_gradient(
          tape, t, s, estimator::relaxed, of_seen, of_fed, temperature, 0,
          [](int) -> const std::uint32_t* { return nullptr; }, of_logits);
      for (int k = 0; k < symbols; ++k) d_logits[k][s] = of_logits[k];
    }
  };
  if (GetParam().by == feedback::hard)
    network::backward<false>(w.data(), tape, d_w.data(), d_logits_at);
  else
    network::backward<true>(w.data(), tape, d_w.data(), d_logits_at);

  const double share = GetParam().by == feedback::hard ? 0 : 1;
  strings offset;
  for_each_symbol([&](int t, int k, int s) {
    offset.at[t][k][s] =
        GetParam().by == feedback::soft ? 0 : tape.one_hot.at[t][k][s] - share * tape.relaxed.at[t][k][s];
  });
  expect_gradient(w, d_w, [&] { return relaxed_loss(w.data(), words, temperature, offset, share, c); });
}
INSTANTIATE_TEST_SUITE_P(Each, GeneratorGradient,
                         testing::Values(fed{feedback::hard}, fed{feedback::straight_through}, fed{feedback::soft}));

// Gumbel-Rao: of Σ c·softmax(z/τ), averaged over the inner samples, where z moves with the logits, and its noise, which
// is that given the argmax, does not. What was fed back goes through the sample's own y.
TEST(SymbolGradient, OfGumbelRaoIsTheMeanOverSamplesGivenTheArgmax) {
  constexpr double temperature = .6;
  constexpr int inner = 3;
  network::tape<double, tile_size> tape;
  words_of_tile words;
  draw(words);
  network::sample(weights(network::parameters).data(), tape, words, temperature, feedback::hard);
  const int t = 2, s = 1;
  const stream_row row{11, 0};
  std::uint32_t of_inner[inner][8];
  for (int m = 0; m < inner; ++m)
    for (int i = 0; i < 8; ++i) of_inner[m][i] = row(std::uint64_t(2 * m + i / 4)).word[i % 4];
  std::vector<double> logits(symbols), gradient(symbols), y(symbols), base(symbols), one_hot(symbols);
  std::vector<double> d_seen(symbols), d_fed(symbols);
  std::vector<std::vector<double>> z(inner, std::vector<double>(symbols));
  for (int k = 0; k < symbols; ++k) {
    logits[std::size_t(k)] = base[std::size_t(k)] = tape.logits.at[t][k][s];
    one_hot[std::size_t(k)] = tape.one_hot.at[t][k][s];
    d_seen[std::size_t(k)] = std::cos(5. * k);
    d_fed[std::size_t(k)] = std::sin(3. * k);
  }
  const double log_total = log_normalizer_of(base.data(), fixed<symbols>{});
  for (int m = 0; m < inner; ++m) {
    auto& of_m = z[std::size_t(m)];
    scores_given_largest(base.data(), one_hot.data(), of_inner[m], 1, log_total, of_m.data(), fixed<symbols>{});
    for (int k = 0; k < symbols; ++k)
      EXPECT_EQ(one_hot[std::size_t(k)] == 1, of_m[std::size_t(k)] == *std::max_element(of_m.begin(), of_m.end()));
  }
  network::symbol_gradient(
      tape, t, s, estimator::gumbel_rao, d_seen.data(), d_fed.data(), temperature, inner,
      [&](int m) { return of_inner[m]; }, gradient.data());
  expect_gradient(logits, gradient, [&] {
    double sum = 0, moved[symbols];
    for (int m = 0; m < inner; ++m) {
      for (std::size_t k = 0; k < symbols; ++k) moved[k] = z[std::size_t(m)][k] + logits[k] - base[k];
      tempered_softmax(moved, moved, 1 / temperature, fixed<symbols>{});
      for (std::size_t k = 0; k < symbols; ++k) sum += moved[k] * d_seen[k] / inner;
    }
    gumbel_softmax(logits.data(), words[s] + t * symbols, 1, moved, 1 / temperature, fixed<symbols>{});
    for (std::size_t k = 0; k < symbols; ++k) sum += moved[k] * d_fed[k];
    return sum;
  });
}

TEST(LikelihoodGradient, IsThatOfTheCrossEntropy) {
  using model = likelihood_model<units, tile_size, 1, expressions<1>>;
  std::vector<double> w = weights(network::parameters), d_w(w.size(), 0);
  strings real;
  for (int s = 0; s < tile_size; ++s) {
    const std::uint32_t words[] = {std::uint32_t(s) << 30, std::uint32_t(3 - s) << 30};
    expressions<1>::draw<double>(words, s, real);
  }
  network::tape<double, tile_size> tape;
  network::follow(w.data(), tape, real);
  model::add_gradient(w.data(), tape, real, d_w.data());
  expect_gradient(w, d_w, [&] {
    network::follow(w.data(), tape, real);
    double loss = 0;
    for (int t = 0; t < steps; ++t)
      for (int s = 0; s < tile_size; ++s) {
        double total = 0, given = 0;
        for (int k = 0; k < symbols; ++k) {
          total += std::exp(tape.logits.at[t][k][s]);
          given += real.at[t][k][s] * tape.logits.at[t][k][s];
        }
        loss += std::log(total) - given;
      }
    return loss;
  });
}

struct judgement {
  judged which;
  loss of;
};
void PrintTo(const judgement& of, std::ostream* out) {
  *out << (of.which == judged::final ? "final_" : "dense_") << (of.of == loss::hinge ? "hinge" : "non_saturating");
}
class DiscriminatorGradient : public testing::TestWithParam<judgement> {};

// The loss of a tile and, with `derivative`, its derivative at each logit, from the losses' formulas.
double softplus_of(double x) { return std::log1p(std::exp(x)); }
enum class side { real, fake, generator };
double value(side of, loss by, double s, double smoothing) {
  if (by == loss::non_saturating)
    return of == side::fake ? softplus_of(s) : (1 - smoothing) * softplus_of(-s) + smoothing * softplus_of(s);
  return of == side::real ? std::max(0., 1 - s) : of == side::fake ? std::max(0., 1 + s) : -s;
}

TEST_P(DiscriminatorGradient, IsThatOfTheLoss) {
  std::vector<double> w = weights(judge::parameters);
  for (const side of : {side::real, side::fake, side::generator}) {
    const double smoothing = of == side::real && GetParam().of == loss::non_saturating ? .1 : 0;
    const auto d_loss = [&](double s) {
      return of == side::real   ? d_real_loss(GetParam().of, s, smoothing)
             : of == side::fake ? d_fake_loss(GetParam().of, s)
                                : d_generator_loss(GetParam().of, s);
    };
    strings seen = numbers(.7);
    judge::tape<double, tile_size> tape;
    const auto f = [&] {
      judge::forward(w.data(), tape, seen);
      double sum = 0;
      for (int s = 0; s < tile_size; ++s) {
        if (GetParam().which == judged::final) sum += value(of, GetParam().of, tape.logit[steps - 1][s], smoothing);
        if (GetParam().which == judged::dense)
          for (int t = 0; t < steps; ++t) sum += value(of, GetParam().of, tape.logit[t][s], smoothing) / steps;
      }
      return sum;
    };
    f();
    std::vector<double> d_w(w.size(), 0);
    judge::add_gradient(w.data(), tape, GetParam().which, d_w.data(), d_loss);
    strings d_seen;
    judge::input_gradient(w.data(), tape, GetParam().which, d_seen, d_loss);
    expect_gradient(w, d_w, f);
    for_each_symbol([&](int t, int k, int s) {
      double& x = seen.at[t][k][s];
      const double before = x;
      x = before + h;
      const double above = f();
      x = before - h;
      const double below = f();
      x = before;
      EXPECT_NEAR(d_seen.at[t][k][s], (above - below) / (2 * h), tolerance) << t << " " << k << " " << s;
    });
  }
}
INSTANTIATE_TEST_SUITE_P(Each, DiscriminatorGradient,
                         testing::Values(judgement{judged::final, loss::non_saturating},
                                         judgement{judged::dense, loss::non_saturating},
                                         judgement{judged::final, loss::hinge}, judgement{judged::dense, loss::hinge}));

}  // namespace
}  // namespace gumbelcuda::sequences
