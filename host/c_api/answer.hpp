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

// The caller's struct as this version knows it. Every 8 bytes of a struct are whole members, so an older, shorter
// struct ends between members.
template <class Args>
Args read(const Args* args) {
  static_assert(alignof(Args) == 8 && sizeof(Args) % 8 == 0 && sizeof(std::size_t) == 8);
  check_not_null("args", args);
  const std::size_t size = args->struct_size;
  if (size < sizeof(std::size_t) || size > sizeof(Args) || size % 8 != 0)
    throw invalid_argument("struct_size", std::to_string(size) + " is not the size of this struct, " +
                                              std::to_string(sizeof(Args)) + ", nor of an older one");
  Args whole{};
  std::memcpy(&whole, args, size);
  return whole;
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
