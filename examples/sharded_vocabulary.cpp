// SPDX-License-Identifier: Apache-2.0
// A vocabulary divided among ranks: each rank draws from its own columns, the ranks exchange 56 bytes per row, and the
// token is the one that a single rank would have drawn from the whole row, for any number of ranks.
#include <cmath>
#include <cstdio>
#include <gumbelcuda/gumbel.hpp>
#include <gumbelcuda/sharded.hpp>
#include <vector>

constexpr std::uint64_t rows = 2, vocabulary = 1000;
constexpr gumbelcuda::noise_address noise{.seed = 1234, .first_row = 17};  // the same on every rank

struct drawn {
  std::int64_t token[rows];
  float log_prob[rows];
};

drawn draw_on(std::uint64_t ranks, const std::vector<float>& logits) {
  const std::uint64_t columns = (vocabulary / ranks + 3) / 4 * 4;      // a rank's first class is a multiple of 4
  std::vector<gumbelcuda::gumbel_max_partial> gathered(ranks * rows);  // [rank][row]
  for (std::uint64_t rank = 0; rank < ranks; ++rank) {                 // each on its own device
    const std::uint64_t first = rank * columns, last = rank + 1 < ranks ? first + columns : vocabulary;
    gumbelcuda::gumbel_max_shard<float>({.rows = rows,
                                         .classes = last - first,
                                         .noise = noise,
                                         .logits = {&logits[first], vocabulary},
                                         .first_class = first,
                                         .log_prob_wanted = true,
                                         .partial = &gathered[rank * rows]});
  }
  // ncclAllGather(partial, gathered, rows * sizeof(gumbelcuda::gumbel_max_partial), ncclInt8, communicator, stream)
  drawn result;
  gumbelcuda::combine_gumbel_max<float>(
      {.rows = rows, .shards = ranks, .partial = gathered.data(), .index = result.token, .log_prob = result.log_prob});
  return result;
}

int main() {
  std::vector<float> logits(rows * vocabulary);
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = float(i * 7919 % 1000) / 100;
  drawn whole;
  gumbelcuda::gumbel_max<float>({.rows = rows,
                                 .classes = vocabulary,
                                 .noise = noise,
                                 .logits = {logits.data()},
                                 .index = whole.token,
                                 .log_prob = whole.log_prob});
  for (const unsigned ranks : {1u, 2u, 4u, 7u}) {
    const drawn sharded = draw_on(ranks, logits);
    std::printf("%u ranks:", ranks);
    for (std::uint64_t row = 0; row < rows; ++row) {
      std::printf("  %d, log p %.3f", int(sharded.token[row]), double(sharded.log_prob[row]));
      if (sharded.token[row] == whole.token[row] && std::fabs(sharded.log_prob[row] - whole.log_prob[row]) < 1e-4f)
        continue;
      std::fprintf(stderr, "\none rank alone drew %d\n", int(whole.token[row]));
      return 1;
    }
    std::printf("\n");
  }
}
