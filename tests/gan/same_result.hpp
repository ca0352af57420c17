// SPDX-License-Identifier: Apache-2.0
// Compares two fleets' results, byte for byte: everything that training returns.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "gumbelcuda/fleet.hpp"

inline bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

inline void expect_same(const gumbelcuda::fleet_result& a, const gumbelcuda::fleet_result& b) {
  EXPECT_TRUE(same_bytes(a.distribution, b.distribution));
  EXPECT_TRUE(same_bytes(a.logits, b.logits));
  EXPECT_TRUE(same_bytes(a.weights, b.weights));
  EXPECT_TRUE(same_bytes(a.bias, b.bias));
  EXPECT_TRUE(same_bytes(a.generator_loss, b.generator_loss));
  EXPECT_TRUE(same_bytes(a.discriminator_loss, b.discriminator_loss));
  EXPECT_TRUE(same_bytes(a.history, b.history));
}
