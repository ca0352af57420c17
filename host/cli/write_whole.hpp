// SPDX-License-Identifier: Apache-2.0
// Past stdio, so that nothing stays in a buffer and every error is seen where it happens.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace gumbelcuda {

// The errno of what went wrong, 0 where nothing did.
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
