// SPDX-License-Identifier: Apache-2.0
// Samplers with exactly one fault each, such as a user's own sampler or a broken build may have. The self-test must
// find each fault.
#pragma once

#include <bit>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/math/storage.hpp"
#include "host/api/task_arrays.hpp"
#include "host/selftest/sampler.hpp"

namespace gumbelcuda::known_bad {

template <class Task>
void flip_a_bit(Task& task) {
  bool flipped = false;
  for_each_array(task, [&]<class Field>(Field& field, std::uint64_t) {
    if constexpr (!is_input<Field>) {
      if (pointer_of(field) && !std::exchange(flipped, true)) *reinterpret_cast<unsigned char*>(pointer_of(field)) ^= 1;
    }
  });
}

// The library's sampler; `after_…` functions modify its results, `before_vjp` modifies a task.
class changed_library : public sampler_under_test {
 public:
  std::function<void(const gumbel_noise_task&)> after_noise = [](const auto&) {};
  std::function<void(const gumbel_max_task&)> after_draw = [](const auto&) {};
  std::function<void(const gumbel_softmax_task&)> after_relax = [](const auto&) {};
  std::function<void(gumbel_softmax_vjp_task&)> before_vjp = [](auto&) {};
  std::function<void(other_task&)> after_other = [](auto&) {};

  void noise(const gumbel_noise_task& task) const override {
    library_->noise(task);
    after_noise(task);
  }
  void draw(const gumbel_max_task& task) const override {
    library_->draw(task);
    after_draw(task);
  }
  void relax(const gumbel_softmax_task& task) const override {
    library_->relax(task);
    after_relax(task);
  }
  void relax_vjp(const gumbel_softmax_vjp_task& task) const override {
    gumbel_softmax_vjp_task changed = task;
    before_vjp(changed);
    library_->relax_vjp(changed);
  }
  void run(const other_task& task) const override {
    library_->run(task);
    other_task done = task;
    after_other(done);
  }

 private:
  std::unique_ptr<sampler_under_test> library_ = make_library_sampler(backend_kind::cpu, 0);
};

// Each value x of float32 noise becomes f(x).
template <class Function>
changed_library noise_changed(Function f) {
  changed_library sampler;
  sampler.after_noise = [f](const gumbel_noise_task& task) {
    if (task.type != number_type::float32) return;
    float* const g = static_cast<float*>(task.out.data);
    for (std::uint64_t i = 0; i < task.rows * task.classes; ++i) g[i] = f(g[i]);
  };
  return sampler;
}

// Flips a bit in the first result of operation number `operation` of the other operations.
inline changed_library one_bit_changed(std::size_t operation) {
  changed_library sampler;
  sampler.after_other = [operation](other_task& task) {
    if (task.index() == operation) std::visit([](auto& t) { flip_a_bit(t); }, task);
  };
  return sampler;
}

// Computes float noise from words of the stream, and draws from that noise by the definition; everything else is the
// library's. `Noise` is called with the seed, the row and the number of the word.
template <class Noise>
class noise_of_address : public changed_library {
 public:
  explicit noise_of_address(Noise g) : g_(g) {}

  void noise(const gumbel_noise_task& task) const override {
    for (std::uint64_t row = 0; row < task.rows; ++row)
      for (std::uint64_t k = 0; k < task.classes; ++k)
        static_cast<float*>(task.out.data)[row * task.classes + k] = at(task.noise, row, k);
  }
  void draw(const gumbel_max_task& task) const override {
    for (std::uint64_t row = 0; row < task.rows; ++row) {
      const float* const logits = static_cast<const float*>(task.logits.data) + row * task.classes;
      float best = -INFINITY;
      for (std::uint64_t k = 0; k < task.classes; ++k) {
        if (logits[k] == -INFINITY) continue;
        const float score = logits[k] + at(task.noise, row, k);
        if (score > best) best = score, task.index[row] = std::int64_t(k);
      }
    }
  }

 private:
  float at(const noise_address& a, std::uint64_t row, std::uint64_t k) const {
    return g_(a.seed, a.first_row + row, a.offset + k);
  }
  Noise g_;
};

inline std::uint32_t word_at(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  return stream_row{seed, row}(i / 4).word[i % 4];
}
inline float of_32_bits(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  return gumbel<float>(word_at(seed, row, i));
}

inline float noise_at(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  if (word_at(seed, row, i) >= tail_words) return of_32_bits(seed, row, i);
  float g[quad_size];
  quad_gumbels(row_noise{{seed, row}, 0}, i / 4, g);
  return g[i % 4];
}

// −log(−log u) with u = 1 − v, where v is made of the word's upper Bits bits and u is kept above 0. The largest noise
// is log 2^Bits, 16.6 for 24 bits.
template <int Bits>
float of_few_bits(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  const double v = std::ldexp((word_at(seed, row, i) >> (32 - Bits)) + 1, -Bits);
  return float(-std::log(-std::log1p(-std::min(v, 1 - 0x1p-25))));
}

// −log(−log u) with u in (0, 1] in float: u = 1 gives infinity.
inline float of_closed_interval(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  const float u = (float(~word_at(seed, row, i) >> 8) + 1) * 0x1p-24f;
  return -std::log(-std::log(u));
}

inline float of_float16(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  return widen(narrow<float16>(noise_at(seed, row, i)));
}

inline float same_in_all_rows(std::uint64_t seed, std::uint64_t, std::uint64_t i) { return noise_at(seed, 0, i); }
inline float same_at_all_offsets(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  return noise_at(seed, row, i % 1024);
}

// In these two, one value in 64 belongs to another seed or another class.
inline float partly_the_next_seeds(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  return noise_at(i % 64 == 0 ? seed | 1 : seed, row, i);
}
inline float partly_the_next_classes(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  return noise_at(seed, row, i % 64 == 0 ? i + 37 : i);
}
// One pair in 32 holds the same value twice.
inline float partly_pairs(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  return noise_at(seed, row, i % 64 == 0 ? i + 1 : i);
}

// In one row of 8: of three neighbouring values, the last one is drawn once more if it is negative.
inline float unfair_orders(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  const float g = noise_at(seed, row, i);
  return row % 8 == 0 && i % 3 == 2 && g < 0 ? noise_at(seed, ~row, i) : g;
}

// A linear congruential generator, x → a·x + c modulo 2^16, started from the row: only 65,536 rows differ.
inline float of_short_period(std::uint64_t seed, std::uint64_t row, std::uint64_t i) {
  std::uint32_t x = std::uint32_t(seed + row * 40503) & 0xffff;
  for (std::uint64_t j = 0; j <= i % 64; ++j) x = (x * 25173 + 13849) & 0xffff;
  return gumbel<float>(x << 16 | 0x8000);
}

}  // namespace gumbelcuda::known_bad
