// SPDX-License-Identifier: Apache-2.0
// The operations on rows that rows_benchmark.cpp and rows_turns.cpp time on one thread, and their data.
#pragma once

#include <cstdint>
#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_top_k.hpp"

namespace rows_cases {

enum class memory { none, y, all };

// peers/turns.py makes the same numbers.
struct batch {
  std::uint64_t rows, classes, drawn;  // `drawn` classes of each row
  float temperature = .5f;
  std::vector<float> logits, y, d_y, d_logits;
  std::vector<std::int64_t> index;  // [row][drawn]

  batch(std::uint64_t r, std::uint64_t k, memory needed = memory::all, std::uint64_t n = 1)
      : rows(r), classes(k), drawn(n), index(r * n) {
    if (needed == memory::none) return;
    y.resize(r * k);
    if (needed == memory::y) return;
    for (std::vector<float>* numbers : {&logits, &d_y, &d_logits}) numbers->resize(r * k);
    for (std::uint64_t i = 0; i < r * k; ++i) {
      logits[i] = float(i * 2654435761u % 4096) / 1024;
      d_y[i] = float(i * 40503u % 1024) / 1024 - .5f;
    }
  }
};

inline constexpr gumbelcuda::row_execution one_thread{.threads = 1};

inline void our_noise(batch& b) {
  gumbelcuda::gumbel_noise<float>({.rows = b.rows, .classes = b.classes, .out = {b.y.data()}}, one_thread);
}
inline void our_max(batch& b) {
  gumbelcuda::gumbel_max<float>(
      {.rows = b.rows, .classes = b.classes, .logits = {b.logits.data()}, .index = b.index.data()}, one_thread);
}
inline void our_top_k(batch& b) {
  gumbelcuda::gumbel_top_k<float>(
      {.rows = b.rows, .classes = b.classes, .logits = {b.logits.data()}, .k = b.drawn, .index = b.index.data()},
      one_thread);
}
inline void our_softmax(batch& b) {
  gumbelcuda::gumbel_softmax<float>({.rows = b.rows,
                                     .classes = b.classes,
                                     .logits = {b.logits.data()},
                                     .temperature = &b.temperature,
                                     .y = {b.y.data()}},
                                    one_thread);
  gumbelcuda::gumbel_softmax_vjp<float>({.rows = b.rows,
                                         .classes = b.classes,
                                         .temperature = &b.temperature,
                                         .y = {b.y.data()},
                                         .d_y = {b.d_y.data()},
                                         .d_logits = {b.d_logits.data()}},
                                        one_thread);
}

}  // namespace rows_cases
