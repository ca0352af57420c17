// SPDX-License-Identifier: Apache-2.0
// For every_operation.cpp: inputs of the operations, with so few bits that every type holds them.
#pragma once

#include <cmath>
#include <cstring>
#include <random>

#include "gumbelcuda/math/storage.hpp"
#include "host/api/row_checks.hpp"
#include "host/selftest/every_operation.hpp"

namespace gumbelcuda {

using byte_row = std::vector<unsigned char>;

inline void set(byte_row& bytes, number_type type, std::uint64_t i, float value) {
  const auto store = [&](auto stored) { std::memcpy(&bytes[i * sizeof stored], &stored, sizeof stored); };
  switch (type) {
    case number_type::float32:
      return store(value);
    case number_type::float16:
      return store(narrow<float16>(value));
    case number_type::bfloat16:
      return store(narrow<bfloat16>(value));
    case number_type::float64:
      return store(double(value));
  }
}

struct synthetic_rows {
  std::uint64_t stride;
  byte_row logits, finite_logits;  // some classes masked, never the first; none masked
  byte_row upstream;               // in [-1, 1)
  byte_row shares, probabilities;  // in (0, 1); 0 for masked classes
  byte_row computed;               // one per row, in (0, 1)
  std::vector<float> temperature, positive_temperature, one_share;
  std::vector<std::uint32_t> small;
  std::vector<std::uint64_t> seeds;  // multiples of 4

  explicit synthetic_rows(const row_shape& shape) : stride(shape.classes + shape.gap) {
    const number_type type = shape.type;
    const std::size_t size = computed_size_of(type);
    const number_type computed_type = size == sizeof(double) ? type : number_type::float32;
    logits.resize(shape.rows * stride * size_of(type));
    finite_logits = upstream = shares = probabilities = logits;
    computed.resize(shape.rows * size);
    std::mt19937_64 random(shape.made_from);
    const float temperatures[] = {1, .5f, .125f, 0x1p-10f, 0, 2};
    for (std::uint64_t row = 0; row < shape.rows; ++row) {
      temperature.push_back(temperatures[random() % std::size(temperatures)]);
      positive_temperature.push_back(temperature.back() > 0 ? temperature.back() : .75f);
      for (std::uint64_t k = 0; k < shape.classes; ++k) {
        const std::uint64_t x = random(), at = row * stride + k;
        const bool masked = k > 0 && x % 16 == 0;
        const float share = float(x >> 36 & 127) / 128 + 0x1p-8f;
        set(logits, type, at, masked ? -INFINITY : float(x >> 57) / 16);
        set(upstream, type, at, float(x >> 50 & 127) / 64 - 1);
        set(finite_logits, type, at, float(x >> 43 & 127) / 32 - 2);
        set(shares, type, at, share);
        set(probabilities, type, at, masked ? 0 : share);
        if (k > 0) continue;
        set(computed, computed_type, row, share);
        one_share.push_back(share);
        small.push_back(std::uint32_t(x >> 29 & 15));
        seeds.push_back(x >> 32 << 2);
      }
    }
  }

  const_rows rows(const byte_row& of) const { return {of.data(), stride}; }
};

}  // namespace gumbelcuda
