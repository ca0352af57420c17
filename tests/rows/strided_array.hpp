// SPDX-License-Identifier: Apache-2.0
// Arrays of rows with several leading dimensions, in any order, strided, repeated or reversed, for the tests of
// leading_dimensions.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/rows/row_batch.hpp"

namespace gumbelcuda::testing_rows {

inline constexpr std::uint64_t classes = 37;  // of each row
using shape_of_rows = std::vector<std::uint64_t>;
using strides_of_rows = std::vector<std::ptrdiff_t>;

// The layout of an array: its dimensions from the outermost in memory to the innermost; `gap`, how many numbers lie
// between neighbouring rows; which dimension repeats one row or is reversed; and how many numbers classes are apart. A
// class_stride of 0 makes the classes the outermost dimension, with `gap` numbers between them.
struct layout {
  std::vector<std::size_t> order;
  std::uint64_t gap = 0;
  int repeated = -1, backwards = -1;
  std::uint64_t class_stride = 1;
};

// The array's memory is a row_batch, whose rows are the places of the array.
struct array {
  shape_of_rows shape;
  strides_of_rows strides;
  std::ptrdiff_t first = 0;  // the place of the row whose indices are all 0
  row_batch memory;

  array(number_type type, const shape_of_rows& s, const layout& l)
      : shape(s),
        strides(s.size()),
        memory(l.class_stride > 0
                   ? row_batch(type, places(s, l), classes, classes * l.class_stride + l.gap, 0, l.class_stride)
                   : row_batch(type, places(s, l), classes, 1, 0, places(s, l) + l.gap)) {
    std::ptrdiff_t stride = 1;
    for (std::size_t i = l.order.size(); i-- > 0;) {
      const std::size_t d = l.order[i];
      if (int(d) == l.repeated) continue;
      strides[d] = int(d) == l.backwards ? -stride : stride;
      if (int(d) == l.backwards) first = stride * std::ptrdiff_t(s[d] - 1);
      stride *= std::ptrdiff_t(s[d]);
    }
  }
  static std::uint64_t places(const shape_of_rows& s, const layout& l) {
    std::uint64_t count = 1;
    for (std::size_t d = 0; d < s.size(); ++d) count *= int(d) == l.repeated ? 1 : s[d];
    return count;
  }

  // The place of row `row` in row-major order.
  std::uint64_t place(std::uint64_t row) const {
    std::ptrdiff_t at = first;
    for (std::size_t d = shape.size(); d-- > 0; row /= shape[d]) at += std::ptrdiff_t(row % shape[d]) * strides[d];
    return std::uint64_t(at);
  }
  void copy_from(const row_batch& dense) {
    for (std::uint64_t row = 0; row < dense.rows(); ++row)
      for (std::uint64_t k = 0; k < classes; ++k) memory.set(place(row), k, dense.get(row, k));
  }
  row_batch copy(std::uint64_t rows) const {
    row_batch dense(memory.type(), rows, classes);
    for (std::uint64_t row = 0; row < rows; ++row)
      for (std::uint64_t k = 0; k < classes; ++k) dense.set(row, k, memory.get(place(row), k));
    return dense;
  }

  char* data() {
    const mutable_rows rows = memory.out();
    return static_cast<char*>(rows.data) + first * std::ptrdiff_t(rows.row_stride * size_of(memory.type()));
  }
  strides_of_rows numbers() {
    strides_of_rows result;
    for (const std::ptrdiff_t stride : strides) result.push_back(stride * std::ptrdiff_t(memory.out().row_stride));
    return result;
  }
  std::ptrdiff_t class_stride() { return std::ptrdiff_t(memory.out().class_stride); }
};

}  // namespace gumbelcuda::testing_rows
