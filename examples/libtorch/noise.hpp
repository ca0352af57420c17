// SPDX-License-Identifier: Apache-2.0
// Where the noise of a training lies: in the words that examples/autoencoder/noise.py names, so that this program and
// that one draw the same numbers.
#pragma once

#include <gumbelcuda/rows.hpp>

#include <vector>

namespace gumbelcuda::example {

enum class purpose { weights, order, training, validation, test, pictures };

struct noise_place {
  std::uint64_t seed;
  purpose use;
  std::uint64_t when = 0;  // the step, or the part of the test set

  noise_address address() const { return {.seed = seed * 6 + std::uint64_t(use), .first_row = when}; }
};

// The address of so many rows that all lie in one row of the stream, one after the other.
class rows_in_one {
 public:
  rows_in_one(const noise_place& place, std::uint64_t rows, std::uint64_t classes)
      : address_(place.address()), seeds_(rows, address_.seed), offsets_(rows) {
    const std::uint64_t words = (classes + 3) / 4 * 4;
    for (std::uint64_t r = 0; r < rows; ++r) offsets_[r] = r * words;
    address_.row_seed = seeds_.data();
    address_.row_offset = offsets_.data();
  }
  rows_in_one(const rows_in_one&) = delete;
  rows_in_one& operator=(const rows_in_one&) = delete;
  const noise_address& address() const { return address_; }

 private:
  noise_address address_;
  std::vector<std::uint64_t> seeds_, offsets_;
};

}  // namespace gumbelcuda::example
