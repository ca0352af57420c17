// SPDX-License-Identifier: Apache-2.0
// The reference program for GANs of a sweep is right by itself: its gradients are differences of its losses, its
// estimators have the expected values that they are to have, its variates have their laws, and its optimisers take the
// steps that can be written down. Without the library.
#include <gtest/gtest.h>

#include "tests/reference/sweep_gan.hpp"

namespace reference {
namespace {

using numbers = std::vector<double>;
using long_numbers = std::vector<long double>;

// Words of an engine, the same for the same place.
std::uint32_t some_word(std::uint64_t block, int word) {
  std::mt19937_64 engine(block * 4 + std::uint64_t(word) + 1);
  return std::uint32_t(engine() >> 32);
}

// A central difference in long double: a truncation error of h²·f‴, 1e-12, and rounding of 1e-19/h, 1e-13.
template <class F>
numbers differences(const F& f, const numbers& x) {
  const long double h = 1e-6L;
  numbers slopes;
  for (std::size_t i = 0; i < x.size(); ++i) {
    long_numbers up(x.begin(), x.end()), down = up;
    up[i] += h;
    down[i] -= h;
    slopes.push_back(double((f(up) - f(down)) / (2 * h)));
  }
  return slopes;
}

void expect_near(const numbers& a, const numbers& b, double tolerance, double at_least = 1e-3) {
  ASSERT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_NEAR(a[i], b[i], tolerance) << "component " << i;
    largest = std::max(largest, std::abs(a[i]));
  }
  EXPECT_GT(largest, at_least) << "nothing is compared";
}

sweep_settings small() {
  sweep_settings s;
  s.target = {.2, .3, .5};
  s.initial_logits = {.3, -.4, .8};
  s.temperature.temperature = {.7};
  s.batch = 5;
  s.generator_steps = 2;
  return s;
}

constexpr gan_loss losses[] = {gan_loss::non_saturating, gan_loss::saturating, gan_loss::hinge, gan_loss::wasserstein};

class Network : public testing::TestWithParam<std::tuple<std::vector<std::size_t>, activation>> {
 protected:
  sweep_settings settings() const {
    sweep_settings s = small();
    std::tie(s.hidden, s.act) = GetParam();
    return s;
  }
};

// The mean loss of a batch, written as the formula has it, with no use of the program's own sums.
TEST_P(Network, TheDiscriminatorsGradientIsTheDifferenceOfItsLoss) {
  for (const gan_loss loss : losses) {
    sweep_settings s = settings();
    s.loss = loss;
    s.smoothing = smoothing_kind::normal;
    s.smoothing_amount = .3;
    sweep_gan gan(s, some_word);
    std::vector<numbers> real, fake;
    for (std::uint64_t i = 0; i < s.batch; ++i) {
      real.push_back(gan.real_sample(i));
      fake.push_back(gan.shown(gan.perturbed(i)));
    }
    const auto mean = [&](const long_numbers& theta) {
      long double sum = 0;
      for (std::size_t i = 0; i < s.batch; ++i) {
        const long double r = gan.net.score(theta, long_numbers(real[i].begin(), real[i].end()));
        const long double f = gan.net.score(theta, long_numbers(fake[i].begin(), fake[i].end()));
        switch (loss) {
          case gan_loss::non_saturating:
          case gan_loss::saturating:
            sum += std::log(1 + std::exp(-r)) + std::log(1 + std::exp(f));
            break;
          case gan_loss::hinge:
            sum += std::fmax(0.L, 1 - r) + std::fmax(0.L, 1 + f);
            break;
          case gan_loss::wasserstein:
            sum += f - r;
        }
      }
      return sum / (long double)(s.batch);
    };
    expect_near(gan.mean_of(gan.critic_gradient()), differences(mean, gan.critic), 1e-10);
  }
}

// ∇s by differences, and its penalty's gradient by differences of that: h = 1e-4 for both, whose errors are h²·f‴,
// 1e-7.
TEST_P(Network, ThePenaltysGradientIsTheDifferenceOfThePenalty) {
  sweep_settings s = settings();
  s.gradient_penalty = 2.5;
  sweep_gan gan(s, some_word);
  const numbers with = gan.critic_gradient();
  gan.s.gradient_penalty = 0;
  numbers penalty_alone = gan.critic_gradient();
  for (std::size_t i = 0; i < with.size(); ++i) penalty_alone[i] = with[i] - penalty_alone[i];

  const long double h = 1e-4L;
  const auto sum = [&](const long_numbers& theta) {
    long double total = 0;
    for (std::uint64_t i = 0; i < s.batch; ++i) {
      const numbers real = gan.real_sample(i), fake = gan.shown(gan.perturbed(i));
      const long double weight = gan.noise.penalty_weight(0, i);
      long double square = 0;
      for (std::size_t k = 0; k < real.size(); ++k) {
        long_numbers up, down;
        for (std::size_t j = 0; j < real.size(); ++j) {
          up.push_back(weight * real[j] + (1 - weight) * fake[j] + (j == k ? h : 0));
          down.push_back(weight * real[j] + (1 - weight) * fake[j] - (j == k ? h : 0));
        }
        const long double slope = (gan.net.score(theta, up) - gan.net.score(theta, down)) / (2 * h);
        square += slope * slope;
      }
      total += 2.5L * (std::sqrt(square) - 1) * (std::sqrt(square) - 1);
    }
    return total;
  };
  numbers expected;
  for (std::size_t i = 0; i < gan.critic.size(); ++i) {
    long_numbers up(gan.critic.begin(), gan.critic.end()), down = up;
    up[i] += h;
    down[i] -= h;
    expected.push_back(double((sum(up) - sum(down)) / (2 * h)));
  }
  expect_near(penalty_alone, expected, 1e-5);
}

// On the noise of the update: pathwise, sample by sample, and so in expectation, too.
TEST_P(Network, TheRelaxedGradientIsTheDifferenceOfTheGeneratorsLoss) {
  for (const gan_loss loss : losses) {
    sweep_settings s = settings();
    s.loss = loss;
    sweep_gan gan(s, some_word);
    const auto mean = [&](const long_numbers& logits) {
      long double sum = 0;
      for (std::uint64_t i = 0; i < s.batch; ++i) {
        long_numbers y;
        long double total = 0;
        for (std::size_t k = 0; k < logits.size(); ++k) {
          y.push_back(std::exp((logits[k] + gan.noise.fake_gumbel(0, 2 * s.batch + i, k)) / .7L));
          total += y.back();
        }
        for (long double& value : y) value /= total;
        const long double score = gan.net.score(constants<long double>(gan.critic), y);
        if (loss == gan_loss::non_saturating) sum += std::log(1 + std::exp(-score));
        if (loss == gan_loss::saturating) sum -= std::log(1 + std::exp(score));
        if (loss == gan_loss::hinge || loss == gan_loss::wasserstein) sum -= score;
      }
      return sum / (long double)(s.batch);
    };
    expect_near(gan.mean_of(gan.generator_gradient(1)), differences(mean, gan.logits), 1e-9, 1e-4);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Network,
                         testing::Combine(testing::Values(std::vector<std::size_t>{}, std::vector<std::size_t>{4},
                                                          std::vector<std::size_t>{4, 3},
                                                          std::vector<std::size_t>{3, 4, 2}),
                                          testing::Values(activation::leaky_relu, activation::tanh)));

// All 3^B batches, each with its probability: the expected gradient is that of the expected loss, Σ_k p_k·ℓ_k, for a
// batch of 1 (no baseline) and for larger ones.
TEST(ScoreFunction, HasNoBias) {
  const numbers logits{.3, -.4, .8}, loss{.7, -1.1, 2.3}, p = softmax_of(logits);
  const numbers expected = differences(
      [&](const long_numbers& at) {
        const long_numbers q = softmax_of(at);
        return q[0] * loss[0] + q[1] * loss[1] + q[2] * loss[2];
      },
      logits);
  for (std::size_t batch = 1; batch <= 4; ++batch) {
    numbers mean(3);
    for (int number = 0; number < std::pow(3, batch); ++number) {
      double probability = 1;
      std::vector<std::size_t> x;
      numbers of_x;
      for (int rest = number; x.size() < batch; rest /= 3) {
        x.push_back(std::size_t(rest % 3));
        of_x.push_back(loss[x.back()]);
        probability *= p[x.back()];
      }
      const numbers sum = score_function_sum(x, of_x, p);
      for (std::size_t k = 0; k < 3; ++k) mean[k] += probability * sum[k] / double(batch);
    }
    expect_near(mean, expected, 1e-10);
  }
}

// Gumbels given their argmax against all Gumbels sorted by their argmax: of each class's z the mean and the mean square
// agree to within 5 standard errors (18 numbers, α = 1e-5), from N = 3·10^5 of each kind; and so does the gradient
// through softmax(z/τ), the difference between straight_through and gumbel_rao.
TEST(GumbelRao, DrawsFromTheLawOfGumbelsGivenTheirArgmax) {
  std::mt19937_64 engine(5);
  const auto word = [&](std::size_t) { return std::uint32_t(engine() >> 32); };
  const numbers logits{.3, -.4, .8}, v{1, -2, .5};
  constexpr int n = 300000;
  struct sums {
    double count = 0;
    numbers sum = numbers(9), square = numbers(9);
    void add(const numbers& z, const numbers& slope) {
      ++count;
      for (std::size_t k = 0; k < 9; ++k) {
        const double x = k < 3 ? z[k] : k < 6 ? z[k - 3] * z[k - 3] : slope[k - 6];
        sum[k] += x;
        square[k] += x * x;
      }
    }
  } free[3], conditional[3];
  for (int i = 0; i < n; ++i) {
    numbers z = logits;
    for (std::size_t k = 0; k < 3; ++k) z[k] -= std::log(exponential(word(k)));
    free[argmax(z)].add(z, through_softmax(v, z, .7));
    const std::size_t top = std::size_t(i % 3);
    const numbers given = gumbels_given_argmax(logits, top, word);
    ASSERT_EQ(argmax(given), top);
    conditional[top].add(given, through_softmax(v, given, .7));
  }
  for (std::size_t top = 0; top < 3; ++top)
    for (std::size_t k = 0; k < 9; ++k) {
      const sums &a = free[top], &b = conditional[top];
      const double mean_a = a.sum[k] / a.count, mean_b = b.sum[k] / b.count;
      const double variance =
          (a.square[k] / a.count - mean_a * mean_a) / a.count + (b.square[k] / b.count - mean_b * mean_b) / b.count;
      EXPECT_NEAR(mean_a, mean_b, 5 * std::sqrt(variance)) << "argmax " << top << ", number " << k;
    }
}

// The softmax's derivative y_k·(v_k − Σ v·y)/τ by hand: at z for straight_through; and the mean of it over gumbel_rao's
// draws. v is the derivative of the loss at the one-hot sample.
TEST(HardEstimators, SendTheDerivativeAtTheOneHotSampleThroughTheSoftmax) {
  for (const estimator how : {estimator::straight_through, estimator::gumbel_rao}) {
    sweep_settings s = small();
    s.hidden = {4};
    s.how = how;
    s.inner_samples = 3;
    s.batch = s.generator_steps = 1;
    sweep_gan gan(s, some_word);
    const numbers z = gan.perturbed(1);
    const numbers v = differences(
        [&](const long_numbers& x) {
          return std::log(1 + std::exp(-gan.net.score(constants<long double>(gan.critic), x)));
        },
        one_hot(argmax(z), 3));
    const int draws = how == estimator::gumbel_rao ? 3 : 1;
    numbers expected(3);
    for (int m = 0; m < draws; ++m) {
      const auto word = [&](std::size_t k) { return gan.noise.inner(0, 0, 0, std::uint64_t(m), k); };
      const numbers y =
          soften(how == estimator::gumbel_rao ? gumbels_given_argmax(gan.logits, argmax(z), word) : z, .7);
      const double mean = v[0] * y[0] + v[1] * y[1] + v[2] * y[2];
      for (std::size_t k = 0; k < 3; ++k) expected[k] += y[k] * (v[k] - mean) / .7 / draws;
    }
    expect_near(gan.generator_gradient(0), expected, 1e-10);
  }
}

// Where it is a distribution, it has the sum 1 and the sample's class for its largest.
TEST(Smoothing, KeepsWhatItHasTo) {
  sweep_settings s = small();
  for (const smoothing_kind kind : {smoothing_kind::none, smoothing_kind::gumbel_softmax, smoothing_kind::label}) {
    s.smoothing = kind;
    s.smoothing_amount = .3;
    sweep_gan gan(s, some_word);
    for (std::uint64_t i = 0; i < s.batch; ++i) {
      const numbers x = gan.real_sample(i);
      EXPECT_NEAR(x[0] + x[1] + x[2], 1, 1e-15);
      EXPECT_EQ(argmax(x), gan.real_class(i));
      if (kind == smoothing_kind::label) {
        EXPECT_NEAR(x[gan.real_class(i)], .8, 1e-15);
      }
    }
  }
}

TEST(Normal, IsWhereTheTailIsV) {
  for (const std::uint32_t x : {0u, 1u, 4096u, 0x12345678u, 0x7FFFFFFFu, 0x80000000u, 0xDEADBEEFu, ~0u}) {
    const double v = unit(x), n = normal(x);
    EXPECT_NEAR(std::erfc(n / std::sqrt(2.)) / 2, v, 1e-15 + 1e-12 * v);
    EXPECT_EQ(normal(~x), -n);
  }
}

// The first two steps of each optimiser from the gradients 2 and −1, by hand.
TEST(Optimizer, TakesTheStepsOfItsDefinition) {
  sweep_settings s = small();
  s.beta_1 = .5;
  s.beta_2 = .75;
  s.epsilon = .25;
  const auto after = [&](optimizer_kind kind) {
    s.optimizer = kind;
    optimizer o(s, 1);
    numbers theta{0}, path;
    for (const double g : {2., -1.}) {
      o.update(theta, {g}, .1);
      path.push_back(theta[0]);
    }
    return path;
  };
  // v = 1, then 1; m = 1, then 0: corrections 1/2 and 1/4, then 3/4 and 7/16.
  expect_near(after(optimizer_kind::adam), {-.1 * .5 / .5 * 1 / 1.25, -.08}, 1e-15);
  expect_near(after(optimizer_kind::adam_pytorch), {-.1 * 2 / 2.25, -.1 * 2 / 2.25}, 1e-15);
  expect_near(after(optimizer_kind::sgd), {-.2, -.2}, 1e-15);
  expect_near(after(optimizer_kind::rmsprop), {-.1 * 2 / 1.25, -.16 + .1 / 1.25}, 1e-15);
}

TEST(Schedule, GoesFromKnotToKnot) {
  schedule s{schedule_shape::linear, {10, 20, 40}, {2, 1, .25}};
  EXPECT_DOUBLE_EQ(s.at(0), 2);
  EXPECT_DOUBLE_EQ(s.at(15), 1.5);
  EXPECT_DOUBLE_EQ(s.at(30), .625);
  EXPECT_DOUBLE_EQ(s.at(50), .25);
  s.shape = schedule_shape::exponential;
  EXPECT_DOUBLE_EQ(s.at(30), .5);
  s.shape = schedule_shape::cosine;
  EXPECT_DOUBLE_EQ(s.at(30), .625);
  EXPECT_DOUBLE_EQ(s.at(25), 1 - .75 * (1 - std::sqrt(.5)) / 2);
}

}  // namespace
}  // namespace reference
