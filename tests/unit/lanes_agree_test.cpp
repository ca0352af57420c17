// SPDX-License-Identifier: Apache-2.0
// Determinism (docs/determinism.md) starts here: every lane type gives the scalar lane's bits, for every function of
// math/, on ordinary and on special inputs. All NaNs count as equal, since the processor chooses the bit pattern. The
// race of detail/gan/race.hpp is not tested here: its estimates differ between machines; race_test.cpp shows that
// results do not.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "tests/unit/every_lane.hpp"
#include "tests/unit/random_numbers.hpp"
#include "tests/unit/word_samples.hpp"

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
constexpr float poison = -12345.678f;

std::uint32_t bits(float x) {
  std::uint32_t word;
  std::memcpy(&word, &x, sizeof word);
  return word;
}
float number(std::uint32_t word) {
  float x;
  std::memcpy(&x, &word, sizeof x);
  return x;
}

testing::AssertionResult same(const std::vector<float>& actual, const std::vector<float>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (bits(actual[i]) != bits(expected[i]) && !(std::isnan(actual[i]) && std::isnan(expected[i])))
      return testing::AssertionFailure() << "element " << i << " is " << std::hexfloat << actual[i] << ", the scalar's "
                                         << expected[i];
  return testing::AssertionSuccess();
}

template <class T>
void fill_granule(std::vector<T>& x, T value) {
  while (x.size() % lanes::granule != 0) x.push_back(value);
}

// Every exponent and sign with evenly spread mantissas (the stride is odd), subnormals, infinities, NaN, and the places
// where a function changes branches.
std::vector<float> stratified_floats() {
#if defined(__SANITIZE_ADDRESS__)
  constexpr std::uint64_t stride = 32771;
#else
  constexpr std::uint64_t stride = 2053;
#endif
  std::vector<float> x;
  for (std::uint64_t word = 0; word < std::uint64_t{1} << 32; word += stride) x.push_back(number(std::uint32_t(word)));
  for (const float special : {0.f, 1.f, 0x1.6a09e6p-1f, 0x1.6a09e6p+0f, 87.3f, 88.37f, 88.5f, .881373587f, .69314718f,
                              std::numeric_limits<float>::min(), std::numeric_limits<float>::max(),
                              std::numeric_limits<float>::denorm_min(), infinity, nan})
    for (const float sign : {-1.f, 1.f}) {
      const float value = sign * special;
      x.insert(x.end(), {std::nextafter(value, -infinity), value, std::nextafter(value, infinity)});
    }
  fill_granule(x, 1.f);
  return x;
}

class LanesAgree : public every_lane {
 protected:
  const lanes::lane_set& scalar = lanes::scalar();

  void expect_same(lanes::lane_set::real_function lanes::lane_set::*function, const std::vector<float>& in) const {
    std::vector<float> actual(in.size(), poison), expected(in.size());
    (set.*function)(in.data(), actual.data(), in.size());
    (scalar.*function)(in.data(), expected.data(), in.size());
    EXPECT_TRUE(same(actual, expected));
  }
};
INSTANTIATE_TEST_SUITE_P(Lanes, LanesAgree, every_lane::values(), every_lane::name);

TEST_P(LanesAgree, OnElementaryFunctionsAndLosses) {
  using table = lanes::lane_set;
  const std::vector<float> all = stratified_floats();
  for (const auto function :
       {&table::exp, &table::sigmoid, &table::softplus, &table::cross_entropy_label_1, &table::cross_entropy_label_0,
        &table::d_cross_entropy_label_1, &table::d_cross_entropy_label_0})
    expect_same(function, all);
}

TEST_P(LanesAgree, OnLogarithms) {
  std::vector<float> positive;
  for (const float x : stratified_floats())  // the input set that log states
    if (std::isnormal(x) && 0 < x && x < 0x1.6a09e6p+126f) positive.push_back(x);
  fill_granule(positive, 1.f);
  expect_same(&lanes::lane_set::log, positive);
}

TEST_P(LanesAgree, OnVariatesOfWords) {
  using table = lanes::lane_set;
  const std::vector<std::uint32_t> words = stratified_words();
  for (const auto function : {&table::exponential, &table::gumbel, &table::uniform_signed}) {
    std::vector<float> actual(words.size(), poison), expected(words.size());
    (set.*function)(words.data(), actual.data(), words.size());
    (scalar.*function)(words.data(), expected.data(), words.size());
    EXPECT_TRUE(same(actual, expected));
  }
}

struct rows {
  int classes;
  std::size_t samples;
  std::vector<float> logits, d_y;
  std::vector<std::uint32_t> words;
};

// Ordinary rows. Every fourth one contains logits or gradients that a careless function gets wrong.
rows some_rows(int classes, std::size_t samples) {
  random_numbers random{std::uint64_t(classes)};
  const std::size_t count = std::size_t(classes) * samples;
  rows r{classes, samples, random.floats(count, -4, 4), random.floats(count, -1, 1), random.words(count)};
  constexpr float odd_logits[] = {-infinity, 0, -0.f, 100, -100, 1e30f, -1e30f, 3e38f, infinity, nan};
  constexpr float odd_gradients[] = {0, -0.f, 1e30f, -1e30f, 1e-38f, 1e-45f, infinity, nan};
  for (std::size_t sample = 0; sample < samples; sample += 4)
    for (int k = 0; k < classes; ++k) {
      const std::size_t i = std::size_t(k) * samples + sample;
      const std::uint32_t choice = random.word();
      // Most odd values are harmless, because a NaN makes the whole row NaN and would hide the effect of the others.
      const bool wild = sample % 16 == 0;
      if (choice % 3 == 0) r.logits[i] = odd_logits[random.word() % (wild ? 10 : 5)];
      if (choice % 5 == 0) r.d_y[i] = odd_gradients[random.word() % (wild ? 8 : 5)];
      if (choice % 7 == 0) r.words[i] = choice & 8 ? ~0u : 0u;
    }
  for (int k = 0; k < classes; ++k) {
    r.logits[std::size_t(k) * samples] = -infinity;      // a row in which no class can be drawn
    r.words[std::size_t(k) * samples + 1] = 0x80000000;  // and a row of ties
    r.logits[std::size_t(k) * samples + 1] = 1;
  }
  return r;
}

struct softmax_results {
  std::vector<float> y, plain_y, d_z, d_temperature, drawn;
};

softmax_results run_softmax(const lanes::lane_set& set, const rows& r, float temperature, bool fixed_count) {
  const std::size_t count = r.logits.size();
  softmax_results out{std::vector<float>(count, poison), std::vector<float>(count, poison),
                      std::vector<float>(count, poison), std::vector<float>(r.samples, poison),
                      std::vector<float>(r.samples, poison)};
  set.softmax({r.classes, fixed_count, r.samples, temperature, r.logits.data(), r.words.data(), r.d_y.data(),
               out.y.data(), out.plain_y.data(), out.d_z.data(), out.d_temperature.data(), out.drawn.data()});
  return out;
}

TEST_P(LanesAgree, OnSoftmaxItsDerivativesAndDraws) {
  for (const int classes : {1, 2, 5, 16, 17, 100})
    for (const float temperature : {0.f, 1e-30f, .001f, .5f, 1.f, 1e30f}) {
      const rows r = some_rows(classes, 16 * lanes::granule);
      const softmax_results expected = run_softmax(scalar, r, temperature, false);
      for (const bool fixed_count : {false, true}) {
        SCOPED_TRACE(testing::Message() << classes << " classes, temperature " << temperature
                                        << (fixed_count ? ", known when compiling" : ""));
        const softmax_results actual = run_softmax(set, r, temperature, fixed_count);
        EXPECT_TRUE(same(actual.y, expected.y));
        EXPECT_TRUE(same(actual.plain_y, expected.y)) << "the fused function differs from its parts";
        EXPECT_TRUE(same(actual.d_z, expected.d_z));
        EXPECT_TRUE(same(actual.d_temperature, expected.d_temperature));
        EXPECT_TRUE(same(actual.drawn, expected.drawn));
      }
    }
}

TEST_P(LanesAgree, OnAHundredUpdatesOfAdam) {
  constexpr std::size_t count = 64 * lanes::granule;
  random_numbers random(3);
  struct state {
    std::vector<float> parameters, m, v;
  };
  const std::vector<float> start = random.floats(count, -1, 1);
  state actual{start, std::vector<float>(count), std::vector<float>(count)}, expected = actual;
  for (int t = 1; t <= 100; ++t) {
    std::vector<float> gradients = random.floats(count, -1, 1);
    for (std::size_t i = 0; i < count; ++i) gradients[i] *= float(std::pow(10., double(i % 64) - 44));
    gradients[0] = 0;
    if (t == 50) gradients[1] = infinity;
    if (t == 60) gradients[2] = nan;
    const float rate = float(7e-4 * std::sqrt(1 - std::pow(.999, t)) / (1 - std::pow(.9, t)));
    set.adam(actual.parameters.data(), actual.m.data(), actual.v.data(), gradients.data(), rate, count);
    scalar.adam(expected.parameters.data(), expected.m.data(), expected.v.data(), gradients.data(), rate, count);
  }
  EXPECT_TRUE(same(actual.parameters, expected.parameters));
  EXPECT_TRUE(same(actual.m, expected.m));
  EXPECT_TRUE(same(actual.v, expected.v));
}

}  // namespace
