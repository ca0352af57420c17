// SPDX-License-Identifier: Apache-2.0
// Eight samples in C++; samples.c and samples.cu print the same.
#include <cstdio>
#include <gumbelcuda/sampler.hpp>
#include <vector>

int main() {
  const std::size_t rows = 8, classes = 10;
  std::vector<float> logits(rows * classes);
  std::vector<std::int64_t> index(rows);
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = .25f * float(i % classes);

  gumbelcuda::sampler sampler({.noise = {.seed = 7}});
  sampler.gumbel_max(gumbelcuda::gumbel_max_args<float>{
      .rows = rows, .classes = classes, .logits = {logits.data()}, .index = index.data()});
  for (const std::int64_t k : index) std::printf("%d ", int(k));
  std::printf("\n");
}
