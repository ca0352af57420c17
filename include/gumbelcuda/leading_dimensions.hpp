// SPDX-License-Identifier: Apache-2.0
// Rows with any number of leading dimensions: arrays of shape [d0, d1, …, classes], each with its own strides, for
// operations that know only rows and two strides. Dimensions that are regular in all arrays are merged into one. The
// last of the remaining dimensions becomes the rows of a call, and there is one call for each position in the others:
//
//   gumbelcuda::leading_dimensions<float> dimensions({2, 3, 4}, classes);
//   const auto logits = dimensions.input(logits_data, {1200, 400, 100});  // strides in numbers, one per dimension
//   const auto y = dimensions.output(y_data, {3, 1, 6}, 24);              // 24: from one class to the next
//   dimensions.for_each_block([&](const auto& block) {
//     args.rows = block.rows;
//     args.noise = block.noise(noise);
//     args.logits = block[logits];
//     args.y = block[y];
//     args.index = index + block.first_row;  // and so on for every array with one number per row
//     gumbelcuda::gumbel_softmax(args);
//   });
//
// Rows are numbered in row-major order of the leading dimensions. Arrays with one number per row lie in that order
// without gaps. So the results are those of one call on a contiguous copy, byte for byte. Only the number of calls
// depends on the layout: if a device would have to run many, a contiguous copy may be faster.
//
// The classes may be any dimension of an array; its other dimensions are then the leading ones. Each call checks its
// own arguments. If a call throws, those before it are done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

template <class Number>
class leading_dimensions;

// Rows [first_row, first_row + rows). In each array they lie at one distance from each other, or are all the same row.
template <class Number>
class row_block {
 public:
  // An array that was added to leading_dimensions.
  struct input_array {
    std::size_t number;
  };
  struct output_array {
    std::size_t number;
  };

  std::uint64_t first_row = 0, rows = 0;

  basic_const_rows<Number> operator[](input_array array) const {
    return {at(array.number), row_stride(array.number), places_[array.number].class_stride};
  }
  basic_mutable_rows<Number> operator[](output_array array) const {
    return {at(array.number), row_stride(array.number), places_[array.number].class_stride};
  }
  // The noise of these rows, where `noise` is that of all rows.
  noise_address noise(noise_address noise) const {
    if (noise.row_seed)
      noise.row_seed += first_row;
    else
      noise.first_row += first_row;
    if (noise.row_offset) noise.row_offset += first_row;
    return noise;
  }

 private:
  friend class leading_dimensions<Number>;
  struct place {
    std::uintptr_t data;  // a number, since what lies between rows need not be an array
    std::size_t row_stride, class_stride;
  };
  auto at(std::size_t array) const {
    return reinterpret_cast<typename detail::number_types<Number>::stored*>(places_[array].data);
  }
  std::size_t row_stride(std::size_t array) const { return places_[array].row_stride; }

  std::vector<place> places_;
};

// Number is any_number if the type of the arrays' numbers is known only at run time.
template <class Number = any_number>
class leading_dimensions {
 public:
  using block = row_block<Number>;
  using stored = typename detail::number_types<Number>::stored;

  // `shape`: all dimensions but the classes. An empty shape is one row; with a 0 in it there are no rows. `type` is
  // passed only if Number is any_number. Throws invalid_argument.
  leading_dimensions(std::vector<std::uint64_t> shape, std::uint64_t classes,
                     number_type_of<Number> type = missing_type<Number>())
      : shape_(std::move(shape)), classes_(classes) {
    if (classes < 1) throw invalid_argument("classes", "0 is not 1 or more");
    switch (number_type(type)) {
      case number_type::float32:
        size_ = 4;
        break;
      case number_type::float16:
      case number_type::bfloat16:
        size_ = 2;
        break;
      case number_type::float64:
        size_ = 8;
        break;
    }
    if (size_ == 0) throw invalid_argument("type", std::to_string(int(number_type(type))) + " is not a number_type");
    for (const std::uint64_t extent : shape_)
      if (extent == 0) return;
    rows_ = 1;
    for (const std::uint64_t extent : shape_) {
      if (extent > most / rows_) throw invalid_argument("shape", "has more than 2^62 rows");
      rows_ *= extent;
    }
  }

  std::uint64_t rows() const { return rows_; }

  // Adds an array that is read. strides: one for each dimension of the shape, in numbers; 0 repeats the same rows, and
  // a negative one goes backwards. data: the row whose indices are all 0. class_stride: from one class to the next, 1
  // or more; ignored if there is one class. Throws invalid_argument.
  typename block::input_array input(const stored* data, std::vector<std::ptrdiff_t> strides,
                                    std::ptrdiff_t class_stride = 1) {
    return {add(const_cast<stored*>(data), std::move(strides), class_stride)};
  }
  // Adds an array that is written. Its rows must not overlap. Strides are refused if one dimension alone shows that
  // they are too small.
  typename block::output_array output(stored* data, std::vector<std::ptrdiff_t> strides,
                                      std::ptrdiff_t class_stride = 1) {
    const typename block::output_array added{add(data, std::move(strides), class_stride)};
    const array& a = arrays_[added.number];
    for (std::size_t d = 0; rows_ > 0 && d < shape_.size(); ++d)
      if (shape_[d] > 1 && !apart(a, shape_[d], a.strides[d])) {
        const std::string problem = std::to_string(a.strides[d]) + " of dimension " + std::to_string(d) +
                                    ", which is " + std::to_string(shape_[d]) + " long, makes rows of " +
                                    std::to_string(classes_) + " classes, " + std::to_string(a.class_stride) +
                                    " apart, overlap, and the array is written";
        arrays_.pop_back();
        throw invalid_argument("strides", problem);
      }
    return added;
  }

  // Calls body(block) for blocks that together cover all rows, in order.
  template <class Body>
  void for_each_block(Body body) const {
    for (walk blocks(*this); blocks.next();) body(blocks.current());
  }

 private:
  struct array {
    void* data;
    std::vector<std::ptrdiff_t> strides;
    std::size_t class_stride;
  };
  struct dimension {
    std::uint64_t extent;
    std::vector<std::ptrdiff_t> strides;  // of each array
  };

 public:
  // The same blocks, one at a time: next() goes to the first block, then to each further one, and returns false after
  // the last. A walk has the arrays that had been added when it was made.
  class walk {
   public:
    explicit walk(const leading_dimensions& dimensions) : rows_(dimensions.rows_), size_(dimensions.size_) {
      if (rows_ == 0) return;  // then strides are of no matter, and may be too large to work with
      outer_ = dimensions.merged();
      block_.rows = 1;
      for (const array& a : dimensions.arrays_)
        block_.places_.push_back({reinterpret_cast<std::uintptr_t>(a.data), 0, a.class_stride});
      if (!outer_.empty() && dimensions.has_row_strides(outer_.back())) {
        block_.rows = outer_.back().extent;
        for (std::size_t a = 0; a < block_.places_.size(); ++a) {
          const std::ptrdiff_t stride = outer_.back().strides[a];
          block_.places_[a].row_stride = stride == 0 ? repeated_row : std::size_t(stride);
        }
        outer_.pop_back();
      }
      at_.resize(outer_.size(), 0);
    }
    bool next() {
      if (!begun_) {
        begun_ = true;
        return rows_ > 0;
      }
      if (rows_ - block_.first_row <= block_.rows) return false;
      block_.first_row += block_.rows;
      // Go to the next position, the last dimension first.
      for (std::size_t d = outer_.size(); d-- > 0;) {
        const bool more = ++at_[d] < outer_[d].extent;
        if (!more) at_[d] = 0;
        for (std::size_t a = 0; a < block_.places_.size(); ++a)
          if (block_.places_[a].data)  // an array that a call need not have may be null
            block_.places_[a].data += std::uintptr_t(outer_[d].strides[a] * std::ptrdiff_t(size_) *
                                                     (more ? 1 : 1 - std::ptrdiff_t(outer_[d].extent)));
        if (more) break;
      }
      return true;
    }
    const row_block<Number>& current() const { return block_; }

   private:
    std::uint64_t rows_;
    std::size_t size_;
    std::vector<dimension> outer_;
    std::vector<std::uint64_t> at_;
    row_block<Number> block_;
    bool begun_ = false;
  };

 private:
  static constexpr std::uint64_t most = std::uint64_t{1} << 62;

  static std::uint64_t magnitude(std::ptrdiff_t stride) {
    return stride < 0 ? 0 - std::uint64_t(stride) : std::uint64_t(stride);
  }

  // Whether `extent` rows, `stride` numbers apart, have no number in common.
  bool apart(const array& a, std::uint64_t extent, std::ptrdiff_t stride) const {
    const std::uint64_t step = magnitude(stride);
    return step > 0 && (step > (classes_ - 1) * a.class_stride || a.class_stride > (extent - 1) * step);
  }

  std::size_t add(void* data, std::vector<std::ptrdiff_t> strides, std::ptrdiff_t class_stride) {
    if (classes_ == 1) class_stride = 1;
    if (class_stride < 1) throw invalid_argument("class_stride", std::to_string(class_stride) + " is not 1 or more");
    if (strides.size() != shape_.size())
      throw invalid_argument("strides", "there are " + std::to_string(strides.size()) + ", and " +
                                            std::to_string(shape_.size()) + " dimensions beside the classes");
    std::uint64_t left = most / size_;
    if (std::uint64_t(class_stride) > left / classes_)
      throw invalid_argument("class_stride", std::to_string(class_stride) + ", with " + std::to_string(classes_) +
                                                 " classes, does not fit into an address space");
    left -= std::uint64_t(class_stride) * (classes_ - 1);
    for (std::size_t d = 0; rows_ > 0 && d < shape_.size(); ++d) {
      if (shape_[d] == 1) continue;
      if (magnitude(strides[d]) > left / (shape_[d] - 1))
        throw invalid_argument("strides", std::to_string(strides[d]) + " of dimension " + std::to_string(d) +
                                              ", which is " + std::to_string(shape_[d]) +
                                              " long, does not fit into an address space");
      left -= magnitude(strides[d]) * (shape_[d] - 1);
    }
    arrays_.push_back({data, std::move(strides), std::size_t(class_stride)});
    return arrays_.size() - 1;
  }

  // The dimensions longer than 1. Neighbours are merged if every array allows it.
  std::vector<dimension> merged() const {
    std::vector<dimension> result;
    for (std::size_t d = 0; d < shape_.size(); ++d) {
      if (shape_[d] == 1) continue;
      dimension next{shape_[d], {}};
      for (const array& a : arrays_) next.strides.push_back(a.strides[d]);
      bool merges = !result.empty();
      for (std::size_t a = 0; merges && a < arrays_.size(); ++a)
        merges = result.back().strides[a] == next.strides[a] * std::ptrdiff_t(next.extent);
      if (merges) {
        next.extent *= result.back().extent;
        result.pop_back();
      }
      result.push_back(std::move(next));
    }
    return result;
  }

  // Whether this dimension can be the rows of one call: in each array they are all the same row or do not overlap, and
  // they do not go backwards. Only arrays that are read may repeat a row.
  bool has_row_strides(const dimension& d) const {
    for (std::size_t a = 0; a < arrays_.size(); ++a)
      if (d.strides[a] < 0 || (d.strides[a] > 0 && !apart(arrays_[a], d.extent, d.strides[a]))) return false;
    return true;
  }

  std::vector<std::uint64_t> shape_;
  std::uint64_t classes_, rows_ = 0;
  std::size_t size_ = 0;
  std::vector<array> arrays_;
};

}  // namespace gumbelcuda
