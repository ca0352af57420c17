// SPDX-License-Identifier: Apache-2.0
// For fuzz_arguments.cpp: reads a fuzzer's bytes as numbers, and makes the arrays of one call. Each array has exactly
// the size that the call needs, and is checked for writes outside of what the call may write.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <vector>

#include "gumbelcuda/gumbelcuda.h"
#include "host/saturating.hpp"

#define REQUIRE(condition)                                                                                     \
  if (!(condition)) {                                                                                          \
    std::fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, gumbelcuda_last_error_message()); \
    std::abort();                                                                                              \
  }

namespace gumbelcuda::testing_c {

// Gives zeros after the end of the bytes.
class input {
 public:
  input(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
  bool empty() const { return at_ == end_; }
  unsigned byte() { return empty() ? 0 : *at_++; }
  std::uint64_t word() {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | byte();
    return value;
  }
  bool once_in(unsigned times) { return byte() % times == times - 1; }
  // Usually at most `most`, and sometimes a number that no caller would mean.
  std::uint64_t number(std::uint64_t most) {
    if (!once_in(16)) return byte() % (most + 1);
    const std::uint64_t far[] = {1ull << 31, 1ull << 32, 1ull << 59, (1ull << 59) + 1, 1ull << 62, 1ull << 63, ~0ull};
    const unsigned which = byte();
    return which % 8 < 7 ? far[which % 8] : word();
  }

 private:
  const std::uint8_t *at_, *end_;
};

constexpr std::uint64_t most_bytes = 1 << 16;
// Bytes behind an array that reveal writes past its end; the address sanitizer sees these itself.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t behind = 0;
#else
constexpr std::size_t behind = 64;
#endif

// Which elements of an array belong to rows. If `rows` or `stride` is 0, every element does.
struct row_places {
  std::uint64_t rows = 0, classes = 0, stride = 0, class_stride = 0;
  bool has(std::uint64_t element) const {
    if (rows == 0 || stride == 0) return true;
    const bool by_rows = stride > (classes - 1) * class_stride;
    const std::uint64_t outer = by_rows ? stride : class_stride, inner = by_rows ? class_stride : stride;
    const std::uint64_t rest = element % outer;
    return rest % inner == 0 && rest / inner < (by_rows ? classes : rows);
  }
};

// An array of rows, with bytes before and behind it that the call must not change.
struct array {
  std::size_t before, bytes, element;
  row_places places;
  bool is_result;
  std::vector<std::uint8_t> memory, was;
  void* begin() { return memory.data() + before; }
  // Whether the call may change this byte.
  bool is_element(std::size_t i) const {
    return is_result && i >= before && i < before + bytes && places.has((i - before) / element);
  }
};

// The arrays of one call.
class arrays {
 public:
  arrays(input& in, std::uint64_t rows, std::uint64_t classes, int type)
      : in_(in),
        rows_(rows),
        classes_(classes),
        size_(type == GUMBELCUDA_FLOAT64   ? 8
              : type == GUMBELCUDA_FLOAT32 ? 4
                                           : 2) {}

  // Rows of classes with strides. The memory is large enough for the default strides, too.
  void rows(gumbelcuda_const_rows& to) { to.data = rows(to.row_stride, to.class_stride, false); }
  void rows(gumbelcuda_rows& to) { to.data = rows(to.row_stride, to.class_stride, true); }
  void* rows(std::size_t& stride, std::size_t& class_stride, bool is_result) {
    stride = in_.once_in(16) ? in_.number(80) : in_.once_in(2) ? classes_ + in_.byte() % 16 : 0;
    class_stride = 0;
    if (in_.once_in(3)) choose_class_stride(stride, class_stride, is_result);
    if (rows_ == 0 || classes_ == 0) return make(0, size_, {}, is_result);
    const std::uint64_t strided_classes = std::max<std::uint64_t>(class_stride, 1);
    const std::uint64_t apart = stride == GUMBELCUDA_REPEATED_ROW ? 0
                                : stride > 0                      ? stride
                                                                  : saturating_product(classes_, strided_classes);
    const std::uint64_t last =
        saturating_sum(saturating_product(rows_ - 1, apart), saturating_product(classes_ - 1, strided_classes));
    const std::uint64_t numbers = std::max(saturating_sum(last, 1), saturating_product(rows_, classes_));
    return make(saturating_product(size_, numbers), size_, {rows_, classes_, apart, strided_classes}, is_result);
  }
  // `count` numbers of a parameter. If the struct is cut off before the parameter's shape, the library takes them for
  // rows, so there is memory for rows.
  void* few(std::uint64_t count, std::size_t element, bool is_result) {
    const std::uint64_t numbers = std::max(count, saturating_product(rows_, classes_));
    return make(saturating_product(numbers, element), element, {1, count, ~0ull, 1}, is_result);
  }
  void* vector(std::uint64_t count, std::size_t element, bool is_result) {
    return make(saturating_product(count, element), element, {}, is_result);
  }
  std::size_t size() const { return size_; }
  std::size_t computed_size() const { return size_ == 8 ? 8 : 4; }
  // Whether all arrays were small enough to be made.
  bool all_fit() const { return all_fit_; }
  bool shared() const { return shared_; }

  void remember() {
    for (array& a : all_) a.was = a.memory;
  }
  bool unchanged() const {
    return std::all_of(all_.begin(), all_.end(), [](const array& a) { return a.memory == a.was; });
  }
  bool only_results_changed() const {
    return std::all_of(all_.begin(), all_.end(), [this](const array& a) {
      for (std::size_t i = 0; i < a.memory.size(); ++i)
        if (a.memory[i] != a.was[i] && !a.is_element(i) && !(shared_ && i >= a.before && i < a.before + a.bytes))
          return false;
      return true;
    });
  }
  std::vector<std::vector<std::uint8_t>> contents() const {
    std::vector<std::vector<std::uint8_t>> all;
    for (const array& a : all_) all.push_back(a.memory);
    return all;
  }
  // A struct that is cut off may lack its strides: any byte of an array may then change.
  void forget_strides() { shared_ = true; }
  void restore() {
    for (array& a : all_) a.memory = a.was;
  }

 private:
  // Strided classes, a transposed matrix, one row for all, or a stride that no caller would mean.
  void choose_class_stride(std::size_t& stride, std::size_t& class_stride, bool is_result) {
    switch (in_.byte() % 8) {
      case 0:
        class_stride = in_.number(80);
        break;
      case 1:
        if (!is_result || in_.once_in(16)) stride = GUMBELCUDA_REPEATED_ROW;
        class_stride = in_.byte() % 3;
        break;
      case 2:
      case 3:
        class_stride = 1 + in_.byte() % 3;
        stride = in_.once_in(2) ? 0 : saturating_sum(saturating_product(classes_, class_stride), in_.byte() % 4);
        break;
      default:
        stride = 1 + in_.byte() % 2;
        class_stride = saturating_sum(saturating_product(rows_, stride), in_.byte() % 4);
    }
  }

  void* make(std::uint64_t needed, std::size_t element, const row_places& places, bool is_result) {
    const unsigned how = in_.byte() % 64;
    if (how == 0) return nullptr;
    if (how == 1 && !all_.empty() && all_.back().bytes >= needed) {
      shared_ = true;
      return all_.back().begin();
    }
    if (needed > most_bytes) all_fit_ = false;
    array& a = all_.emplace_back();
    a.bytes = std::size_t(needed > most_bytes ? 0 : needed);
    a.before = how == 2 ? 1 + in_.byte() % 15 : element * (how % 4);
    a.element = element;
    a.places = places;
    a.is_result = is_result;
    a.memory.assign(a.before + a.bytes + behind, 0xa5);
    a.memory.shrink_to_fit();
    // Mostly bytes of all values, sometimes many equal ones. They use up only one byte of the input, so that one array
    // does not consume all of it.
    std::uint64_t state = in_.byte();
    for (std::size_t i = 0; i < a.bytes; ++i) {
      if (state >= 32) state = state * 0x5851f42d4c957f2d + 1;
      a.memory[a.before + i] = std::uint8_t(state >> (state < 32 ? 0 : 56));
    }
    return a.begin();
  }

  input& in_;
  std::uint64_t rows_, classes_;
  std::size_t size_;
  bool all_fit_ = true, shared_ = false;
  std::list<array> all_;
};

}  // namespace gumbelcuda::testing_c
