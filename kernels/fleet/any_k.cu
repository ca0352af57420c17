// SPDX-License-Identifier: Apache-2.0
// The fleet's kernels for numbers of classes that have none of their own. Files of their own, so that they compile side
// by side.
#include "kernels/fleet/classes.cuh"

namespace gumbelcuda {

template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&,
                                             bounded<short_sum_length>);
template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&,
                                             bounded<most_classes_of_thread>);
template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&,
                                             bounded<max_classes>);

}  // namespace gumbelcuda
