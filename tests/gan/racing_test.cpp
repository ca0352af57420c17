// SPDX-License-Identifier: Apache-2.0
// racing_gan and quads_gan, the algorithms of GPU threads, equal direct_gan to the last bit of every parameter and
// moment.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <iterator>
#include <memory>

#include "gumbelcuda/detail/gan/racing_gan.hpp"
#include "gumbelcuda/detail/gan/step.hpp"
#include "gumbelcuda/detail/gan/training_constants.hpp"
#include "tests/gan/golden.hpp"

namespace gumbelcuda {
namespace {

template <class Gan, class Classes, class Batch>
std::unique_ptr<Gan> train(gan_shape<Classes, Batch> shape, std::uint64_t row, const training_constants& constants,
                           const gan_hyperparameters<float>& hyper, int steps) {
  auto gan = std::make_unique<Gan>(shape, stream_row{5, row}, constants.real_words(), hyper);
  gan->start();
  for (int step = 0; step < steps; ++step)
    train_step(*gan, std::uint64_t(step), shape.generator_steps, constants.corrections());
  return gan;
}

// How many numbers of the two states differ in their bits. All NaNs count as equal: the compiler chooses the bit
// pattern.
template <class State>
int different(const State& a, const State& b) {
  float x[sizeof(State) / sizeof(float)], y[sizeof(State) / sizeof(float)];
  std::memcpy(x, &a, sizeof a);
  std::memcpy(y, &b, sizeof b);
  int count = 0;
  for (std::size_t i = 0; i < std::size(x); ++i)
    count += std::memcmp(&x[i], &y[i], sizeof(float)) != 0 && !(std::isnan(x[i]) && std::isnan(y[i]));
  return count;
}

template <class Classes, class Batch>
void expect_same_state(Classes classes, Batch batch, int generator_steps, float temperature, float rate) {
  SCOPED_TRACE(testing::Message() << int(classes) << " classes, batch " << int(batch) << ", temperature " << temperature
                                  << ", rate " << rate);
  const training_constants constants(golden::some_target(classes));
  for (std::uint64_t row = 0; row < 10; ++row) {
    const gan_shape<Classes, Batch> shape{classes, batch, generator_steps};
    const gan_hyperparameters<float> hyper{rate, rate, temperature};
    const auto expected = train<direct_gan<float, Classes, Batch, stream_row>>(shape, row, constants, hyper, 20);
    const auto racing = train<racing_gan<float, Classes, Batch, stream_row>>(shape, row, constants, hyper, 20);
    EXPECT_EQ(different(racing->state(), expected->state()), 0) << "racing, row " << row;
    const auto quads = train<quads_gan<float, Classes, Batch, stream_row>>(shape, row, constants, hyper, 20);
    EXPECT_EQ(different(quads->state(), expected->state()), 0) << "quads, row " << row;
  }
}

TEST(GanOfAThread, IsTheDirectGanForTheArticlesSize) {
  for (const float temperature : {0.f, 1e-3f, .01f, .5f, 1.f, 1e30f})
    expect_same_state(fixed<5>{}, fixed<10>{}, 10, temperature, 7e-4f);
}

// Batches on both sides of a quad, of 16, where sums switch the number of slots, and of the race's 32 samples.
TEST(GanOfAThread, IsTheDirectGanForSizesKnownWhenRunning) {
  for (const int batch : {1, 3, 4, 5, 16, 17, 31, 32, 33, 131})
    expect_same_state(bounded<32>{5}, bounded<256>{batch}, 3, 1e-3f, 7e-4f);
  for (const int classes : {2, 9, 32}) expect_same_state(bounded<32>{classes}, bounded<256>{10}, 3, 1e-3f, 7e-4f);
}

TEST(GanOfAThread, IsTheDirectGanWhereTrainingRunsAway) {
  for (const float rate : {30.f, 1e3f, 1e30f}) expect_same_state(fixed<5>{}, fixed<10>{}, 10, 1e-3f, rate);
}

}  // namespace
}  // namespace gumbelcuda
