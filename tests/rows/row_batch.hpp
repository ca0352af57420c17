// SPDX-License-Identifier: Apache-2.0
// Batches of rows in memory, of any type, alignment and stride, for the tests of the operations on rows.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gumbelcuda/math/storage.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda::testing_rows {

inline std::size_t size_of(number_type type) {
  return type == number_type::float64 ? 8 : type == number_type::float32 ? 4 : 2;
}
inline const char* name_of(number_type type) {
  constexpr const char* names[] = {"float32", "float16", "bfloat16", "float64"};
  return names[int(type)];
}

// A logit so large that rounding swallows the noise added to it, as far as the type allows.
inline double tying_logit(number_type type) {
  return type == number_type::float64 ? 1e17 : type == number_type::float16 ? 60000 : 1e9;
}

// rows × classes numbers, starting `skew` numbers past a 64-byte boundary. Rows are `stride` numbers apart, or all the
// same row; classes are `class_stride` numbers apart. Memory between and around the numbers is poisoned.
class row_batch {
 public:
  row_batch(number_type type, std::uint64_t rows, std::uint64_t classes, std::uint64_t stride = 0,
            std::uint64_t skew = 0, std::uint64_t class_stride = 1)
      : type_(type),
        rows_(rows),
        classes_(classes),
        repeated_(stride == repeated_row),
        stride_(repeated_    ? 0
                : stride > 0 ? stride
                             : classes * class_stride),
        class_stride_(class_stride),
        skew_(skew),
        lines_((length() + 63) / 64) {
    std::memset(lines_.data(), 0xa5, 64 * lines_.size());
  }

  template <class Rows>
  Rows as() {
    return {first(), repeated_ ? repeated_row : std::size_t(stride_), class_stride_};
  }
  mutable_rows out() { return as<mutable_rows>(); }
  const_rows in() { return as<const_rows>(); }

  void set(std::uint64_t row, std::uint64_t k, double value) {
    std::uint8_t* at = first() + place(row, k);
    const auto store = [at](auto stored) { std::memcpy(at, &stored, sizeof stored); };
    switch (type_) {
      case number_type::float32:
        return store(float(value));
      case number_type::float16:
        return store(narrow<float16>(float(value)));
      case number_type::bfloat16:
        return store(narrow<bfloat16>(float(value)));
      case number_type::float64:
        return store(value);
    }
  }
  double get(std::uint64_t row, std::uint64_t k) const {
    const std::uint8_t* at = first() + place(row, k);
    const auto load = [at](auto stored) {
      std::memcpy(&stored, at, sizeof stored);
      return double(widen(stored));
    };
    switch (type_) {
      case number_type::float32:
        return load(float{});
      case number_type::float16:
        return load(float16{});
      case number_type::bfloat16:
        return load(bfloat16{});
      case number_type::float64:
        break;
    }
    return load(double{});
  }
  // Compares all bytes, including poison.
  friend bool operator==(const row_batch& a, const row_batch& b) {
    return std::memcmp(a.start(), b.start(), a.length()) == 0;
  }
  std::uint64_t classes() const { return classes_; }
  std::uint64_t rows() const { return rows_; }
  number_type type() const { return type_; }

  // Names the first number that differs, for messages.
  friend std::string difference(const row_batch& a, const row_batch& b) {
    for (std::uint64_t row = 0; row < a.rows_; ++row)
      for (std::uint64_t k = 0; k < a.classes_; ++k) {
        const std::uint64_t at = a.place(row, k);
        if (std::memcmp(a.first() + at, b.first() + at, testing_rows::size_of(a.type_)) != 0) {
          std::ostringstream text;
          text.precision(17);
          text << "row " << row << ", class " << k << ": " << a.get(row, k) << " and " << b.get(row, k);
          return text.str();
        }
      }
    return "poison was overwritten";
  }

 private:
  struct alignas(64) line {
    std::uint8_t bytes[64];
  };
  const std::uint8_t* start() const { return reinterpret_cast<const std::uint8_t*>(lines_.data()); }
  std::size_t place(std::uint64_t row, std::uint64_t k) const {
    return (row * stride_ + k * class_stride_) * testing_rows::size_of(type_);
  }
  // One number more than necessary, so that the address sanitizer sees what a kernel reads far past the last row.
  std::size_t length() const {
    const std::size_t last = rows_ > 0 && classes_ > 0 ? place(rows_ - 1, classes_ - 1) : 0;
    return (skew_ + 2) * std::size_t(testing_rows::size_of(type_)) + last;
  }
  const std::uint8_t* first() const { return start() + skew_ * testing_rows::size_of(type_); }
  std::uint8_t* first() { return const_cast<std::uint8_t*>(std::as_const(*this).first()); }

  number_type type_;
  std::uint64_t rows_, classes_;
  bool repeated_;
  std::uint64_t stride_, class_stride_, skew_;
  std::vector<line> lines_;
};

inline testing::AssertionResult same_bytes(const row_batch& a, const row_batch& b) {
  if (a == b) return testing::AssertionSuccess();
  return testing::AssertionFailure() << difference(a, b);
}

}  // namespace gumbelcuda::testing_rows
