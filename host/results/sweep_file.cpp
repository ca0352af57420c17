// SPDX-License-Identifier: Apache-2.0
// Stands in for the reader of sweeps' files until that is there.
#include "host/results/sweep_file.hpp"

#include "gumbelcuda/error.hpp"

namespace gumbelcuda {

sweep_record read_sweep_file(const std::string& path) {
  throw file_error("cannot read " + path + ": this build cannot read sweeps' files yet");
}

}  // namespace gumbelcuda
