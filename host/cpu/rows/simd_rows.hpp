// SPDX-License-Identifier: Apache-2.0
// Rows of classes on SIMD vectors. A value of the operations on rows (detail/rows/part.hpp) is then a vector of
// neighbouring classes. A "quad" is four such vectors, whose words are those of as many blocks as a vector has
// elements. float64 is computed class by class.
#pragma once

#include <limits>

#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "host/cpu/fleet/stream_words.hpp"
#include "host/cpu/rows/top_k_rows.hpp"

GUMBELCUDA_MATH_BEGIN

// One vector per lane: a quad's four vectors are enough independent chains.
using class_vector = simd_float_n<1>;
using class_words = simd_word_n<1>;
inline constexpr int class_width = class_vector::width, group_classes = quad_size * class_width;

// The part that has the whole row.
struct row_in_vectors {
  std::int64_t row_quads;
  int slot_quads;

  explicit row_in_vectors(std::uint64_t classes)
      : row_quads(std::int64_t((classes + group_classes - 1) / group_classes)),
        slot_quads(int(row_quads < max_row_slots / group_classes ? row_quads : max_row_slots / group_classes)) {}
  std::int64_t quads() const { return row_quads; }
  std::uint64_t quad(std::int64_t n) const { return std::uint64_t(n) * class_width; }
  bool has(std::int64_t n) const { return n < row_quads; }
  GUMBELCUDA_INLINE float max(const class_vector& x) const {
    float elements[class_width];
    x.store(elements);
    return row_max(elements, fixed<class_width>{});
  }
  float max(float x) const { return x; }
  std::uint64_t min(std::uint64_t i) const { return i; }
  std::uint64_t sum(std::uint64_t i) const { return i; }
  bool any_nearby(bool b) const { return b; }
  bool is_leader() const { return true; }
  GUMBELCUDA_INLINE float add(class_vector* slots) const {
    float elements[class_width];
    add_quad(slots).store(elements);
    add_slots(fixed<class_width>{}, [&](int i) -> float& { return elements[i]; });
    return elements[0];
  }
};

// Reads and writes one row, four vectors at a time. `padding`: the values past the row's end.
template <class Stored>
class vector_memory : public direct_memory<Stored> {
  using direct_memory<Stored>::classes_;
  using direct_memory<Stored>::from_;
  using direct_memory<Stored>::to_;
  using direct_memory<Stored>::from_stride_;
  using direct_memory<Stored>::to_stride_;

 public:
  using V = class_vector;
  using direct_memory<Stored>::direct_memory;

  GUMBELCUDA_INLINE void read(std::uint64_t quad, V padding, V* x) const {
    if (from_stride_ <= 1 && classes_ - quad * quad_size >= group_classes) {
      const Stored* const at = from_ + quad * quad_size;
      if constexpr (reads_ahead)
        // Past the row's end these are addresses of nothing, which pointer arithmetic may not give.
        for (std::size_t line = 0; line < group_classes * sizeof(Stored); line += 64)
          __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(at) + page + line));
      for (int j = 0; j < quad_size; ++j) x[j] = widen_vector(at + j * class_width);
      return;
    }
    alignas(64) float numbers[group_classes];
    for (int j = 0; j < quad_size; ++j) padding.store(numbers + j * class_width);
    const std::uint64_t left = classes_ - quad * quad_size;
    if (from_stride_ > 1)
      gather(from_ + quad * quad_size * from_stride_, from_stride_, left, numbers);
    else
      for (int i = 0; i < int(left); ++i) numbers[i] = widen(from_[quad * quad_size + std::uint64_t(i)]);
    for (int j = 0; j < quad_size; ++j) x[j] = V::load(numbers + j * class_width);
  }

  GUMBELCUDA_INLINE void write(std::uint64_t quad, const V* x) const {
    put(quad, x, [](V v) { return canonical(v); });
  }
  // For numbers that are not NaN.
  GUMBELCUDA_INLINE void write_numbers(std::uint64_t quad, const V* x) const {
    put(quad, x, [](V v) { return v; });
  }

 private:
  // Processors fetch neighbouring lines by themselves, but not across pages. A vector that fills a line is done before
  // the first lines of a page arrive, and gains more than the instruction for each line costs; shorter vectors do not.
  static constexpr bool reads_ahead = class_width * sizeof(Stored) >= 64;
  static constexpr std::size_t page = 4096;

  // Loads class_width neighbouring numbers.
  GUMBELCUDA_INLINE static V widen_vector(const float* from) { return V::load(from); }
  GUMBELCUDA_INLINE static V widen_vector(const float16* from) {
    const auto halves =
        hn::LoadU(hn::Rebind<hwy::float16_t, float_tag>(), reinterpret_cast<const hwy::float16_t*>(from));
    return make_lane<V>([&](int) { return hn::PromoteTo(float_tag(), halves); });
  }
  GUMBELCUDA_INLINE static V widen_vector(const bfloat16* from) {
    const auto halves = hn::LoadU(half_word_tag(), reinterpret_cast<const std::uint16_t*>(from));
    return from_bits(make_lane<class_words>([&](int) { return hn::ShiftLeft<16>(hn::PromoteTo(word_tag(), halves)); }));
  }
  // For numbers that are not NaN, except the canonical one.
  GUMBELCUDA_INLINE static void narrow_vector(const V& x, float* to) { x.store(to); }
  GUMBELCUDA_INLINE static void narrow_vector(const V& x, float16* to) {
    const hn::Rebind<hwy::float16_t, float_tag> tag;
    hn::StoreU(hn::DemoteTo(tag, x.v[0]), tag, reinterpret_cast<hwy::float16_t*>(to));
  }
  GUMBELCUDA_INLINE static void narrow_vector(const V& x, bfloat16* to) {
    const auto bits = to_bits(x).v[0], odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(word_tag(), 1));
    const auto rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, hn::Set(word_tag(), 0x7fff)), odd));
    hn::StoreU(hn::DemoteTo(half_word_tag(), hn::BitCast(signed_tag(), rounded)), half_word_tag(),
               reinterpret_cast<std::uint16_t*>(to));
  }
  using half_word_tag = hn::Rebind<std::uint16_t, float_tag>;

  template <class AsStored>
  GUMBELCUDA_INLINE void put(std::uint64_t quad, const V* x, AsStored as_stored) const {
    if (to_stride_ <= 1 && classes_ - quad * quad_size >= group_classes) {
      for (int j = 0; j < quad_size; ++j) narrow_vector(as_stored(x[j]), to_ + quad * quad_size + j * class_width);
      return;
    }
    alignas(64) float numbers[group_classes];
    for (int j = 0; j < quad_size; ++j) x[j].store(numbers + j * class_width);
    const std::uint64_t left = classes_ - quad * quad_size;
    if (to_stride_ > 1)
      scatter(numbers, left, to_ + quad * quad_size * to_stride_, to_stride_);
    else
      for (int i = 0; i < int(left); ++i) to_[quad * quad_size + std::uint64_t(i)] = narrow<Stored>(numbers[i]);
  }
  // For strided classes, at most `left` of them. Out of line: the loops that call this are for contiguous classes.
  [[gnu::noinline]] static void gather(const Stored* from, std::uint64_t stride, std::uint64_t left, float* numbers) {
    for (std::uint64_t i = 0; i < group_classes && i < left; ++i) numbers[i] = widen(from[i * stride]);
  }
  [[gnu::noinline]] static void scatter(const float* numbers, std::uint64_t left, Stored* to, std::uint64_t stride) {
    for (std::uint64_t i = 0; i < group_classes && i < left; ++i) to[i * stride] = narrow<Stored>(numbers[i]);
  }
};

// The words of a quad.
struct quad_words {
  alignas(64) std::uint32_t word[group_classes];
  class_words lowest;  // the lowest of each element's four

  GUMBELCUDA_INLINE quad_words(const row_noise& noise, std::uint64_t quad) {
    write_words<1>(noise.stream, noise.first_block + quad, word);
    lowest = min(min(vector(0), vector(1)), min(vector(2), vector(3)));
  }
  GUMBELCUDA_INLINE class_words vector(int j) const { return class_words::load(word + j * class_width); }
};

// Rare: one quad in thousands has a word in the tail.
[[gnu::noinline]] inline void replace_tail(const row_noise& noise, std::uint64_t quad, const std::uint32_t* words,
                                           float* exponentials) {
  for (int i = 0; i < group_classes; ++i)
    if (words[i] < tail_words) {
      const auto extensions = noise.extensions(quad + std::uint64_t(i / quad_size));
      exponentials[i] = tail_exponential(words[i], extensions.word[i % quad_size], 0.0f);
    }
}

GUMBELCUDA_INLINE void quad_gumbels(const row_noise& noise, std::uint64_t quad, const quad_words& words,
                                    class_vector* g) {
  // gumbel() in two passes, so that the chains of the first logarithm overlap, and then those of the second.
  for (int j = 0; j < quad_size; ++j) g[j] = exponential<class_vector>(words.vector(j));
  if (any_element(word_in_range<class_vector>(words.lowest, 0, tail_words - 1))) {
    alignas(64) float exponentials[group_classes];
    for (int j = 0; j < quad_size; ++j) g[j].store(exponentials + j * class_width);
    replace_tail(noise, quad, words.word, exponentials);
    for (int j = 0; j < quad_size; ++j) g[j] = class_vector::load(exponentials + j * class_width);
  }
  for (int j = 0; j < quad_size; ++j) g[j] = negated_log(g[j]);
}
GUMBELCUDA_INLINE void quad_gumbels(const row_noise& noise, std::uint64_t quad, class_vector* g) {
  quad_gumbels(noise, quad, quad_words(noise, quad), g);
}

// Same as the scalar version (device/gumbel_max.hpp), for the lowest word of each element. The estimate of log2 is its
// chord between powers of two, which is never above it. Rounding adds at most 2^-15, less than the scalar estimate
// errs.
GUMBELCUDA_INLINE class_vector losing_below(float best, const class_words& lowest, float noise_scale = 1) {
  const float log_2 = 0x1.62e43p-1f, exponent_bias = 127;
  const class_vector bits = convert_signed<class_vector>(to_bits(estimate_word<class_vector>(lowest)));
  const class_vector largest_gumbel =
      fma(bits, class_vector(-log_2 * 0x1p-23f), class_vector((32 + exponent_bias) * log_2));
  return class_vector(abs(best) < largest_filtered_score ? best - race_slack : -INFINITY) -
         class_vector(noise_scale) * largest_gumbel;
}

template <class V, class Logits, class Score>
requires(lane<V>::width > 1) GUMBELCUDA_INLINE best_class<float> largest_score(const row_in_vectors& part,
                                                                               const row_noise& noise, Logits logits,
                                                                               const Score& score,
                                                                               float* gumbel = nullptr) {
  best_class<float> best;
  for (std::int64_t n = 0; n < part.quads(); ++n) {
    V x[quad_size];
    logits(n, x);
    const quad_words words(noise, part.quad(n));
    const V bound = losing_below(best.score, words.lowest, score.noise());
    auto below = score.of_logit(x[0]) < bound, finite = x[0] < V(INFINITY);
    for (int j = 1; j < quad_size; ++j) below = below & (score.of_logit(x[j]) < bound);
    if (all_elements(below)) continue;
    V g[quad_size], z[quad_size];
    quad_gumbels(noise, part.quad(n), words, g);
    score(x, g, z);
    for (int j = 0; j < quad_size; ++j) finite = finite & (x[j] < V(INFINITY));
    best.not_finite = best.not_finite | !all_elements(finite);
    const float top = part.max(row_max(z, fixed<quad_size>{}));
    if (!(top > best.score)) {  // quads come in order, so the lowest class keeps the score
      best.tied = best.tied | (top == best.score);
      continue;
    }
    best.score = top;
    best.index = no_class;
    best.tied = false;
    for (int j = 0; j < quad_size; ++j)
      if (const auto found = z[j] == V(top); any_element(found)) {
        const bool is_first = best.index == no_class;
        best.tied = !is_first || count_elements(found) > 1;
        if (!is_first) continue;
        const int element = first_element(found);
        best.index = class_of<V>(part.quad(n), j) + std::uint64_t(element);
        if (!gumbel) continue;
        alignas(64) float gumbels[class_width];
        g[j].store(gumbels);
        *gumbel = gumbels[element];
      }
  }
  return best;
}

// Same as the scalar version (top_k_rows.hpp). In a quad that is not skipped, usually one class may enter. Few such
// classes are taken one by one, many together.
template <class Logits, class Class>
GUMBELCUDA_INLINE bool offer_row(const row_in_vectors& part, const row_noise& noise, Logits logits,
                                 best_classes<float, Class>& best) {
  using V = class_vector;
  constexpr int few = 8;
  bool not_finite = false;
  for (std::int64_t n = 0; n < part.quads(); ++n) {
    V x[quad_size];
    logits(n, x);
    const std::uint64_t quad = part.quad(n);
    const quad_words words(noise, quad);
    const V losing = losing_below(best.bound(), words.lowest);
    auto below = x[0] < losing;
    for (int j = 1; j < quad_size; ++j) below = below & (x[j] < losing);
    if (all_elements(below)) continue;
    const V lowest = V(-std::numeric_limits<float>::max());  // below it: masked classes, and padding
    std::uint64_t entering = 0;                              // bit i: class i of the quad
    for (int j = 0; j < quad_size; ++j) {
      const V loses_below = losing_below(best.bound(), words.vector(j));
      entering |= std::uint64_t(mask_bits(x[j] < max(loses_below, lowest))) << (j * class_width);
    }
    entering ^= ~std::uint64_t{0} >> (64 - group_classes);
    alignas(64) float numbers[group_classes], g[group_classes];
    for (int j = 0; j < quad_size; ++j) x[j].store(numbers + j * class_width);
    const bool many = __builtin_popcountll(entering) > few;
    if (many) {
      V all[quad_size];
      quad_gumbels(noise, quad, words, all);
      for (int j = 0; j < quad_size; ++j) all[j].store(g + j * class_width);
    }
    for (; entering != 0; entering &= entering - 1) {
      const int i = __builtin_ctzll(entering);
      not_finite = not_finite | !(numbers[i] < INFINITY);
      if (!many) g[i] = class_gumbel<float>(noise, quad + std::uint64_t(i / quad_size), i % quad_size, words.word[i]);
      best.offer(numbers[i], g[i], quad * quad_size + std::uint64_t(i));
    }
  }
  return not_finite;
}

template <class Stored>
struct row_walk {
  using part = row_in_vectors;
  using memory = vector_memory<Stored>;
};
template <>
struct row_walk<double> {
  using part = whole_row;
  using memory = direct_memory<double>;
};

GUMBELCUDA_MATH_END
