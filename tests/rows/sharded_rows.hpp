// SPDX-License-Identifier: Apache-2.0
// Rows of every kind, drawn from as a whole and in shards.
#pragma once

#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/sharded.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda::testing_rows {

// The results of gumbel_max, or of its combined shards.
struct drawn_rows {
  std::vector<std::int64_t> index;
  std::vector<row_status> status;
  row_batch log_prob;

  drawn_rows(number_type type, std::uint64_t rows)
      : index(rows, -7), status(rows, row_status(9)), log_prob(computed_type(type), 1, rows) {}
};

inline drawn_rows draw_whole(row_batch& logits, const noise_address& noise) {
  drawn_rows drawn(logits.type(), logits.rows());
  gumbel_max({.rows = logits.rows(),
              .classes = logits.classes(),
              .type = logits.type(),
              .noise = noise,
              .logits = logits.in(),
              .index = drawn.index.data(),
              .log_prob = drawn.log_prob.out().data,
              .status = drawn.status.data()});
  return drawn;
}

// The task for classes [first, last) of the rows.
inline gumbel_max_shard_task shard_task(row_batch& logits, const noise_address& noise, std::uint64_t first,
                                        std::uint64_t last, gumbel_max_partial* partial) {
  const const_rows whole = logits.in();
  const auto* data = static_cast<const std::uint8_t*>(whole.data) + first * size_of(logits.type());
  return {.rows = logits.rows(),
          .classes = last - first,
          .type = logits.type(),
          .noise = noise,
          .logits = {last > first ? data : nullptr, whole.row_stride},
          .first_class = first,
          .log_prob_wanted = true,
          .partial = partial};
}

// Partial results filled with poison, which a call must overwrite.
inline std::vector<gumbel_max_partial> poisoned(std::uint64_t count) {
  gumbel_max_partial poison;
  std::memset(static_cast<void*>(&poison), 0xa5, sizeof poison);
  return std::vector<gumbel_max_partial>(count, poison);
}
inline bool same_bytes(const std::vector<gumbel_max_partial>& a, const std::vector<gumbel_max_partial>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof a[0]) == 0);
}

inline std::vector<gumbel_max_partial> draw_shard(row_batch& logits, const noise_address& noise, std::uint64_t first,
                                                  std::uint64_t last) {
  std::vector<gumbel_max_partial> partial = poisoned(logits.rows());
  gumbel_max_shard(shard_task(logits, noise, first, last, partial.data()));
  return partial;
}

inline drawn_rows combine(number_type type, std::uint64_t rows, const std::vector<gumbel_max_partial>& partial) {
  drawn_rows drawn(type, rows);
  combine_gumbel_max({.rows = rows,
                      .shards = partial.size() / rows,
                      .type = type,
                      .partial = partial.data(),
                      .index = drawn.index.data(),
                      .log_prob = drawn.log_prob.out().data,
                      .status = drawn.status.data()});
  return drawn;
}

// Row r is of kind r mod 9: plain; so large that noise is lost and scores tie (not in float16); a few classes masked;
// the first three quarters masked; with a NaN; with a +inf; all masked; far apart; of −0 and 0.
inline void fill_every_kind(row_batch& logits, std::uint64_t seed) {
  random_numbers random(seed);
  const double tied = tying_logit(logits.type());
  const std::uint64_t classes = logits.classes();
  for (std::uint64_t row = 0; row < logits.rows(); ++row) {
    const std::uint64_t odd_one = random.word() % classes;
    for (std::uint64_t k = 0; k < classes; ++k) {
      const double u = random.uniform(-4, 4);
      const double kinds[] = {u,
                              tied,
                              random.word() % 2 ? u : -infinity,
                              4 * k < 3 * classes && classes > 1 ? -infinity : u,
                              k == odd_one ? not_a_number : u,
                              k == odd_one ? infinity : u,
                              -infinity,
                              40 * u,
                              random.word() % 2 ? 0. : -0.};
      logits.set(row, k, kinds[row % 9]);
    }
  }
}

}  // namespace gumbelcuda::testing_rows
