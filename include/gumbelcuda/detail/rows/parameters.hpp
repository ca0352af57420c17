// SPDX-License-Identifier: Apache-2.0
// The parameters of a distribution and their derivatives, as far as they belong to one row: a number for each element,
// for each row, or one for all (location_scale.hpp).
#pragma once

#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "gumbelcuda/location_scale.hpp"

GUMBELCUDA_MATH_BEGIN

// A parameter's numbers in one row; 1 beyond its end, or what the row shares.
template <class Stored>
class parameter_row {
 public:
  using V = computed_of<Stored>;

  GUMBELCUDA_INLINE parameter_row(const const_parameter& parameter, std::uint64_t row, std::uint64_t classes)
      : elements_(classes), per_element_(parameter.shape == parameter_shape::per_element) {
    if (per_element_)
      elements_.open({parameter.data, parameter.row_stride, parameter.class_stride}, row);
    else
      shared_ =
          widen(static_cast<const Stored*>(parameter.data)[parameter.shape == parameter_shape::per_row ? row : 0]);
  }
  GUMBELCUDA_INLINE void read(std::uint64_t quad, V* x) const {
    if (per_element_) return elements_.read(quad, V(1), x);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) x[j] = shared_;
  }

 private:
  direct_memory<Stored> elements_;
  V shared_ = V(0);
  bool per_element_;
};

// The derivative of a parameter where there is one for each element.
template <class Stored>
class element_gradients {
 public:
  using V = computed_of<Stored>;

  GUMBELCUDA_INLINE element_gradients(const mutable_parameter& to, std::uint64_t row, std::uint64_t classes)
      : memory_(classes), wanted_(to.data && to.shape == parameter_shape::per_element) {
    if (wanted_) memory_.create({to.data, to.row_stride, to.class_stride}, row);
  }
  GUMBELCUDA_INLINE bool wanted() const { return wanted_; }
  GUMBELCUDA_INLINE void write(std::uint64_t quad, const V* x) const {
    if (wanted_) memory_.write(quad, x);
  }

 private:
  direct_memory<Stored> memory_;
  bool wanted_;
};

// Its sum over the row where there is one for more. terms(n, t): its four of this part's quad n, 0 beyond the row's
// end.
template <class V, class Part, class Terms>
GUMBELCUDA_INLINE void sum_gradient(const mutable_parameter& to, std::uint64_t row, const Part& part, V* slots,
                                    Terms terms) {
  if (!to.data || to.shape == parameter_shape::per_element) return;
  const V sum = row_sum(part, slots, terms);
  if (part.is_leader()) static_cast<V*>(to.data)[row] = canonical(sum);
}

GUMBELCUDA_MATH_END
