// SPDX-License-Identifier: Apache-2.0
// The parameters and moments of a GAN as a list of numbers, in which every backend stores a GAN that is to go on later.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/gan/model.hpp"
#include "gumbelcuda/math/row.hpp"

namespace gumbelcuda {

// How many there are: three for each parameter, which are K logits, K weights and a bias.
inline constexpr std::uint64_t fleet_state_size(int classes) { return 3 * (2 * std::uint64_t(classes) + 1); }

}  // namespace gumbelcuda

GUMBELCUDA_MATH_BEGIN

// Calls move(number, value, k) for each of them, in their order; k is its place in its row.
template <class V, int Capacity, class Row, class Move>
GUMBELCUDA_INLINE void for_each_parameter(gan_state<V, Capacity>& gan, Row row, Move move) {
  std::uint64_t first = 0;
  const auto move_all = [&](V* values, auto places, int length) {
    GUMBELCUDA_UNROLL
    for (int k = 0; k < places; ++k) move(first + std::uint64_t(row_element(row, k)), values[k], k);
    first += std::uint64_t(length);
  };
  const int length = row_length(row);
  move_all(gan.logits, row, length);
  move_all(gan.logits_m, row, length);
  move_all(gan.logits_v, row, length);
  move_all(gan.weights, plus_one(row), length + 1);
  move_all(gan.weights_m, plus_one(row), length + 1);
  move_all(gan.weights_v, plus_one(row), length + 1);
}

GUMBELCUDA_MATH_END
