// SPDX-License-Identifier: Apache-2.0
// Samples of k classes of a row, none twice: plain data, see tasks.hpp. top_k.hpp has the functions.
#pragma once

#include "gumbelcuda/rows/tasks.hpp"

namespace gumbelcuda {

// The k classes with the largest perturbed values logits + gumbel, the lowest class first on ties: an ordered sample
// without replacement, each class drawn by softmax(logits) of those that are left (Plackett-Luce). Vieira, Gumbel-max
// trick and weighted reservoir sampling (2014); Kool, van Hoof, Welling, arXiv:1903.06059. The noise is gumbel_max's: the
// first class is that which gumbel_max draws, and a smaller k gives the beginning of the same sample.
//
// A row with fewer than k logits above −inf gives those that it has, then index −1, perturbed and log_prob −inf, and
// log_inclusion 0. A row of another status than drawn gives index −1 and NaN everywhere.
struct gumbel_top_k_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  noise_address noise{};
  const_rows logits{};                  // −inf: a masked class
  std::uint64_t k = 1;                  // in [1, classes]
  // [row][k], rows one after another, in the order of the draws.
  std::int64_t* index = nullptr;
  // The same, null: not wanted; double for float64, float otherwise. log_prob: log softmax(logits[r]) of each class.
  // log_inclusion: log(1 − exp(−exp(logit − κ))), the probability of a class to be above the threshold κ, with which
  // Σ f·exp(log_prob − log_inclusion) over the sample is an unbiased estimate of the mean of f (Kool et al., section 4).
  void* perturbed = nullptr;
  void* log_prob = nullptr;
  void* log_inclusion = nullptr;
  // [row], null: not wanted. κ, the (k+1)-th largest perturbed value, −inf where no further class is there: then each
  // log_inclusion is 0. And what became of the row: drawn if at least one class was.
  void* kappa = nullptr;
  row_status* status = nullptr;
};

}  // namespace gumbelcuda
