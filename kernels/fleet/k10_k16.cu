// SPDX-License-Identifier: Apache-2.0
// The fleet's kernels for 10 and 16 classes. A separate file, so that files compile in parallel.
#ifndef GUMBELCUDA_ONLY_ARTICLE_SHAPE

#include "kernels/fleet/classes.cuh"

namespace gumbelcuda {

template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<10>);
template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<16>);

}  // namespace gumbelcuda

#endif
