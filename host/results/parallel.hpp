// SPDX-License-Identifier: Apache-2.0
// The parallel algorithms that summarising a fleet needs, so that no other file knows where they come from. Here: the
// standard library's, over TBB (GUMBELCUDA_HAVE_TBB) or sequential. In parallel_thrust.hpp: Thrust's, on the host and
// on a CUDA device. All give the same bytes for any number of threads: the order of every reduction depends on n alone.
//
// Such algorithms have
//
//   array<Value>                 numbers in the memory where the algorithms work
//   input<Value>(values)         those of a std::vector, which must outlive it; pointer() points to them
//   pointer(array)               for the functions below: structs of numbers and pointers, marked GUMBELCUDA_HD
//   tabulate<Value>(n, f)        array of f(0), f(1), … f(n − 1)
//   numbers_where(n, holds)      array of the i < n for which holds(i), in order
//   sort(array)
//   to_host(array)               as a std::vector
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "gumbelcuda/config.hpp"

#if defined(GUMBELCUDA_HAVE_TBB)
#include <execution>
#endif

namespace gumbelcuda::parallel {

struct standard_algorithms {
  template <class Value>
  using array = std::vector<Value>;

  template <class Value>
  class input {
   public:
    explicit input(const std::vector<Value>& values) : values_(values) {}
    const Value* pointer() const { return values_.data(); }

   private:
    const std::vector<Value>& values_;
  };

  template <class Value>
  static const Value* pointer(const std::vector<Value>& values) {
    return values.data();
  }

  template <class Value, class Function>
  static std::vector<Value> tabulate(std::size_t count, Function function) {
    std::vector<Value> values(count);
    // for_each, unlike transform, may not copy the elements, so an element's address gives its index.
    const auto fill = [function, first = values.data()](Value& value) {
      value = function(static_cast<std::size_t>(&value - first));
    };
#if defined(GUMBELCUDA_HAVE_TBB)
    std::for_each(std::execution::par, values.begin(), values.end(), fill);
#else
    std::for_each(values.begin(), values.end(), fill);
#endif
    return values;
  }

  template <class Predicate>
  static std::vector<std::size_t> numbers_where(std::size_t count, Predicate holds) {
    std::vector<std::size_t> numbers;
    numbers.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      if (holds(i)) numbers.push_back(i);
    return numbers;
  }

  template <class Value>
  static void sort(std::vector<Value>& values) {
#if defined(GUMBELCUDA_HAVE_TBB)
    std::sort(std::execution::par, values.begin(), values.end());
#else
    std::sort(values.begin(), values.end());
#endif
  }

  template <class Value>
  static std::vector<Value> to_host(std::vector<Value> values) {
    return values;
  }
};

struct add {
  template <class Value>
  GUMBELCUDA_HD Value operator()(Value a, Value b) const {
    return a + b;
  }
};
struct larger {
  template <class Value>
  GUMBELCUDA_HD Value operator()(Value a, Value b) const {
    return a < b ? b : a;
  }
};

// The number of terms that one thread adds in sequence.
inline constexpr std::size_t chunk_size = 4096;

template <class Value, class Function, class Combine>
struct fold_chunk {
  std::size_t count;
  Value initial;
  Function function;
  Combine combine;

  GUMBELCUDA_HD Value operator()(std::size_t chunk) const {
    Value total = initial;
    const std::size_t begin = chunk * chunk_size, end = count - begin < chunk_size ? count : begin + chunk_size;
    for (std::size_t i = begin; i < end; ++i) total = combine(total, function(i));
    return total;
  }
};

// Folds function(0), … function(count − 1) with `combine`, from `initial`, which must be its neutral element: each
// chunk of chunk_size from left to right, then the chunks from left to right.
template <class Algorithms, class Value, class Function, class Combine>
Value transform_reduce(std::size_t count, Value initial, Function function, Combine combine) {
  const std::vector<Value> chunks = Algorithms::to_host(Algorithms::template tabulate<Value>(
      (count + chunk_size - 1) / chunk_size, fold_chunk<Value, Function, Combine>{count, initial, function, combine}));
  Value total = initial;
  for (const Value& chunk : chunks) total = combine(total, chunk);
  return total;
}

}  // namespace gumbelcuda::parallel
