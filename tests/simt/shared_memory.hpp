// SPDX-License-Identifier: Apache-2.0
// Shared memory as a kernel uses it. A __shared__ array is T[N] under nvcc and behaves like it here, except that an
// element is a proxy: it can be read (`const T x = a[i];`) and assigned, and &a[i] is a shared_pointer. `auto x = a[i]`
// and a[i].member do not compile here, so that no kernel reads later than its source says.
#pragma once

#include <cstddef>
#include <type_traits>

#include "tests/simt/machine.hpp"

namespace gumbelcuda {

template <class T>
class shared_pointer;

namespace simt {

template <class T>
class shared_reference {
 public:
  shared_reference(shared_region* region, std::ptrdiff_t offset) : region_(region), offset_(offset) {}
  shared_reference(const shared_reference&) = delete;
  ~shared_reference() = default;

  operator T() && { return region_->load<T>(offset_); }
  shared_pointer<T> operator&() const;

  shared_reference&& operator=(const T& value) && {
    region_->store(offset_, value);
    return std::move(*this);
  }
  shared_reference&& operator=(shared_reference&& other) && { return std::move(*this) = T(std::move(other)); }

#define GUMBELCUDA_SIMT_ASSIGN(op)                                                                \
  shared_reference&& operator op##=(const T& by)&& {                                              \
    region_->template update<T>(access::write, offset_, [&](T value) { return T(value op by); }); \
    return std::move(*this);                                                                      \
  }
  GUMBELCUDA_SIMT_ASSIGN(+)
  GUMBELCUDA_SIMT_ASSIGN(-)
  GUMBELCUDA_SIMT_ASSIGN(*)
  GUMBELCUDA_SIMT_ASSIGN(/)
  GUMBELCUDA_SIMT_ASSIGN(|)
  GUMBELCUDA_SIMT_ASSIGN(&)
  GUMBELCUDA_SIMT_ASSIGN(^)
  GUMBELCUDA_SIMT_ASSIGN(<<)
  GUMBELCUDA_SIMT_ASSIGN(>>)
#undef GUMBELCUDA_SIMT_ASSIGN

 private:
  shared_region* region_;
  std::ptrdiff_t offset_;
};

}  // namespace simt

// A T* into shared memory.
template <class T>
class shared_pointer {
 public:
  using element_type = T;

  shared_pointer() = default;
  shared_pointer(simt::shared_region* region, std::ptrdiff_t offset) : region_(region), offset_(offset) {}

  simt::shared_reference<T> operator*() const { return {region_, offset_}; }
  template <class Index>
  simt::shared_reference<T> operator[](Index i) const {
    return {region_, offset_ + std::ptrdiff_t(i) * size};
  }
  friend shared_pointer operator+(shared_pointer p, std::ptrdiff_t n) { return {p.region_, p.offset_ + n * size}; }
  friend shared_pointer operator-(shared_pointer p, std::ptrdiff_t n) { return p + -n; }
  friend std::ptrdiff_t operator-(shared_pointer a, shared_pointer b) { return (a.offset_ - b.offset_) / size; }
  shared_pointer& operator+=(std::ptrdiff_t n) { return *this = *this + n; }
  shared_pointer& operator-=(std::ptrdiff_t n) { return *this = *this - n; }
  shared_pointer& operator++() { return *this += 1; }
  friend bool operator==(const shared_pointer&, const shared_pointer&) = default;

  // For atomic functions: returns the previous value.
  template <class Change>
  T update(const Change& change) const {
    return region_->template update<T>(simt::access::atomic, offset_, change);
  }
  template <class U>
  [[nodiscard]] shared_pointer<U> cast() const {
    return {region_, offset_};
  }
  [[nodiscard]] shared_pointer in_block(unsigned block) const {
    return {&simt::machine::running().in_block(*region_, block), offset_};
  }

 private:
  static constexpr std::ptrdiff_t size = sizeof(T);
  simt::shared_region* region_ = nullptr;
  std::ptrdiff_t offset_ = 0;
};

template <class T>
shared_pointer<T> simt::shared_reference<T>::operator&() const {
  return {region_, offset_};
}

template <class T, std::size_t N>
class shared_array : public shared_pointer<T> {
 public:
  static_assert(N > 0);
  // `site` is the address of an object of the declaration: there is one array for each block and declaration.
  shared_array(const void* site, const char* name)
      : shared_pointer<T>(&simt::machine::running().static_shared(site, name, N * sizeof(T)), 0) {}
};

template <class T>
T atomic_load(shared_pointer<T> pointer) {
  return pointer.update([](T value) { return value; });
}

// The launch's dynamic shared memory, starting at a byte.
template <class T>
shared_pointer<T> dynamic_shared(std::size_t first_byte = 0) {
  return {&simt::machine::running().dynamic_shared(), std::ptrdiff_t(first_byte)};
}

// reinterpret_cast<U*>
template <class U, class T>
shared_pointer<U> shared_cast(shared_pointer<T> pointer) {
  return pointer.template cast<U>();
}

}  // namespace gumbelcuda

#define GUMBELCUDA_SHARED(T, N, name)     \
  static constexpr char name##_place = 0; \
  const ::gumbelcuda::shared_array<T, N> name(&name##_place, #name)
