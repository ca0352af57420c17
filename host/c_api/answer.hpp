// SPDX-License-Identifier: Apache-2.0
// The boundary of C and C++: structs of arguments of any version come in, exceptions leave as a status and a message.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/gumbelcuda.h"

namespace gumbelcuda::c_api {

// The status of the exception being handled. Its message becomes this thread's last error message.
gumbelcuda_status status_of_exception() noexcept;

// Runs work(); no exception leaves this function.
template <class Work>
gumbelcuda_status answer(Work work) noexcept {
  try {
    work();
    return GUMBELCUDA_SUCCESS;
  } catch (...) {
    return status_of_exception();
  }
}

template <class T>
void check_not_null(const char* name, T* pointer) {
  if (!pointer) throw invalid_argument(name, "is null");
  if (reinterpret_cast<std::uintptr_t>(pointer) % alignof(T) != 0)
    throw invalid_argument(name, "is not aligned to " + std::to_string(alignof(T)) + " bytes");
}

// The number of bytes that the caller knows of the struct `name`. Every 8 bytes of a struct are whole members, so an
// older, shorter struct ends between members.
template <class Struct>
std::size_t checked_size(const Struct* caller, const char* name, const char* size_name) {
  static_assert(alignof(Struct) == 8 && sizeof(Struct) % 8 == 0 && sizeof(std::size_t) == 8);
  check_not_null(name, caller);
  const std::size_t size = caller->struct_size;
  if (size < sizeof(std::size_t) || size > sizeof(Struct) || size % 8 != 0)
    throw invalid_argument(size_name, std::to_string(size) + " is not the size of this struct, " +
                                          std::to_string(sizeof(Struct)) + ", nor of an older one");
  return size;
}

// The caller's struct as this version knows it. A function of more than one struct says which one it is.
template <class Args>
Args read(const Args* args, const char* name = "args", const char* size_name = "struct_size") {
  const std::size_t size = checked_size(args, name, size_name);
  Args whole{};
  std::memcpy(&whole, args, size);
  return whole;
}

// Fills in what the caller's struct has of `whole`.
template <class View>
void write(View* view, View whole) {
  const std::size_t size = checked_size(view, "view", "view.struct_size");
  whole.struct_size = size;
  std::memcpy(view, &whole, size);
}

inline void check_flags(std::uint32_t flags, std::uint32_t known) {
  if ((flags & ~known) != 0)
    throw invalid_argument("flags", std::to_string(flags) + " has unknown bits; known: " + std::to_string(known));
}

// `within`: the name of the struct that has the member; empty: the arguments themselves.
inline void check_reserved(std::uint32_t reserved, const std::string& within = "") {
  if (reserved != 0)
    throw invalid_argument(within + (within.empty() ? "" : ".") + "reserved", std::to_string(reserved) + " is not 0");
}

}  // namespace gumbelcuda::c_api
