// SPDX-License-Identifier: Apache-2.0
// Trains many GANs in one call: the article's toy GAN, 64 times at each of four temperatures. A single run only shows
// where it ended; a fleet shows the effect of the temperature: the higher it is, the further apart the runs end, and at
// the highest their mean is wrong, too.
#include <cmath>
#include <cstdio>
#include <gumbelcuda/fleet.hpp>
#include <vector>

constexpr std::size_t classes = 5, gans_each = 64;

struct summary {
  double mean[classes] = {}, stddev[classes] = {};
};

// Of the GANs [first, first + gans_each).
summary summarize(const gumbelcuda::fleet_result& result, std::size_t first) {
  summary s;
  for (std::size_t k = 0; k < classes; ++k) {
    for (std::size_t gan = first; gan < first + gans_each; ++gan)
      s.mean[k] += double(result.distribution[gan * classes + k]) / gans_each;
    double squares = 0;
    for (std::size_t gan = first; gan < first + gans_each; ++gan)
      squares += std::pow(double(result.distribution[gan * classes + k]) - s.mean[k], 2);
    s.stddev[k] = std::sqrt(squares / (gans_each - 1));
  }
  return s;
}

// The mean over 64 runs may be off by four standard errors, and a class whose target is 0 still has some probability
// after 200 epochs.
bool mean_is_right(const summary& s, const std::vector<double>& target) {
  for (std::size_t k = 0; k < classes; ++k)
    if (std::fabs(s.mean[k] - target[k]) > 0.0025 + 4 * s.stddev[k] / std::sqrt(double(gans_each))) return false;
  return true;
}

int main() {
  const float temperatures[] = {.001f, .1f, .5f, 2};
  gumbelcuda::fleet_config config;  // the article's: target {0, 0, .1, .3, .6}, 200 epochs of 100 steps
  config.num_gans = 4 * gans_each;
  config.temperature.clear();  // one for each GAN
  for (const float temperature : temperatures)
    config.temperature.insert(config.temperature.end(), gans_each, temperature);
  const gumbelcuda::fleet_result result = gumbelcuda::train_fleet(config);

  bool right[4];
  double spread[4];  // of the last class
  std::printf("temperature  mean distribution of %zu runs        stddev of the last  right\n", gans_each);
  for (std::size_t t = 0; t < 4; ++t) {
    const summary s = summarize(result, t * gans_each);
    right[t] = mean_is_right(s, config.target);
    spread[t] = s.stddev[classes - 1];
    std::printf("%11g ", double(temperatures[t]));
    for (const double mean : s.mean) std::printf(" %.4f", mean);
    std::printf("  %18.4f  %s\n", spread[t], right[t] ? "yes" : "no");
  }

  if (right[0] && right[1] && right[2] && !right[3] && spread[1] > 3 * spread[0] && spread[2] > spread[1]) return 0;
  std::fprintf(stderr, "the temperatures did not do what they should\n");
  return 1;
}
