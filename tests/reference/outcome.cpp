// SPDX-License-Identifier: Apache-2.0
// Trains many reference GANs and prints the mean, standard deviation and fourth central moment of each class's
// probability: `reference_outcome > outcome.txt`. This takes minutes, so the output is checked in as
// tests/gan/outcome.txt, and the tests read that file.
#include <cstdio>

#include "tests/reference/cases.hpp"

int main() {
  std::printf("# case runs class mean stddev fourth_moment\n");
  for (const auto& [name, s, runs] : reference::cases()) {
    std::vector<std::vector<double>> p;
    for (int i = 0; i < runs; ++i) p.push_back(reference::make_toy_gan(s, 1000 + unsigned(i)).train());
    for (size_t k = 0; k < s.target.size(); ++k) {
      double mean = 0, square = 0, fourth = 0;
      for (const auto& row : p) mean += row[k] / runs;
      for (const auto& row : p) {
        const double d = row[k] - mean;
        square += d * d / (runs - 1);
        fourth += d * d * d * d / runs;
      }
      std::printf("%s %d %zu %.9g %.9g %.9g\n", name.c_str(), runs, k, mean, std::sqrt(square), fourth);
    }
    std::fflush(stdout);
  }
}
