// SPDX-License-Identifier: Apache-2.0
// A step of a language model's sampler: one call draws the next token of each request, which has its own seed,
// position, temperature and filters. What a request draws does not depend on the other requests of the batch.
#include <cmath>
#include <cstdio>
#include <gumbelcuda/categorical_sample.hpp>
#include <vector>

constexpr std::uint64_t requests = 6, vocabulary = 1000, words = (vocabulary + 3) / 4 * 4;  // of noise, for a draw

int main() {
  const char* name[requests] = {"greedy", "T = 1", "T = 2", "top-k 5", "top-p .9", "min-p .3"};
  const float temperature[requests] = {0, 1, 2, 2, 2, 2};
  const std::uint32_t top_k[requests] = {0, 0, 0, 5, 0, 0};
  const float top_p[requests] = {1, 1, 1, 1, .9f, 1}, min_p[requests] = {0, 0, 0, 0, 0, .3f};
  const std::uint64_t seed[requests] = {1234, 1234, 1234, 1234, 1234, 1234};
  std::uint64_t offset[requests] = {};  // position · words
  std::int64_t token[requests];
  float log_prob[requests];
  std::vector<float> logits(requests * vocabulary);
  gumbelcuda::categorical_sample_args<float> step{.rows = requests,
                                                  .classes = vocabulary,
                                                  .noise = {.row_seed = seed, .row_offset = offset},
                                                  .logits = {logits.data()},
                                                  .temperature = temperature,
                                                  .temperature_per_row = true,
                                                  .top_k = top_k,
                                                  .top_k_per_row = true,
                                                  .top_p = top_p,
                                                  .top_p_per_row = true,
                                                  .min_p = min_p,
                                                  .min_p_per_row = true,
                                                  .index = token,
                                                  .log_prob = log_prob};

  // This stands for a model: the same logits at every position, each token e^(1/4) times as likely as the next one.
  // `kept` is the number of tokens that the filters leave.
  const std::int64_t kept[requests] = {1, 1000, 1000, 5, 19, 10};
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = 8 - float(i % vocabulary) / 4;

  bool right = true;
  for (const char* n : name) std::printf("%10s", n);
  for (int position = 0; position < 10; ++position) {
    gumbelcuda::categorical_sample(step);
    std::printf("\n");
    for (std::size_t r = 0; r < requests; ++r) {
      std::printf("%10d", int(token[r]));
      // The log-probability is normalised over the tokens that the filters left.
      const double fall = r == 0 ? 1000 : 0.25 / double(temperature[r]);
      const double total = (1 - std::exp(-fall * double(kept[r]))) / (1 - std::exp(-fall));
      right = right && token[r] >= 0 && token[r] < kept[r];
      right = right && std::fabs(double(log_prob[r]) + fall * double(token[r]) + std::log(total)) < 1e-5;
    }

    std::int64_t alone = -1;  // what request 2 draws in a batch of its own
    const gumbelcuda::basic_const_rows<float> row{&logits[2 * vocabulary]};
    gumbelcuda::categorical_sample<float>({.rows = 1,
                                           .classes = vocabulary,
                                           .noise = {.row_seed = seed + 2, .row_offset = offset + 2},
                                           .logits = row,
                                           .temperature = temperature + 2,
                                           .index = &alone});
    right = right && alone == token[2];
    for (std::uint64_t& o : offset) o += words;
  }
  std::printf("\n");
  if (right) return 0;
  std::fprintf(stderr, "a token that was filtered out, a wrong log-probability or another token alone\n");
  return 1;
}
