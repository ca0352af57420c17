// SPDX-License-Identifier: Apache-2.0
// The algorithms of parallel.hpp from Thrust, for any of its systems: Policy names the system, Vector has its memory.
// Systems are named, not left to Thrust's default, so that files compiled for different ones can be linked.
#pragma once

#include <thrust/copy.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/memory.h>
#include <thrust/sort.h>
#include <thrust/tabulate.h>

#include <cstddef>
#include <vector>

namespace gumbelcuda::parallel {

template <class Policy, template <class> class Vector>
struct thrust_algorithms {
  template <class Value>
  using array = Vector<Value>;

  template <class Value>
  class input {
   public:
    explicit input(const std::vector<Value>& values) : values_(values.begin(), values.end()) {}
    const Value* pointer() const { return thrust_algorithms::pointer(values_); }

   private:
    array<Value> values_;
  };

  template <class Value>
  static const Value* pointer(const array<Value>& values) {
    return thrust::raw_pointer_cast(values.data());
  }

  template <class Value, class Function>
  static array<Value> tabulate(std::size_t count, Function function) {
    array<Value> values(count);
    thrust::tabulate(Policy{}, values.begin(), values.end(), function);
    return values;
  }

  template <class Predicate>
  static array<std::size_t> numbers_where(std::size_t count, Predicate holds) {
    array<std::size_t> numbers(count);
    const thrust::counting_iterator<std::size_t> first(0);
    numbers.erase(thrust::copy_if(Policy{}, first, first + std::ptrdiff_t(count), numbers.begin(), holds),
                  numbers.end());
    return numbers;
  }

  template <class Value>
  static void sort(array<Value>& values) {
    thrust::sort(Policy{}, values.begin(), values.end());
  }

  template <class Value>
  static std::vector<Value> to_host(const array<Value>& values) {
    std::vector<Value> copy(values.size());
    thrust::copy(values.begin(), values.end(), copy.begin());
    return copy;
  }
};

}  // namespace gumbelcuda::parallel
