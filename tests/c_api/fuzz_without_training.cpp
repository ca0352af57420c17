// SPDX-License-Identifier: Apache-2.0
// The scalar instruction set for c_api_libfuzzer, without training.
#include "host/cpu/fleet/train_task.hpp"

namespace gumbelcuda {
extern const cpu_target cpu_target_scalar;
const cpu_target cpu_target_scalar = {"scalar", 1, nullptr, nullptr, nullptr, &cpu_rows_scalar};
}  // namespace gumbelcuda
