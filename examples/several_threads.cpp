// SPDX-License-Identifier: Apache-2.0
// Your own threads divide the rows of one noise stream. A row's noise depends on its number alone, so threads share no
// generator and never wait for each other, and the result does not depend on the split.
#include <cstdio>
#include <gumbelcuda/gumbel.hpp>
#include <thread>
#include <vector>

constexpr std::uint64_t rows = 1000, classes = 100;

// Rows [first, last), with the noise that they have in a call for all rows.
void draw_rows(const std::vector<float>& logits, std::vector<std::int64_t>& index, std::uint64_t first,
               std::uint64_t last) {
  gumbelcuda::gumbel_max<float>({.rows = last - first,
                                 .classes = classes,
                                 .noise = {.seed = 7, .first_row = first},
                                 .logits = {&logits[first * classes]},
                                 .index = &index[first]},
                                {.threads = 1});  // the caller's own
}

int main() {
  std::vector<float> logits(rows * classes);
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = float(i * 7919 % 1000) / 200;
  std::vector<std::int64_t> whole(rows);
  draw_rows(logits, whole, 0, rows);
  std::printf("one call:  ");
  for (std::size_t row = 0; row < 8; ++row) std::printf(" %d", int(whole[row]));
  std::printf(" …\n");

  for (const std::uint64_t count : {2u, 3u, 8u}) {
    std::vector<std::int64_t> index(rows, -1);
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < count; ++t)
      threads.emplace_back([&, t] { draw_rows(logits, index, t * rows / count, (t + 1) * rows / count); });
    for (std::thread& thread : threads) thread.join();
    std::size_t equal = 0;
    for (std::size_t row = 0; row < rows; ++row) equal += index[row] == whole[row];
    std::printf("%d threads: %zu of %zu rows the same\n", int(count), equal, std::size_t(rows));
    if (equal != rows) {
      std::fprintf(stderr, "the split changed what was drawn\n");
      return 1;
    }
  }
}
