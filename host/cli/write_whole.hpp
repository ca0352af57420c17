// SPDX-License-Identifier: Apache-2.0
// Bypasses stdio, so that nothing stays in a buffer and every error is seen where it happens.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace gumbelcuda {

// Returns the errno of a failure, or 0.
inline int write_whole(int descriptor, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace gumbelcuda
