// SPDX-License-Identifier: Apache-2.0
// The fleet's kernels for 5 classes. A separate file, so that files compile in parallel.
#include "kernels/fleet/classes.cuh"

namespace gumbelcuda {

template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<5>);

}  // namespace gumbelcuda
