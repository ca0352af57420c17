// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of rows whose classes are divided among ranks, as the columns of a tensor-parallel language model's head
// are. No rank ever has a whole row of logits: only 56 bytes per row and rank go over the network.
//
//   rank p   logits[row][first_class … first_class + classes)      its columns of the vocabulary
//            gumbel_max_shard                                       → partial[row]
//            all-gather of rows·sizeof(gumbel_max_partial) bytes    → partial[rank][row]       (NCCL, MPI: as bytes)
//            combine_gumbel_max                                     → index[row], the same on every rank
//
// The draw is that of gumbel_max for the whole row, however many ranks there are. Masks, ties, NaN and rows without a
// sample are treated as there, too. Shards may also be parts of a row on one device, one after another. The library
// does not check that the shards cover the row exactly once.
//
// gumbelcuda::sampler advances its noise by the classes of a call, and a shard has too few of them. So callers advance
// `offset` between calls by the classes of the whole row, rounded up to a multiple of 4. Errors and backends: see
// execution.hpp.
#pragma once

#include <cmath>
#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// What one shard knows of a row, to be sent as bytes: of a fixed size, without padding, the same for every number type.
// A default-constructed one is empty, as that of a shard without classes is: combining it changes no result.
struct gumbel_max_partial {
  double score = -INFINITY;  // the largest logit + gumbel, rounded
  double remainder = 0;      // what rounding took from it: score + remainder decides between shards
  std::int64_t index = -1;   // its class, counted in the whole row, or −1
  double logit = -INFINITY;  // the logit of that class
  double top = -INFINITY;    // the largest logit
  double total = 0;          // Σ exp(logit − top); NaN if not wanted
  row_status status = row_status::nothing_to_draw;
  std::uint8_t reserved[7] = {};  // 0
};
static_assert(sizeof(gumbel_max_partial) == 56);

// partial[r] is the draw that gumbel_max would make, with the same noise, among the classes
// [first_class, first_class + classes) of row r. logits has only these classes. Class k of the shard draws word
// offset + first_class + k.
template <class Number>
struct gumbel_max_shard_args {
  std::uint64_t rows = 0, classes = 0;  // of this shard; with 0 classes the partials are empty
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};                  // the same for every shard
  basic_const_rows<Number> logits{};      // −inf masks a class; not used with 0 classes
  std::uint64_t first_class = 0;          // a multiple of 4, since four classes share a block of noise
  bool log_prob_wanted = false;           // for combine_gumbel_max: costs another pass over the logits
  gumbel_max_partial* partial = nullptr;  // [row]
};
template <class Number>
constexpr auto describe(const gumbel_max_shard_args<Number>*) {
  using task = gumbel_max_shard_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(noise),
                    GUMBELCUDA_FIELD(first_class, .numbers = allowed_numbers::multiple_of_4), GUMBELCUDA_FIELD(logits),
                    GUMBELCUDA_FIELD(log_prob_wanted), GUMBELCUDA_FIELD(partial));
}
using gumbel_max_shard_task = gumbel_max_shard_args<any_number>;

// index and status are those of gumbel_max for the whole row, whatever the shards. log_prob has the same bytes on the
// CPU and on CUDA devices. For one shard it is that of gumbel_max. For more it is summed in another order, and differs
// from that of gumbel_max by at most
//
//   u·(8·ln K + 2·|log_prob| + a(K) + a(K_s) + shards + 12)        u = 1.01·2^-24; float64: 1.01·2^-53
//
// for rows of K classes, K_s of them in the largest shard. a(n) is the number of additions that a term of a sum goes
// through (detail/rows/part.hpp): log2 n rounded up for n ≤ 32,768, and 14 + ⌈n/32768⌉ above. The errors, in units of u
// and for each of the two results: an exponential is off by 4 and by its exponent, a difference that was rounded. The
// exponent's mean under the softmax is the entropy less log total, so ln K − log total at most. A logarithm is off by 4
// of itself, here of log total, which is ln K at most. gumbel_max takes one exponential per class; here it is a product
// of two, which rounds once more. `shards` counts the additions of the last sum, and 2·|log_prob| the rounding of both
// results. The 1 % in u covers products of errors, and terms that are exactly 0 because they are 87 below the top.
template <class Number>
struct combine_gumbel_max_args {
  std::uint64_t rows = 0, shards = 0;                    // shards ≥ 1
  number_type_of<Number> type = missing_type<Number>();  // of the shards' logits
  const gumbel_max_partial* partial = nullptr;  // [shard][row]; the order of shards affects the last bits of log_prob
  std::int64_t* index = nullptr;                // [row], counted in the whole row, or −1
  // [row] each, null if not wanted. As in gumbel_max_args; log_prob is NaN if any shard was computed without it.
  computed_number<Number>* log_prob = nullptr;
  row_status* status = nullptr;
};
template <class Number>
constexpr auto describe(const combine_gumbel_max_args<Number>*) {
  using task = combine_gumbel_max_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(shards, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(partial, .of_each_row = &task::shards), GUMBELCUDA_FIELD(index),
                    GUMBELCUDA_FIELD(log_prob, .optional = true), GUMBELCUDA_FIELD(status, .optional = true));
}
using combine_gumbel_max_task = combine_gumbel_max_args<any_number>;

GUMBELCUDA_API void gumbel_max_shard(const gumbel_max_shard_task& task, const row_execution& execution = {});
template <class Number>
void gumbel_max_shard(const gumbel_max_shard_args<Number>& args, const row_execution& execution = {}) {
  gumbel_max_shard(untyped(args), execution);
}
GUMBELCUDA_API void combine_gumbel_max(const combine_gumbel_max_task& task, const row_execution& execution = {});
template <class Number>
void combine_gumbel_max(const combine_gumbel_max_args<Number>& args, const row_execution& execution = {}) {
  combine_gumbel_max(untyped(args), execution);
}

}  // namespace gumbelcuda
