// SPDX-License-Identifier: Apache-2.0
// All operations on one batch of synthetic rows, and the bytes of their results: for comparing samplers byte by byte,
// and with the bytes that were recorded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
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

// Fingerprints of the results, in their order, for float32, float16, bfloat16 and float64: of the rows in
// golden_bytes.cpp, and the same in every release. A change of any of them is a change of the noise stream or of the
// mathematics, which the change log must mention.
struct recorded_fingerprints {
  const char* name;
  std::uint64_t of_types[4];
};
std::span<const recorded_fingerprints> fingerprints_of_every_operation();

}  // namespace gumbelcuda
