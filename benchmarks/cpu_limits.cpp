// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/cpu_limits.hpp"

#define GUMBELCUDA_ISA native
#include "host/cpu/fleet/stream_words.hpp"

namespace cpu_limits {
namespace {

using namespace gumbelcuda::native;

// More than the latency times the instructions per cycle, but not more than there are registers.
constexpr int chains = 10;
volatile std::uint32_t kept;  // so that results are used

template <class Vector, class Step>
Vector run_chains(std::uint64_t steps, Vector start, Step step) {
  Vector x[chains];
  for (Vector& v : x) v = start;
  for (std::uint64_t i = 0; i < steps; ++i)
    for (Vector& v : x) v = step(v);
  for (int i = 1; i < chains; ++i) x[0] = hn::Add(x[0], x[i]);
  return x[0];
}

}  // namespace

void fused_multiply_adds(std::uint64_t count) {
  const auto scale = hn::Set(float_tag(), .5f), offset = hn::Set(float_tag(), 1.f);
  const float_vector x =
      run_chains(count / (chains * vector_width), offset, [&](float_vector v) { return hn::MulAdd(v, scale, offset); });
  kept = hn::GetLane(hn::BitCast(word_tag(), x));
}

void widening_multiplies(std::uint64_t count) {
  const auto factor = hn::Set(word_tag(), 0xD2511F53u);
  const word_vector x = run_chains(count / (chains * vector_width / 2), factor,
                                   [&](word_vector v) { return hn::BitCast(word_tag(), hn::MulEven(v, factor)); });
  kept = hn::GetLane(x);
}

void philox_words(std::uint64_t count) {
  constexpr int vectors = 2 * most_vectors_at_a_time, words = vectors * words_at_a_time / 2;
  const block_stream<wide_half> blocks({42, 7}, 0);
  auto sum = hn::Zero(wide_tag());
  for (std::uint64_t i = 0; i < count / words; ++i) {
    philox_block<wide_half> x[vectors];
    for (int j = 0; j < vectors; ++j) x[j].word[0] = std::uint32_t(i * vectors) + std::uint32_t(j);
    blocks(x);
    for (const auto& block : x)
      for (const wide_half& word : block.word) sum = hn::Xor(sum, word.v);
  }
  kept = hn::GetLane(hn::BitCast(word_tag(), sum));
}

}  // namespace cpu_limits
