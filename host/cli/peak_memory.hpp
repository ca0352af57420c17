// SPDX-License-Identifier: Apache-2.0
// The most memory that this process has had so far, as the kernel counts it.
#pragma once

#include <sys/resource.h>

#include <cstdint>

namespace gumbelcuda {

inline std::uint64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;  // Linux counts KiB
}

}  // namespace gumbelcuda
