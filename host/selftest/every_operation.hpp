// SPDX-License-Identifier: Apache-2.0
// All operations on one batch of synthetic rows, and the bytes of their results: for comparing samplers byte by byte.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/selftest/sampler.hpp"

namespace gumbelcuda {

struct row_shape {
  number_type type = number_type::float32;
  std::uint64_t rows = 1, classes = 1, gap = 0;  // gap: numbers between rows
  noise_address noise{};
  std::uint64_t made_from = 0;  // seed of logits, upstream gradients and temperatures
  bool row_noise = false;       // each row has a seed and an offset of its own
};

// The arrays of an operation, or of one of its results, one after another.
struct named_bytes {
  std::string name;
  std::vector<unsigned char> bytes;
  bool operator==(const named_bytes&) const = default;
};
using operation_bytes = std::vector<named_bytes>;

operation_bytes every_operation(const sampler_under_test& sampler, const row_shape& shape);

}  // namespace gumbelcuda
