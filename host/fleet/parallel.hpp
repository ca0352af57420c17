// SPDX-License-Identifier: Apache-2.0
// The parallel algorithms that summarising a fleet needs, behind three functions, so that nothing else
// knows where they come from: Thrust where a CUDA toolkit was found (GUMBELCUDA_HAVE_THRUST), else the
// standard library's over TBB (GUMBELCUDA_HAVE_TBB), else its sequential ones. Same bytes from all of
// them and for any number of threads: what they reduce, they reduce in an order that n alone decides.
//
// The functions passed in are structs marked GUMBELCUDA_HD that hold numbers and pointers, so the same text also
// compiles for Thrust's CUDA backend. To run there it lacks one thing: tabulate's and sort's vectors, and the
// arrays that the structs point at, are host memory, which a GPU reads only where it shares the host's page tables;
// elsewhere they would have to be thrust::device_vector.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "gumbelcuda/config.hpp"

#if defined(GUMBELCUDA_HAVE_THRUST)
#include <thrust/execution_policy.h>
#include <thrust/sort.h>
#include <thrust/tabulate.h>
#elif defined(GUMBELCUDA_HAVE_TBB)
#include <execution>
#endif

namespace gumbelcuda::parallel {

// Terms that one thread adds up in a row.
inline constexpr std::size_t chunk_size = 4096;

// function(0), function(1), … function(count − 1).
template <class Value, class Function>
std::vector<Value> tabulate(std::size_t count, Function function) {
  std::vector<Value> values(count);
#if defined(GUMBELCUDA_HAVE_THRUST)
  thrust::tabulate(thrust::device, values.data(), values.data() + count, function);
#else
  // for_each, unlike transform, may not copy the elements, so an address tells the index.
  const auto fill = [function, first = values.data()](Value& value) {
    value = function(static_cast<std::size_t>(&value - first));
  };
#if defined(GUMBELCUDA_HAVE_TBB)
  std::for_each(std::execution::par, values.begin(), values.end(), fill);
#else
  std::for_each(values.begin(), values.end(), fill);
#endif
#endif
  return values;
}

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

// function(0), … function(count − 1) folded with `combine` from `initial`, which must be its neutral
// element: chunks of chunk_size from left to right, then the chunks from left to right.
template <class Value, class Function, class Combine>
Value transform_reduce(std::size_t count, Value initial, Function function, Combine combine) {
  const auto chunks = tabulate<Value>((count + chunk_size - 1) / chunk_size,
                                      fold_chunk<Value, Function, Combine>{count, initial, function, combine});
  Value total = initial;
  for (const Value& chunk : chunks) total = combine(total, chunk);
  return total;
}

template <class Value>
void sort(std::vector<Value>& values) {
#if defined(GUMBELCUDA_HAVE_THRUST)
  thrust::sort(thrust::device, values.data(), values.data() + values.size());
#elif defined(GUMBELCUDA_HAVE_TBB)
  std::sort(std::execution::par, values.begin(), values.end());
#else
  std::sort(values.begin(), values.end());
#endif
}

}  // namespace gumbelcuda::parallel
