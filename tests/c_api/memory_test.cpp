// SPDX-License-Identifier: Apache-2.0
// Once a handle has made its largest call, further calls on one thread allocate nothing: every operator new is counted.
#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/c_api/c_batch.hpp"

namespace {

std::atomic<long> allocations = 0;

void* counted(std::size_t bytes, std::size_t alignment) {
  ++allocations;
  void* const memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (!memory) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes, 16); }
void* operator new(std::size_t bytes, std::align_val_t alignment) { return counted(bytes, std::size_t(alignment)); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace gumbelcuda {
namespace {

TEST(CApiMemory, IsKeptBetweenCalls) {
  testing_c::c_batch small(number_type::float32, 3, 50), large(number_type::float64, 5, 5000);
  const testing_c::handle h = testing_c::make_handle(large.address, 1);
  const long before = allocations;
  bool all = large.succeeds_in_c(h.get());
  const long first = allocations;
  for (int i = 0; i < 3; ++i) all = all && large.succeeds_in_c(h.get()) && small.succeeds_in_c(h.get());
  const long last = allocations;
  EXPECT_TRUE(all);
  EXPECT_GT(first, before) << "allocations are not counted";
  EXPECT_EQ(last, first);
}

}  // namespace
}  // namespace gumbelcuda
