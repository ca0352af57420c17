// SPDX-License-Identifier: Apache-2.0
// Every lane type behind plain functions on arrays, so that one test body can run on all of them and compare their
// bits. lanes_body.inl is compiled once for each instruction set. This header must not hold code that would be compiled
// with the flags of more than one instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lanes {

// A multiple of every lane width: the element counts below must be multiples of it.
inline constexpr std::size_t granule = 32;
inline constexpr int max_row = 128;

struct softmax_task {
  int classes;
  bool fixed_count;  // count is passed as fixed<K>, for K in {1, 2, 5, 16, 17, 100}; otherwise as int
  std::size_t samples;
  float temperature;
  // [class][sample]
  const float* logits;
  const std::uint32_t* words;
  const float* d_y;
  // Results: y = gumbel_softmax; plain_y = tempered_softmax of logits + gumbel; derivatives; gumbel_max.
  float *y, *plain_y, *d_z;
  float *d_temperature, *drawn;  // [sample]
};

struct race_task {
  int classes;
  std::size_t samples;
  float temperature;
  // [class][sample]; weights have one row more.
  const float *logits, *weights;
  const std::uint32_t* words;
  // Results: 1 where the race's outcome is certain, and the class with the smallest time.
  std::uint8_t* certain;
  std::int32_t* winner;  // [sample]
};

struct lane_set {
  const char* name;
  int width;
  // out[i] = f(in[i])
  using real_function = void (*)(const float* in, float* out, std::size_t count);
  using word_function = void (*)(const std::uint32_t* in, float* out, std::size_t count);
  real_function log, exp, sigmoid, softplus;
  real_function cross_entropy_label_1, cross_entropy_label_0, d_cross_entropy_label_1, d_cross_entropy_label_0;
  word_function exponential, gumbel, race_exponential, uniform_signed;
  // words[4·i …] = philox4x32_10 of counters[4·i …]
  void (*philox)(const std::uint32_t* counters, std::uint64_t seed, std::uint32_t* words, std::size_t count);
  // words[4·i …] = block `block` of row rows[i], by row_stream
  void (*row_block)(std::uint64_t seed, const std::uint64_t* rows, std::uint64_t block, std::uint32_t* words,
                    std::size_t count);
  void (*softmax)(const softmax_task&);
  void (*race)(const race_task&);
  // One Adam update of each element.
  void (*adam)(float* parameters, float* m, float* v, const float* gradients, float rate, std::size_t count);
};

struct lane_list {
  const lane_set* const* first;
  int count;
  const lane_set* const* begin() const { return first; }
  const lane_set* const* end() const { return first + count; }
};

// The lane types that were compiled and that this processor can run, the scalar one first.
lane_list supported();
inline const lane_set& scalar() { return **supported().begin(); }
inline const lane_set& widest() { return **(supported().end() - 1); }

}  // namespace lanes
