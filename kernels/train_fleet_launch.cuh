// SPDX-License-Identifier: Apache-2.0
// From a slice to the kernel made for its size: fixed<N> where classes and batch are the common ones, so that all state
// lies in registers; bounded<N> otherwise.
#pragma once

#include "gumbelcuda/gan/racing_gan.hpp"
#include "kernels/train_fleet.hpp"
#include "kernels/train_fleet_kernel.cuh"

namespace gumbelcuda {

template <class Classes, class Batch>
launch_status launch_train_fleet_as(const fleet_slice& slice, launch_stream stream, Classes classes, Batch batch) {
  const launch_shape shape{dim3(unsigned((slice.num_gans + train_fleet_block - 1) / train_fleet_block)),
                           dim3(train_fleet_block)};
  return slice.racing ? launch(train_fleet_kernel<racing_gan<float, Classes, Batch, stream_row>, Classes, Batch>, shape,
                               stream, slice, classes, batch)
                      : launch(train_fleet_kernel<direct_gan<float, Classes, Batch, stream_row>, Classes, Batch>, shape,
                               stream, slice, classes, batch);
}

inline launch_status launch_train_fleet_on(const fleet_slice& slice, launch_stream stream) {
  const auto with_classes = [&](auto classes) {
    return slice.batch_size == 10
               ? launch_train_fleet_as(slice, stream, classes, fixed<10>{})
               : launch_train_fleet_as(slice, stream, classes, bounded<max_batch_size>{slice.batch_size});
  };
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
  const bounded<max_batch_size> batch{slice.batch_size};
  if (slice.classes <= 32) return launch_train_fleet_as(slice, stream, bounded<32>{slice.classes}, batch);
  return launch_train_fleet_as(slice, stream, bounded<max_classes>{slice.classes}, batch);
}

}  // namespace gumbelcuda
