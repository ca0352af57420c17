// SPDX-License-Identifier: Apache-2.0
// The fleet's kernels for 2 to 4 classes. A separate file, so that files compile in parallel.
#ifndef GUMBELCUDA_ONLY_ARTICLE_SHAPE

#include "kernels/fleet/classes.cuh"

namespace gumbelcuda {

template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<2>);
template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<3>);
template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<4>);

}  // namespace gumbelcuda

#endif
