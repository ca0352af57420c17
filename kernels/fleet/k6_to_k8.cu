// SPDX-License-Identifier: Apache-2.0
// The fleet's kernels for 6 to 8 classes. A separate file, so that files compile in parallel.
#ifndef GUMBELCUDA_ONLY_ARTICLE_SHAPE

#include "kernels/fleet/classes.cuh"

namespace gumbelcuda {

template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<6>);
template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<7>);
template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<8>);

}  // namespace gumbelcuda

#endif
