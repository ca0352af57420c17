// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of rows whose classes are shared out over ranks, as the columns of a tensor-parallel language model's head
// are: no rank ever has a whole row of logits, and 56 bytes a row and rank go over the network in place of them.
//
//   rank p   logits[row][first_class … first_class + classes)      its columns of the vocabulary
//            gumbel_max_shard                                       → partial[row]
//            all-gather of rows·sizeof(gumbel_max_partial) bytes    → partial[rank][row]       (NCCL, MPI: as bytes)
//            combine_gumbel_max                                     → index[row], the same on every rank
//
// The draw is gumbel_max's for the whole row, however many ranks there are; so is what becomes of masks, ties, NaN and
// rows without a sample. Shards may also be parts of a row on one device that come one after another. Nobody checks
// that they cover the row once.
//
// gumbelcuda::sampler moves its noise on by the classes of a task, of which a shard has too few: next calls take an
// `offset` further on by the classes of the whole row, rounded up to a multiple of 4. Arguments, errors and backends:
// as in sampling.hpp.
#pragma once

#include "gumbelcuda/rows/sharded_tasks.hpp"
#include "gumbelcuda/sampling.hpp"

namespace gumbelcuda {

GUMBELCUDA_API void gumbel_max_shard(const gumbel_max_shard_task& task, const row_execution& execution = {});
GUMBELCUDA_API void combine_gumbel_max(const combine_gumbel_max_task& task, const row_execution& execution = {});

}  // namespace gumbelcuda
