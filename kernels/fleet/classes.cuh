// SPDX-License-Identifier: Apache-2.0
// From a slice and a plan to the right kernel, for one type of Classes: fixed<N> if classes and batch are common ones,
// so that all state stays in registers; otherwise bounded<N>.
#pragma once

#include "kernels/fleet/kernel.cuh"
#include "kernels/fleet/policy.hpp"
#include "kernels/fleet/racing_warp.cuh"
#include "kernels/fleet/slice.hpp"

namespace gumbelcuda {

template <class Mapping>
launch_status launch_mapping(const fleet_slice& slice, launch_stream stream, const Mapping& mapping, int lanes,
                             int shared_bytes_of_gan = 0) {
  const int gans = train_fleet_block / lanes;  // per block
  const launch_shape shape{dim3(unsigned((slice.num_gans + unsigned(gans) - 1) / unsigned(gans))),
                           dim3(train_fleet_block), std::size_t(gans * shared_bytes_of_gan)};
  return launch(train_fleet_kernel<Mapping>, shape, stream, slice, mapping);
}

template <class Classes, class Batch>
launch_status launch_threads(const fleet_slice& slice, launch_stream stream, Classes classes, Batch batch) {
  using racing = racing_warp_gan<Classes, Batch>;
  using direct = quads_gan<float, Classes, Batch, stream_row>;
  return slice.racing
             ? launch_mapping(slice, stream, thread_mapping<racing, Classes, Batch, warp_size>{classes, batch}, 1)
             : launch_mapping(slice, stream, thread_mapping<direct, Classes, Batch, 1>{classes, batch}, 1);
}

// Chunk: samples that a group takes at a time. Group, and Places, a lane's places for its classes: see lane_row.
template <class Classes, class Batch, class Chunk, class Group, class Places>
launch_status launch_group(const fleet_slice& slice, launch_stream stream, Classes classes, Batch batch, Chunk chunk,
                           Group group, Places places) {
  const group_mapping<Classes, Batch, Group, Places, Chunk> mapping{classes, batch, group, places, chunk};
  return launch_mapping(slice, stream, mapping, group, mapping.shared_bytes());
}

template <class Classes, class Batch, class Chunk>
launch_status launch_groups(const fleet_slice& slice, launch_stream stream, int lanes, Classes classes, Batch batch,
                            Chunk chunk) {
  if constexpr (is_fixed<Classes> && is_fixed<Chunk>) {
    const auto with_lanes = [&](auto group) {
      constexpr int places = (int(Classes{}) + int(decltype(group){}) - 1) / int(decltype(group){});
      return launch_group(slice, stream, classes, batch, chunk, group, fixed<places>{});
    };
    constexpr group_memory memory{Classes{}, Chunk{}};
    if constexpr (memory.fits(2))
      if (lanes == 2) return with_lanes(fixed<2>{});
    if constexpr (memory.fits(4))
      if (lanes == 4) return with_lanes(fixed<4>{});
    if (lanes == 8) return with_lanes(fixed<8>{});
    if (lanes == 16) return with_lanes(fixed<16>{});
  }
  constexpr int most_places = (capacity<Classes>::classes + 1) / 2;
  return launch_group(slice, stream, classes, bounded<max_batch_size>{batch}, bounded<max_batch_size>{chunk},
                      bounded<warp_size>{lanes}, bounded<most_places>{(classes + lanes - 1) / lanes});
}

template <class Places>
launch_status launch_warps(const fleet_slice& slice, launch_stream stream, Places places) {
  const auto with_batch = [&](auto batch) {
    return launch_mapping(slice, stream, warp_mapping<Places, decltype(batch)>{places, slice.classes, batch},
                          warp_size);
  };
  return slice.batch_size <= short_sum_length ? with_batch(bounded<short_sum_length>{slice.batch_size})
                                              : with_batch(bounded<max_batch_size>{slice.batch_size});
}

// Launches as planned, with kernels for this type of Classes.
template <class Classes>
launch_status launch_train_fleet_of(const fleet_slice& slice, launch_stream stream, const fleet_plan& plan,
                                    Classes classes) {
  const bounded<max_batch_size> batch{slice.batch_size};
  if constexpr (capacity<Classes>::classes <= short_sum_length) {
    const bool in_thread = plan.mapping == fleet_mapping::gan_in_thread;
    if constexpr (is_fixed<Classes>) {
      if (batch == 10 && in_thread) return launch_threads(slice, stream, classes, fixed<10>{});
      if (batch == 10 && plan.samples == 10)
        return launch_groups(slice, stream, plan.lanes, classes, fixed<10>{}, fixed<10>{});
    }
    if (in_thread) return launch_threads(slice, stream, classes, batch);
    return launch_groups(slice, stream, plan.lanes, classes, batch, bounded<max_batch_size>{plan.samples});
  } else if constexpr (capacity<Classes>::classes <= most_classes_of_thread) {
    if (plan.mapping == fleet_mapping::gan_in_thread) return launch_threads(slice, stream, classes, batch);
    return launch_warps(slice, stream, fixed<1>{});
  } else {
    const int places = (classes + warp_size - 1) / warp_size;
    if (places == 2) return launch_warps(slice, stream, fixed<2>{});
    if (places <= 8) return launch_warps(slice, stream, bounded<8>{places});
    return launch_warps(slice, stream, bounded<32>{places});
  }
}

}  // namespace gumbelcuda
