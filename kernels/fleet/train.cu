// SPDX-License-Identifier: Apache-2.0
// The host's entry to the fleet's kernels, which separate files compile.
#include "kernels/fleet/launch.cuh"

namespace gumbelcuda {

extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<2>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<3>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<4>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<5>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<6>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<7>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<8>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<10>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&, fixed<16>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&,
                                                    bounded<short_sum_length>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&,
                                                    bounded<most_classes_of_thread>);
extern template launch_status launch_train_fleet_of(const fleet_slice&, launch_stream, const fleet_plan&,
                                                    bounded<max_classes>);

int launch_train_fleet(const fleet_slice& slice, void* stream) {
  return launch_train_fleet_on(slice, static_cast<launch_stream>(stream));
}

}  // namespace gumbelcuda
