// SPDX-License-Identifier: Apache-2.0
// Replaces sweep_document_toml.cpp in a build without toml++.
#include "host/cli/sweep_document.hpp"

namespace gumbelcuda {

bool have_sweep_documents() noexcept { return false; }

document_value parse_document(const std::string&, const std::string& name) {
  throw error("cannot read " + name +
              ": this program was built without toml++; install it (Debian: libtomlplusplus-dev) and build again");
}

}  // namespace gumbelcuda
