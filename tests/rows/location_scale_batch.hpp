// SPDX-License-Identifier: Apache-2.0
// Batches of location-scale variables for their tests: parameters of any shape, with the value that each element uses.
#pragma once

#include <vector>

#include "gumbelcuda/location_scale.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda::testing_rows {

inline constexpr noise_law both_laws[] = {noise_law::gumbel, noise_law::gaussian};
inline constexpr parameter_shape all_shapes[] = {parameter_shape::per_element, parameter_shape::per_row,
                                                 parameter_shape::one_for_all};

// A parameter of a batch of rows × classes elements.
class parameter_batch {
 public:
  parameter_batch(number_type type, parameter_shape shape, std::uint64_t rows, std::uint64_t classes,
                  std::uint64_t stride = 0)
      : shape_(shape),
        numbers_(shape == parameter_shape::per_element
                     ? row_batch(type, rows, classes, stride)
                     : row_batch(type, 1, shape == parameter_shape::per_row ? rows : 1)) {}

  // Fills it with numbers in [low, high).
  parameter_batch& fill(std::uint64_t seed, double low, double high) {
    random_numbers random(seed);
    for (std::uint64_t row = 0; row < numbers_.rows(); ++row)
      for (std::uint64_t k = 0; k < numbers_.classes(); ++k) numbers_.set(row, k, random.uniform(low, high));
    return *this;
  }
  const_parameter in() {
    const const_rows rows = numbers_.in();
    return {rows.data, shape_, shape_ == parameter_shape::per_element ? rows.row_stride : 0};
  }
  double get(std::uint64_t row, std::uint64_t k) const {
    return shape_ == parameter_shape::per_element ? numbers_.get(row, k)
           : shape_ == parameter_shape::per_row   ? numbers_.get(0, row)
                                                  : numbers_.get(0, 0);
  }
  void set(std::uint64_t row, std::uint64_t k, double value) {
    if (shape_ == parameter_shape::per_element) return numbers_.set(row, k, value);
    numbers_.set(0, shape_ == parameter_shape::per_row ? row : 0, value);
  }
  row_batch& numbers() { return numbers_; }

 private:
  parameter_shape shape_;
  row_batch numbers_;
};

// Memory for a parameter's derivative.
class gradient_batch {
 public:
  gradient_batch(number_type type, parameter_shape shape, std::uint64_t rows, std::uint64_t classes,
                 std::uint64_t stride = 0)
      : numbers(shape == parameter_shape::per_element ? row_batch(type, rows, classes, stride)
                                                      : row_batch(computed_type(type), 1, rows)),
        shape_(shape) {}
  mutable_parameter out() {
    const mutable_rows rows = numbers.out();
    return {rows.data, shape_, shape_ == parameter_shape::per_element ? rows.row_stride : 0};
  }
  // The derivatives of a row's elements, or the one of the row's parameter.
  std::vector<double> of_row(std::uint64_t row) const {
    return shape_ == parameter_shape::per_element ? numbers_of(numbers, row) : std::vector<double>{numbers.get(0, row)};
  }
  row_batch numbers;

 private:
  parameter_shape shape_;
};

}  // namespace gumbelcuda::testing_rows
