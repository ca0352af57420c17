// SPDX-License-Identifier: Apache-2.0
// Numbers of GANs that train side by side, to and from lanes; and memory that a kernel's threads share out.
#pragma once

#include <cstddef>

#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

// [width], one for each element. A lane of doubles takes floats, too: it is the reference.
template <class V, class Number>
GUMBELCUDA_INLINE V load_numbers(const Number* numbers) {
  if constexpr (lane<V>::width == 1)
    return V(*numbers);
  else
    return V::load(numbers);
}
template <class V>
GUMBELCUDA_INLINE void store_numbers(const V& x, float* numbers) {
  if constexpr (lane<V>::width == 1)
    *numbers = float(x);
  else
    x.store(numbers);
}
template <class V>
GUMBELCUDA_INLINE word_of<V> load_words(const std::uint32_t* words) {
  if constexpr (lane<V>::width == 1)
    return *words;
  else
    return word_of<V>::load(words);
}

// Number n of this thread's GAN where number n of all GANs lie next to each other: neighbouring threads read
// neighbouring numbers.
template <class T>
class strided {
 public:
  GUMBELCUDA_INLINE strided(T* first, std::uint64_t stride) : first_(first), stride_(stride) {}
  GUMBELCUDA_INLINE T& operator[](int n) const { return first_[std::uint64_t(n) * stride_]; }
  GUMBELCUDA_INLINE strided operator+(int n) const { return {first_ + std::uint64_t(n) * stride_, stride_}; }

 private:
  T* first_;
  std::uint64_t stride_;
};

GUMBELCUDA_MATH_END
