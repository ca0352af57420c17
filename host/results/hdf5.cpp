// SPDX-License-Identifier: Apache-2.0
#include "host/results/hdf5.hpp"

namespace gumbelcuda::hdf5 {

void throw_failure(const std::string& action) {
  std::string cause;
  const auto keep_first = [](unsigned, const H5E_error2_t* entry, void* text) -> herr_t {
    *static_cast<std::string*>(text) = entry->desc == nullptr ? "" : entry->desc;
    return 1;  // stop: walking upward starts at the cause
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &cause);
  throw failure{action + (cause.empty() ? "" : ": " + cause)};
}

}  // namespace gumbelcuda::hdf5
