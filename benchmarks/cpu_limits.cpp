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
  const block_stream<wide_word> blocks({42, 7}, 0);
  word_vector sum = hn::Zero(word_tag());
  for (std::uint64_t i = 0; i < count / words_at_a_time; ++i) {
    const auto numbers = hn::Add(block_of_element(), hn::Set(word_tag(), std::uint32_t(i * vector_width)));
    const philox_block<wide_word> x = blocks(wide_word(numbers));
    for (const wide_word& word : x.word) sum = hn::Xor(sum, narrow(word));
  }
  kept = hn::GetLane(sum);
}

}  // namespace cpu_limits
