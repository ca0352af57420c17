// SPDX-License-Identifier: Apache-2.0
// One call of an operation on rows whose arrays take every layout that strides can express. The call asks for one array
// after another and gets each in another layout; for reference, it gets contiguous arrays with the same numbers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "tests/rows/row_batch.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda::testing_rows {

struct row_layout {
  const char* name;
  std::uint64_t stride, class_stride, skew;
};
inline constexpr int row_layouts = 8;
// The last two suit only arrays that are not written.
inline row_layout row_layout_of(int number, std::uint64_t rows, std::uint64_t classes) {
  const row_layout all[row_layouts] = {{"transposed", 1, rows, 0},
                                       {"contiguous", 0, 1, 0},
                                       {"classes apart", 3 * classes + 1, 3, 1},
                                       {"transposed, apart", 2, 2 * rows + 3, 1},
                                       {"rows apart", classes + 3, 1, 1},
                                       {"classes apart, no gaps", 0, 4, 0},
                                       {"repeated", repeated_row, 1, 0},
                                       {"repeated, classes apart", repeated_row, 2, 1}};
  return all[number];
}

class strided_call {
 public:
  const number_type type;
  const std::uint64_t rows, classes;

  // The first array gets layout `first_layout`, the next one the next layout.
  strided_call(number_type t, std::uint64_t r, std::uint64_t k, int first_layout, bool contiguous,
               bool with_row_noise = false)
      : type(t), rows(r), classes(k), next_(first_layout), contiguous_(contiguous) {
    for (std::uint64_t row = 0; row < rows; ++row) temperature_.push_back(.25f + float(row % 7) / 4);
    if (with_row_noise)
      for (std::uint64_t row = 0; row < rows; ++row) row_words_.push_back(20 * (row ^ 5));
  }

  // A task with the members that all tasks have.
  template <class Task>
  Task task() const {
    Task t{.rows = rows, .classes = classes, .type = type};
    if constexpr (requires { t.noise; }) {
      t.noise = {.seed = 77, .first_row = 0xfffffffe, .offset = 0x3fffffff8};
      if (!row_words_.empty()) t.noise.row_seed = t.noise.row_offset = row_words_.data();
    }
    if constexpr (requires { t.temperature; }) t.temperature = temperature(), t.temperature_per_row = true;
    return t;
  }
  const float* temperature() const { return temperature_.data(); }

  // Numbers in [low, high) for an input; may_repeat is false if the call writes over it.
  row_batch& make(double low, double high, bool may_repeat) {
    if (!may_repeat && next_ % row_layouts >= row_layouts - 2) next_ += 2;
    const row_layout l = row_layout_of(next_++ % row_layouts, rows, classes);
    const row_batch empty =
        contiguous_ ? row_batch(type, rows, classes) : row_batch(type, rows, classes, l.stride, l.skew, l.class_stride);
    array& made = arrays_.emplace_back(array{l.name, empty, empty});
    random_numbers random(arrays_.size());
    std::vector<double> first;
    for (std::uint64_t row = 0; row < rows && low < high; ++row)
      for (std::uint64_t k = 0; k < classes; ++k) {
        if (row == 0) first.push_back(random.uniform(low, high));
        made.numbers.set(row, k, row == 0 || l.stride == repeated_row ? first[k] : random.uniform(low, high));
      }
    return made.numbers;
  }

  mutable_rows out() { return make(0, 0, false).out(); }
  // `count` results for each row.
  template <class T>
  T* results(std::uint64_t count = 1) {
    results_.emplace_back(rows * count * sizeof(T) / 8 + 1, 0xa5a5a5a5a5a5a5a5);
    return static_cast<T*>(static_cast<void*>(results_.back().data()));
  }
  // Results in the type of the computation.
  void* numbers(std::uint64_t count = 1) {
    if (type == number_type::float64) return results<double>(count);
    return results<float>(count);
  }
  // An input with one number for each row.
  const void* upstream_of_rows() {
    void* const all = numbers();
    for (std::uint64_t row = 0; row < rows; ++row) {
      const double x = double(row % 5) - 1.75;
      if (type == number_type::float64)
        static_cast<double*>(all)[row] = x;
      else
        static_cast<float*>(all)[row] = float(x);
    }
    return all;
  }

  // Whether this call, which was made, wrote the same as the contiguous one, and nothing between the numbers.
  testing::AssertionResult is_as(const strided_call& contiguous) const {
    for (std::size_t a = 0; a < arrays_.size(); ++a) {
      row_batch expected = arrays_[a].empty;
      for (std::uint64_t row = 0; row < rows; ++row)
        for (std::uint64_t k = 0; k < classes; ++k) expected.set(row, k, contiguous.arrays_[a].numbers.get(row, k));
      if (!(expected == arrays_[a].numbers))
        return testing::AssertionFailure()
               << "array " << a << ", " << arrays_[a].layout << ", " << difference(expected, arrays_[a].numbers);
    }
    if (results_ != contiguous.results_) return testing::AssertionFailure() << "other results";
    return testing::AssertionSuccess();
  }

 private:
  struct array {
    const char* layout;
    row_batch numbers, empty;
  };

  int next_;
  bool contiguous_;
  std::vector<float> temperature_;
  std::vector<std::uint64_t> row_words_;  // seeds and offsets of rows, if they have any
  std::deque<array> arrays_;
  std::deque<std::vector<std::uint64_t>> results_;
};

}  // namespace gumbelcuda::testing_rows
