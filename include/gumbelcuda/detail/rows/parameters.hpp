// SPDX-License-Identifier: Apache-2.0
// The parameters of a distribution and their derivatives, restricted to one row: one number for each element, for each
// row, or for all (gumbelcuda/location_scale.hpp).
#pragma once

#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "gumbelcuda/location_scale.hpp"

GUMBELCUDA_MATH_BEGIN

// A parameter's numbers in one row. Past the row's end they are 1, or the number that the row shares.
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

// The derivative of a parameter that has one number for each element.
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

// The derivative of a parameter that has one number for the row or for all: its sum over the row. terms(n, t) gives the
// four terms of this part's quad n, 0 past the row's end.
template <class V, class Part, class Terms>
GUMBELCUDA_INLINE void sum_gradient(const mutable_parameter& to, std::uint64_t row, const Part& part, V* slots,
                                    Terms terms) {
  if (!to.data || to.shape == parameter_shape::per_element) return;
  const V sum = row_sum(part, slots, terms);
  if (part.is_leader()) static_cast<V*>(to.data)[row] = canonical(sum);
}

GUMBELCUDA_MATH_END
