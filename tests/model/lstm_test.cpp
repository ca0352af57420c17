// SPDX-License-Identifier: Apache-2.0
// An LSTM of 32 units through time in the model interface: its gradient is right, it learns, and its bytes do not
// depend on the models beside it.
#include "tests/model/lstm.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace gumbelcuda {
namespace {

// In double. The difference quotient's error is h²·|f'''|/6 for the cut and 2·u·f/h for rounding, u = 2^-53 times what
// the functions add: with h = 1e-5 and a loss of about log 5 both are near 1e-10, and 1e-8 leaves a margin for f'''.
TEST(LstmModel, GradientIsThatOfTheLoss) {
  using model = testing_models::lstm<3, 4, 5, 1>;
  constexpr int parameters = model::parameters::total;
  std::vector<double> w(parameters), d_w(parameters);
  for (int n = 0; n < parameters; ++n) w[std::size_t(n)] = std::sin(1. + 7. * n) * .8;
  const double x[5] = {0, 0, 1, 0, 0};
  model::moment<double> at[4];
  model::forward(w.data(), x, at);
  model::backward(w.data(), at, d_w.data());
  constexpr double h = 1e-5;
  for (std::size_t n = 0; n < w.size(); ++n) {
    const double before = w[n];
    w[n] = before + h;
    const double above = model::forward(w.data(), x, at);
    w[n] = before - h;
    const double below = model::forward(w.data(), x, at);
    w[n] = before;
    EXPECT_NEAR(d_w[n], (above - below) / (2 * h), 1e-8) << "parameter " << n;
  }
}

TEST(LstmModel, LearnsAndIsTheSameAlone) {
#ifdef __AVX2__
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) GTEST_SKIP() << "a processor without AVX2";
#endif
  const testing_models::lstm<32, 5, 4, 2> model;
  model_fleet_config config{.num_models = 3, .epochs = 2, .steps_per_epoch = 40, .learning_rate = {{1e-2f}}};
  config.history_models = 3;
  const model_fleet_result result = train_fleet(model, config);
  EXPECT_EQ(result.parameters, 4868);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_LT(result.output[i], .1f) << "at random: log 4 = 1.39";
    EXPECT_LT(result.output[i], result.history[2 * i]);
  }
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, the same for every instruction set
  for (const float x : result.parameter) hash = (hash ^ to_bits(x)) * 0x100000001b3;
  EXPECT_EQ(hash, 0x40568c93ac81c2dcu);
  config.num_models = config.history_models = 1;
  config.first_model = 2;
  EXPECT_EQ(train_fleet(model, config).parameter,
            std::vector<float>(result.parameter.begin() + 2 * result.parameters, result.parameter.end()));
}

}  // namespace
}  // namespace gumbelcuda
