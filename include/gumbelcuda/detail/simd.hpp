// SPDX-License-Identifier: Apache-2.0
// The lane interface (math/lane.hpp) on SIMD vectors of floats, through google/highway. Every element is one GAN, one
// sample of a batch, or one class of a row. The compiler's flags choose the instruction set, and Highway's static
// target follows them: those of host/cpu/targets/, or of a program with a model of its own (detail/model/lanes.hpp).
//
// A lane is one or two vectors. Logarithms and exponentials are long chains of dependent instructions. A processor's
// instruction window is too short to overlap one chain with the next; two chains written side by side keep its pipes
// full.
#pragma once

#ifndef HWY_COMPILE_ONLY_STATIC
#define HWY_COMPILE_ONLY_STATIC
#endif
#include <hwy/highway.h>

#include <cstdint>

#include "gumbelcuda/math/lane.hpp"
#include "gumbelcuda/math/philox.hpp"

GUMBELCUDA_MATH_BEGIN

namespace hn = hwy::HWY_NAMESPACE;

// At most 512-bit vectors: all state is sized by this at compile time.
using float_tag = hn::CappedTag<float, 16>;
using word_tag = hn::RebindToUnsigned<float_tag>;
using signed_tag = hn::RebindToSigned<float_tag>;
using wide_tag = hn::Repartition<std::uint64_t, word_tag>;
using float_vector = hn::Vec<float_tag>;
using word_vector = hn::Vec<word_tag>;
using vector_mask = hn::Mask<float_tag>;

inline constexpr int vector_width = int(hn::MaxLanes(float_tag()));

// Makes an R whose vector i is f(i).
template <class R, class F>
GUMBELCUDA_INLINE R make_lane(F f) {
  R r;
  r.v[0] = f(0);
  if constexpr (R::vectors == 2) r.v[1] = f(1);
  return r;
}

// Minimum and maximum that return the second operand if the two compare unordered: x86's instructions do, Arm's do not.
GUMBELCUDA_INLINE float_vector second_if_unordered_min(float_vector a, float_vector b) {
#if HWY_ARCH_X86
  return hn::Min(a, b);
#else
  return hn::IfThenElse(hn::Lt(a, b), a, b);
#endif
}
GUMBELCUDA_INLINE float_vector second_if_unordered_max(float_vector a, float_vector b) {
#if HWY_ARCH_X86
  return hn::Max(a, b);
#else
  return hn::IfThenElse(hn::Gt(a, b), a, b);
#endif
}

template <int N>
struct simd_mask_n {
  static constexpr int vectors = N;
  vector_mask v[std::size_t(N)];
  friend GUMBELCUDA_INLINE simd_mask_n operator&(const simd_mask_n& a, const simd_mask_n& b) {
    return make_lane<simd_mask_n>([&](int i) { return hn::And(a.v[i], b.v[i]); });
  }
};

// Holds random words, and the bits of numbers.
template <int N>
struct simd_word_n {
  static constexpr int vectors = N;
  word_vector v[std::size_t(N)];
  simd_word_n() = default;
  GUMBELCUDA_INLINE simd_word_n(std::uint32_t x) {
    for (int i = 0; i < N; ++i) v[i] = hn::Set(word_tag(), x);
  }
  GUMBELCUDA_INLINE static simd_word_n load(const std::uint32_t* x) {
    return make_lane<simd_word_n>([&](int i) { return hn::LoadU(word_tag(), x + i * vector_width); });
  }
  friend GUMBELCUDA_INLINE simd_word_n operator+(const simd_word_n& a, const simd_word_n& b) {
    return make_lane<simd_word_n>([&](int i) { return hn::Add(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_word_n operator-(const simd_word_n& a, const simd_word_n& b) {
    return make_lane<simd_word_n>([&](int i) { return hn::Sub(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_word_n operator^(const simd_word_n& a, const simd_word_n& b) {
    return make_lane<simd_word_n>([&](int i) { return hn::Xor(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_word_n operator&(const simd_word_n& a, const simd_word_n& b) {
    return make_lane<simd_word_n>([&](int i) { return hn::And(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_word_n min(const simd_word_n& a, const simd_word_n& b) {
    return make_lane<simd_word_n>([&](int i) { return hn::Min(a.v[i], b.v[i]); });
  }
};

template <int N>
struct simd_float_n {
  static constexpr int vectors = N, width = N * vector_width;
  float_vector v[std::size_t(N)];
  simd_float_n() = default;
  GUMBELCUDA_INLINE simd_float_n(float x) {
    for (int i = 0; i < N; ++i) v[i] = hn::Set(float_tag(), x);
  }
  GUMBELCUDA_INLINE static simd_float_n load(const float* x) {
    return make_lane<simd_float_n>([&](int i) { return hn::LoadU(float_tag(), x + i * vector_width); });
  }
  GUMBELCUDA_INLINE void store(float* x) const {
    for (int i = 0; i < N; ++i) hn::StoreU(v[i], float_tag(), x + i * vector_width);
  }
  friend GUMBELCUDA_INLINE simd_float_n operator+(const simd_float_n& a, const simd_float_n& b) {
    return make_lane<simd_float_n>([&](int i) { return hn::Add(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_float_n operator-(const simd_float_n& a, const simd_float_n& b) {
    return make_lane<simd_float_n>([&](int i) { return hn::Sub(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_float_n operator*(const simd_float_n& a, const simd_float_n& b) {
    return make_lane<simd_float_n>([&](int i) { return hn::Mul(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_float_n operator/(const simd_float_n& a, const simd_float_n& b) {
    return make_lane<simd_float_n>([&](int i) { return hn::Div(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_float_n operator-(const simd_float_n& a) {
    return make_lane<simd_float_n>([&](int i) { return hn::Neg(a.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_mask_n<N> operator<(const simd_float_n& a, const simd_float_n& b) {
    return make_lane<simd_mask_n<N>>([&](int i) { return hn::Lt(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_mask_n<N> operator>(const simd_float_n& a, const simd_float_n& b) {
    return make_lane<simd_mask_n<N>>([&](int i) { return hn::Gt(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_mask_n<N> operator==(const simd_float_n& a, const simd_float_n& b) {
    return make_lane<simd_mask_n<N>>([&](int i) { return hn::Eq(a.v[i], b.v[i]); });
  }
  // Friends, so that a plain number converts if the other operand is a lane.
  friend GUMBELCUDA_INLINE simd_float_n fma(const simd_float_n& a, const simd_float_n& b, const simd_float_n& c) {
    return make_lane<simd_float_n>([&](int i) { return hn::MulAdd(a.v[i], b.v[i], c.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_float_n negated_fma(const simd_float_n& a, const simd_float_n& b,
                                                    const simd_float_n& c) {
    return make_lane<simd_float_n>([&](int i) { return hn::NegMulSub(a.v[i], b.v[i], c.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_float_n sqrt(const simd_float_n& x) {
    return make_lane<simd_float_n>([&](int i) { return hn::Sqrt(x.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_float_n min(const simd_float_n& a, const simd_float_n& b) {
    return make_lane<simd_float_n>([&](int i) { return second_if_unordered_min(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_float_n max(const simd_float_n& a, const simd_float_n& b) {
    return make_lane<simd_float_n>([&](int i) { return second_if_unordered_max(a.v[i], b.v[i]); });
  }
  friend GUMBELCUDA_INLINE simd_float_n abs(const simd_float_n& x) {
    return make_lane<simd_float_n>([&](int i) { return hn::Abs(x.v[i]); });
  }
};

// Two vectors, for GANs side by side.
using simd_float = simd_float_n<2>;
using simd_word = simd_word_n<2>;
using simd_mask = simd_mask_n<2>;
inline constexpr int simd_width = simd_float::width;

template <int N>
struct lane<simd_float_n<N>> {
  using scalar = float;
  using bits = simd_word_n<N>;
  using word = simd_word_n<N>;
  using mask = simd_mask_n<N>;
  static constexpr int width = simd_float_n<N>::width;
};

template <int N>
GUMBELCUDA_INLINE simd_float_n<N> select(const simd_mask_n<N>& m, const simd_float_n<N>& yes,
                                         const simd_float_n<N>& no) {
  return make_lane<simd_float_n<N>>([&](int i) { return hn::IfThenElse(m.v[i], yes.v[i], no.v[i]); });
}
template <int N>
GUMBELCUDA_INLINE simd_word_n<N> select(const simd_mask_n<N>& m, const simd_word_n<N>& yes, const simd_word_n<N>& no) {
  return make_lane<simd_word_n<N>>(
      [&](int i) { return hn::IfThenElse(hn::RebindMask(word_tag(), m.v[i]), yes.v[i], no.v[i]); });
}
// Bit i is element i.
template <int N>
GUMBELCUDA_INLINE std::uint32_t mask_bits(const simd_mask_n<N>& m) {
  std::uint32_t bits = 0;
  for (int i = 0; i < N; ++i) {
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(float_tag(), m.v[i], bytes);
    bits |= (std::uint32_t(bytes[0]) | std::uint32_t(bytes[1]) << 8) << (i * vector_width);
  }
  return bits;
}
template <int N>
GUMBELCUDA_INLINE bool any_element(const simd_mask_n<N>& m) {
  vector_mask any = m.v[0];
  if constexpr (N == 2) any = hn::Or(any, m.v[1]);
  return !hn::AllFalse(float_tag(), any);
}
template <int N>
GUMBELCUDA_INLINE bool all_elements(const simd_mask_n<N>& m) {
  vector_mask all = m.v[0];
  if constexpr (N == 2) all = hn::And(all, m.v[1]);
  return hn::AllTrue(float_tag(), all);
}
template <int N>
GUMBELCUDA_INLINE int first_element(const simd_mask_n<N>& m) {
  return GUMBELCUDA_LOWEST_BIT(mask_bits(m));
}
template <int N>
GUMBELCUDA_INLINE int count_elements(const simd_mask_n<N>& m) {
  return __builtin_popcount(mask_bits(m));
}
template <int N>
GUMBELCUDA_INLINE float largest_element(const simd_float_n<N>& x) {
  float_vector largest = x.v[0];
  if constexpr (N == 2) largest = hn::Max(largest, x.v[1]);
  return hn::GetLane(hn::MaxOfLanes(float_tag(), largest));
}
template <int N>
GUMBELCUDA_INLINE simd_float_n<N> one_element(std::uint64_t element, const simd_float_n<N>& in_it,
                                              const simd_float_n<N>& elsewhere) {
  using V = simd_float_n<N>;
  const auto wanted = hn::Set(signed_tag(), element < std::uint64_t(V::width) ? std::int32_t(element) : -1);
  return make_lane<V>([&](int i) {
    const auto here = hn::Eq(hn::Iota(signed_tag(), i * vector_width), wanted);
    return hn::IfThenElse(hn::RebindMask(float_tag(), here), in_it.v[i], elsewhere.v[i]);
  });
}
template <int N>
GUMBELCUDA_INLINE simd_float_n<N> first_elements(std::uint64_t count, const simd_float_n<N>& in_them,
                                                 const simd_float_n<N>& padding) {
  using V = simd_float_n<N>;
  const auto end = hn::Set(signed_tag(), count < std::uint64_t(V::width) ? std::int32_t(count) : V::width);
  return make_lane<V>([&](int i) {
    const auto here = hn::Lt(hn::Iota(signed_tag(), i * vector_width), end);
    return hn::IfThenElse(hn::RebindMask(float_tag(), here), in_them.v[i], padding.v[i]);
  });
}

template <int N>
GUMBELCUDA_INLINE simd_word_n<N> to_bits(const simd_float_n<N>& x) {
  return make_lane<simd_word_n<N>>([&](int i) { return hn::BitCast(word_tag(), x.v[i]); });
}
template <int N>
GUMBELCUDA_INLINE simd_float_n<N> from_bits(const simd_word_n<N>& x) {
  return make_lane<simd_float_n<N>>([&](int i) { return hn::BitCast(float_tag(), x.v[i]); });
}
template <int Count, int N>
GUMBELCUDA_INLINE simd_word_n<N> shift_left(const simd_word_n<N>& x) {
  return make_lane<simd_word_n<N>>([&](int i) { return hn::ShiftLeft<Count>(x.v[i]); });
}
template <int Count, int N>
GUMBELCUDA_INLINE simd_word_n<N> shift_right(const simd_word_n<N>& x) {
  return make_lane<simd_word_n<N>>(
      [&](int i) { return hn::BitCast(word_tag(), hn::ShiftRight<Count>(hn::BitCast(signed_tag(), x.v[i]))); });
}
template <class V>
GUMBELCUDA_INLINE V convert_signed(const simd_word_n<V::vectors>& x) {
  return make_lane<V>([&](int i) { return hn::ConvertTo(float_tag(), hn::BitCast(signed_tag(), x.v[i])); });
}
template <class V>
GUMBELCUDA_INLINE V convert_word(const simd_word_n<V::vectors>& x) {
  return convert_signed<V>(x);
}
template <class V>
GUMBELCUDA_INLINE V convert_signed_word(const simd_word_n<V::vectors>& x) {
  return convert_signed<V>(x ^ simd_word_n<V::vectors>(0x80000000u));
}
template <int N>
GUMBELCUDA_INLINE simd_mask_n<N> word_is_low(const simd_word_n<N>& x) {
  return make_lane<simd_mask_n<N>>([&](int i) {
    return hn::RebindMask(float_tag(), hn::Gt(hn::BitCast(signed_tag(), x.v[i]), hn::Set(signed_tag(), -1)));
  });
}
// Uses the word's highest bit, spread over the word: logic runs on more ports than comparing and masking.
template <int N>
GUMBELCUDA_INLINE simd_float_n<N> if_low(const simd_word_n<N>& x, const simd_float_n<N>& value) {
  const simd_word_n<N> high = shift_right<31>(x);
  return make_lane<simd_float_n<N>>([&](int i) { return hn::AndNot(hn::BitCast(float_tag(), high.v[i]), value.v[i]); });
}
template <int N>
GUMBELCUDA_INLINE simd_float_n<N> negate_if_low(const simd_word_n<N>& x, const simd_float_n<N>& value) {
  const simd_float_n<N> sign = if_low(x, simd_float_n<N>(-0.0f));
  return make_lane<simd_float_n<N>>([&](int i) { return hn::Xor(value.v[i], sign.v[i]); });
}
template <int N>
GUMBELCUDA_INLINE simd_word_n<N> fold_word(const simd_word_n<N>& x) {
  return x ^ shift_right<31>(x);
}
template <class V>
GUMBELCUDA_INLINE simd_mask_n<V::vectors> word_in_range(const simd_word_n<V::vectors>& x,
                                                        const simd_word_n<V::vectors>& first,
                                                        const simd_word_n<V::vectors>& last) {
  return make_lane<simd_mask_n<V::vectors>>([&](int i) {
    const auto below = hn::Lt(x.v[i], first.v[i]), above = hn::Gt(x.v[i], last.v[i]);
    return hn::RebindMask(float_tag(), hn::Not(hn::Or(below, above)));
  });
}
// Rounds twice where the scalar conversion rounds once: relative error 2^-23.
template <class V>
GUMBELCUDA_INLINE V estimate_word(const simd_word_n<V::vectors>& x) {
  const V as_signed = convert_signed<V>(x);
  return make_lane<V>([&](int i) {
    return hn::IfNegativeThenElse(as_signed.v[i], hn::Add(as_signed.v[i], hn::Set(float_tag(), 0x1p32f)),
                                  as_signed.v[i]);
  });
}
template <int N>
GUMBELCUDA_INLINE simd_float_n<N> reciprocal_estimate(const simd_float_n<N>& x) {
  return make_lane<simd_float_n<N>>([&](int i) {
    const auto y = hn::ApproximateReciprocal(x.v[i]);
#if HWY_TARGET == HWY_NEON
    // The instruction alone gives 8 bits; one Newton step brings it to 16.
    return hn::Mul(y, hn::NegMulAdd(x.v[i], y, hn::Set(float_tag(), 2.0f)));
#else
    return y;
#endif
  });
}

// base[offsets[i]] for each element i.
template <int N>
GUMBELCUDA_INLINE simd_word_n<N> gather(const std::uint32_t* base, const std::int32_t* offsets) {
  return make_lane<simd_word_n<N>>(
      [&](int i) { return hn::GatherIndex(word_tag(), base, hn::LoadU(signed_tag(), offsets + i * vector_width)); });
}

// x[elements[i]] for each element i.
class element_lookup {
 public:
  GUMBELCUDA_INLINE explicit element_lookup(const std::int32_t* elements)
      : low_(elements), high_(elements + vector_width) {}
  GUMBELCUDA_INLINE simd_float operator()(const simd_float& x) const {
    return make_lane<simd_float>([&](int i) { return i == 0 ? low_(x) : high_(x); });
  }

 private:
  struct half {
    decltype(hn::IndicesFromVec(float_tag(), hn::Zero(signed_tag()))) index;
    vector_mask from_high;
    GUMBELCUDA_INLINE explicit half(const std::int32_t* elements)
        : index(hn::IndicesFromVec(
              float_tag(), hn::And(hn::LoadU(signed_tag(), elements), hn::Set(signed_tag(), vector_width - 1)))),
          from_high(hn::RebindMask(
              float_tag(), hn::Gt(hn::LoadU(signed_tag(), elements), hn::Set(signed_tag(), vector_width - 1)))) {}
    GUMBELCUDA_INLINE float_vector operator()(const simd_float& x) const {
      return hn::IfThenElse(from_high, hn::TableLookupLanes(x.v[1], index), hn::TableLookupLanes(x.v[0], index));
    }
  };
  half low_, high_;
};

// Words for Philox: one vector's worth, with one word per 64-bit element. The widening multiply then needs no shuffle
// before it and leaves the low half in place. The upper halves hold what the last product left there.
struct wide_word {
  hn::Vec<wide_tag> even, odd;
  wide_word() = default;
  GUMBELCUDA_INLINE wide_word(hn::Vec<wide_tag> e, hn::Vec<wide_tag> o) : even(e), odd(o) {}
  GUMBELCUDA_INLINE wide_word(std::uint32_t x) : even(hn::Set(wide_tag(), x)), odd(even) {}
  explicit GUMBELCUDA_INLINE wide_word(word_vector x)
      : even(hn::BitCast(wide_tag(), x)), odd(hn::ShiftRight<32>(even)) {}
  friend GUMBELCUDA_INLINE wide_word operator^(wide_word a, wide_word b) {
    return {hn::Xor(a.even, b.even), hn::Xor(a.odd, b.odd)};
  }
  friend GUMBELCUDA_INLINE wide_word operator+(wide_word a, wide_word b) {
    const auto add = [](auto x, auto y) {
      return hn::BitCast(wide_tag(), hn::Add(hn::BitCast(word_tag(), x), hn::BitCast(word_tag(), y)));
    };
    return {add(a.even, b.even), add(a.odd, b.odd)};
  }
};

GUMBELCUDA_INLINE word_product<wide_word> multiply_wide(wide_word a, std::uint32_t multiplier) {
  const auto m = hn::Set(word_tag(), multiplier);
  const auto even = hn::MulEven(hn::BitCast(word_tag(), a.even), m);
  const auto odd = hn::MulEven(hn::BitCast(word_tag(), a.odd), m);
  return {{hn::ShiftRight<32>(even), hn::ShiftRight<32>(odd)}, {even, odd}};
}

// Half of a wide_word: words of the elements with even numbers, or of those with odd ones.
struct wide_half {
  hn::Vec<wide_tag> v;
  wide_half() = default;
  GUMBELCUDA_INLINE wide_half(hn::Vec<wide_tag> x) : v(x) {}
  GUMBELCUDA_INLINE wide_half(std::uint32_t x) : v(hn::Set(wide_tag(), x)) {}
  friend GUMBELCUDA_INLINE wide_half operator^(wide_half a, wide_half b) { return hn::Xor(a.v, b.v); }
};

GUMBELCUDA_INLINE word_product<wide_half> multiply_wide(wide_half a, std::uint32_t multiplier) {
  const auto product = hn::MulEven(hn::BitCast(word_tag(), a.v), hn::Set(word_tag(), multiplier));
  return {hn::ShiftRight<32>(product), product};
}

GUMBELCUDA_INLINE word_vector narrow(wide_word x) {
  return hn::OddEven(hn::BitCast(word_tag(), hn::ShiftLeft<32>(x.odd)), hn::BitCast(word_tag(), x.even));
}

GUMBELCUDA_MATH_END
