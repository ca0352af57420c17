// SPDX-License-Identifier: Apache-2.0
// The numbers behind the pictures of docs/guide.md, computed by the library, as one JSON object. draw.py runs this.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/gumbel.hpp"

namespace {

using namespace gumbelcuda;

void print_list(const char* name, const std::vector<double>& values, const char* after) {
  std::printf("\"%s\": [", name);
  for (std::size_t i = 0; i < values.size(); ++i) std::printf("%s%.7g", i ? ", " : "", values[i]);
  std::printf("]%s\n", after);
}

// How many of ten million variates lie in each interval of 1/20 from −4 to 10.
void print_histogram() {
  const std::uint64_t rows = 100, classes = 100000;
  std::vector<float> noise(rows * classes);
  gumbel_noise<float>({.rows = rows, .classes = classes, .out = {noise.data()}});
  std::vector<double> counts(280);
  for (const float g : noise)
    if (const double bin = std::floor((double(g) + 4) * 20); bin < 280) ++counts[std::size_t(bin)];
  print_list("histogram", counts, ",");
}

// The largest variates, and the probability that a variate is at least as large: from the last of the words and
// extensions upwards; and the same for −log(−log u) with u = 1 − k·2^-24, in double.
void print_tail() {
  std::vector<double> g, p, g_24, p_24;
  for (double j = 1; j < 0x1p63; j *= 1.3) {
    const auto place = std::uint64_t(j) - 1;
    const auto word = std::uint32_t(place >> 32);
    g.push_back(word < tail_words ? -log(tail_exponential(word, std::uint32_t(place), float{})) : gumbel<float>(word));
    p.push_back((double(place) + 1) * 0x1p-64);
  }
  for (int k = 1; k < 1 << 23; k += 1 + k / 8) {
    g_24.push_back(-std::log(-std::log(1 - k * 0x1p-24)));
    p_24.push_back(k * 0x1p-24);
  }
  print_list("tail", g, ",");
  print_list("tail_probability", p, ",");
  print_list("tail_24", g_24, ",");
  print_list("tail_24_probability", p_24, ",");
}

// Relaxed samples of (.2, .3, .5): y of all rows, one after another.
void print_simplex() {
  const std::uint64_t rows = 1200;
  std::vector<float> logits, y(rows * 3);
  for (std::uint64_t row = 0; row < rows; ++row)
    for (const double p : {.2, .3, .5}) logits.push_back(float(std::log(p)));
  std::printf("\"simplex\": {\n");
  for (const float temperature : {5.f, 1.f, .3f, .05f}) {
    gumbel_softmax<float>(
        {.rows = rows, .classes = 3, .logits = {logits.data()}, .temperature = &temperature, .y = {y.data()}});
    char name[16];
    std::snprintf(name, sizeof name, "%g", double(temperature));
    print_list(name, {y.begin(), y.end()}, temperature == .05f ? "}," : ",");
  }
}

// The gradient of E[Σ(y_k − target_k)²] by the logits of a categorical variable with five classes: bias (the length of
// mean − exact) and deviation (the root of the sum of variances) of one sample's estimate.
constexpr std::uint64_t samples = 400000;
struct estimate {
  double bias, deviation;
};
const std::vector<double> probabilities{.1, .1, .2, .25, .35}, target{0, 0, .1, .3, .6};

std::vector<double> exact_gradient() {
  std::vector<double> loss(5, 0), gradient(5);
  double mean = 0;
  for (std::size_t k = 0; k < 5; ++k) {
    for (std::size_t j = 0; j < 5; ++j) loss[k] += std::pow(double(j == k) - target[j], 2);
    mean += probabilities[k] * loss[k];
  }
  for (std::size_t k = 0; k < 5; ++k) gradient[k] = probabilities[k] * (loss[k] - mean);
  return gradient;
}

estimate measure(float temperature, bool straight_through) {
  const std::uint64_t rows = samples, classes = 5;
  std::vector<float> logits, y(rows * classes), one_hot(rows * classes), d(rows * classes);
  for (std::uint64_t row = 0; row < rows; ++row)
    for (const double p : probabilities) logits.push_back(float(std::log(p)));
  gumbel_softmax<float>({.rows = rows,
                         .classes = classes,
                         .logits = {logits.data()},
                         .temperature = &temperature,
                         .y = {y.data()},
                         .one_hot = {one_hot.data()}});
  const std::vector<float>& sample = straight_through ? one_hot : y;
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = 2 * (sample[i] - float(target[i % classes]));
  gumbel_softmax_vjp<float>({.rows = rows,
                             .classes = classes,
                             .temperature = &temperature,
                             .y = {y.data()},
                             .d_y = {d.data()},
                             .d_logits = {d.data()}});
  const std::vector<double> exact = exact_gradient();
  double bias = 0, variance = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    double sum = 0, squares = 0;
    for (std::size_t i = k; i < d.size(); i += classes) {
      sum += double(d[i]);
      squares += double(d[i]) * double(d[i]);
    }
    const double mean = sum / double(rows);
    bias += std::pow(mean - exact[k], 2);
    variance += squares / double(rows) - mean * mean;
  }
  return {std::sqrt(bias), std::sqrt(variance)};
}

void print_gradients() {
  std::vector<double> temperatures, bias[2], deviation[2];
  for (float temperature = .02f; temperature < 11; temperature *= 1.3f) {
    temperatures.push_back(temperature);
    for (const bool straight_through : {false, true}) {
      const estimate e = measure(temperature, straight_through);
      bias[straight_through].push_back(e.bias);
      deviation[straight_through].push_back(e.deviation);
    }
  }
  double length = 0;
  for (const double g : exact_gradient()) length += g * g;
  print_list("temperature", temperatures, ",");
  print_list("relaxed_bias", bias[0], ",");
  print_list("relaxed_deviation", deviation[0], ",");
  print_list("straight_through_bias", bias[1], ",");
  print_list("straight_through_deviation", deviation[1], ",");
  std::printf("\"gradient\": %.7g,\n\"samples\": %d\n", std::sqrt(length), int(samples));
}

}  // namespace

int main() {
  std::printf("{\n");
  print_histogram();
  print_tail();
  print_simplex();
  print_gradients();
  std::printf("}\n");
}
