// SPDX-License-Identifier: Apache-2.0
// All operations on one batch of made-up rows, and the bytes that they give: for comparing samplers byte by byte.
#pragma once

#include <cstddef>
#include <vector>

#include "host/selftest/sampler.hpp"

namespace gumbelcuda {

struct row_shape {
  number_type type = number_type::float32;
  std::uint64_t rows = 1, classes = 1, gap = 0;  // numbers between rows
  noise_address noise{};
  std::uint64_t made_from = 0;  // what logits, upstream gradients and temperatures are made from
};

// noise; index, log_prob and status of gumbel_max; y, log y, one_hot and index of gumbel_softmax; d_logits and
// d_temperature.
using operation_bytes = std::vector<std::vector<unsigned char>>;

operation_bytes every_operation(const sampler_under_test& sampler, const row_shape& shape);

}  // namespace gumbelcuda
