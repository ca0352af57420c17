// SPDX-License-Identifier: Apache-2.0
// From a slice to the kernels for its number of classes. train.cu declares the kernels that other files compile (k5.cu,
// …) `extern`; a test instantiates all of them from here.
#pragma once

#include "kernels/fleet/classes.cuh"
#include "kernels/fleet/train.hpp"

namespace gumbelcuda {

// The plan must be valid for this slice's size.
inline launch_status launch_train_fleet_as(const fleet_slice& slice, launch_stream stream, const fleet_plan& plan) {
  const auto with_classes = [&](auto classes) { return launch_train_fleet_of(slice, stream, plan, classes); };
  switch (slice.classes) {
    case 5:
      return with_classes(fixed<5>{});
#ifndef GUMBELCUDA_ONLY_ARTICLE_SHAPE
    case 2:
      return with_classes(fixed<2>{});
    case 3:
      return with_classes(fixed<3>{});
    case 4:
      return with_classes(fixed<4>{});
    case 6:
      return with_classes(fixed<6>{});
    case 7:
      return with_classes(fixed<7>{});
    case 8:
      return with_classes(fixed<8>{});
    case 10:
      return with_classes(fixed<10>{});
    case 16:
      return with_classes(fixed<16>{});
#endif
    default:
      break;
  }
  if (slice.classes <= short_sum_length) return with_classes(bounded<short_sum_length>{slice.classes});
  if (slice.classes <= most_classes_of_thread) return with_classes(bounded<most_classes_of_thread>{slice.classes});
  return with_classes(bounded<max_classes>{slice.classes});
}

inline launch_status launch_train_fleet_on(const fleet_slice& slice, launch_stream stream) {
  return launch_train_fleet_as(
      slice, stream,
      plan_train_fleet(slice.classes, slice.batch_size, slice.num_gans, slice.multiprocessors, slice.racing));
}

}  // namespace gumbelcuda
