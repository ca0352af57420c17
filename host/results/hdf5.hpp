// SPDX-License-Identifier: Apache-2.0
// The part of HDF5's C API that result files need, made safe: handles close themselves, and HDF5's errors become
// exceptions instead of pages of text on standard error.
#pragma once

#include <hdf5.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gumbelcuda::hdf5 {

// What went wrong according to HDF5; caught where the path is known.
struct failure {
  std::string problem;
};

// While an object of this class lives, HDF5 prints nothing.
class quiet {
 public:
  quiet() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &argument_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~quiet() { H5Eset_auto2(H5E_DEFAULT, print_, argument_); }
  quiet(const quiet&) = delete;
  quiet& operator=(const quiet&) = delete;

 private:
  H5E_auto2_t print_ = nullptr;
  void* argument_ = nullptr;
};

// Throws the innermost error on HDF5's stack, which is the cause.
[[noreturn]] void throw_failure(const std::string& action);

template <class Result>  // hid_t, herr_t, htri_t, hssize_t: negative is failure
Result check(Result result, const char* action) {
  if (result < 0) throw_failure(action);
  return result;
}

class handle {
 public:
  using closer = herr_t (*)(hid_t);

  handle(hid_t id, closer closing, const char* action) : id_(check(id, action)), close_(closing) {}
  ~handle() {
    if (id_ >= 0) close_(id_);
  }
  handle(handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  handle& operator=(handle&&) = delete;

  operator hid_t() const noexcept { return id_; }

 private:
  hid_t id_;
  closer close_;
};

// The lengths of a dataset's sides; none for a single number.
inline std::vector<std::uint64_t> extent_of(hid_t dataset, const char* name) {
  const handle space(H5Dget_space(dataset), H5Sclose, name);
  hsize_t sizes[H5S_MAX_RANK];
  const int rank = check(H5Sget_simple_extent_dims(space, sizes, nullptr), name);
  return {sizes, sizes + rank};
}

// The types in the file, which are the same on every machine, and those in memory. Integers are 64 bits wide.
template <class Value>
hid_t file_type() {
  if constexpr (std::same_as<Value, float>) return H5T_IEEE_F32LE;
  if constexpr (std::same_as<Value, double>) return H5T_IEEE_F64LE;
  return std::signed_integral<Value> ? H5T_STD_I64LE : H5T_STD_U64LE;
}
template <class Value>
hid_t memory_type() {
  if constexpr (std::same_as<Value, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::same_as<Value, double>) return H5T_NATIVE_DOUBLE;
  return std::signed_integral<Value> ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
}

}  // namespace gumbelcuda::hdf5
