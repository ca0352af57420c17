// SPDX-License-Identifier: Apache-2.0
// From a slice and a plan to the kernel made for them: fixed<N> where classes and batch are the common ones, so that
// all state lies in registers; bounded<N> otherwise.
#pragma once

#include "gumbelcuda/gan/racing_gan.hpp"
#include "kernels/train_fleet.hpp"
#include "kernels/train_fleet_kernel.cuh"
#include "kernels/train_fleet_policy.hpp"

namespace gumbelcuda {

template <class Crew>
launch_status launch_crew(const fleet_slice& slice, launch_stream stream, const Crew& crew, int lanes,
                          int shared_bytes_of_gan = 0) {
  const int gans = train_fleet_block / lanes;  // of a block
  const launch_shape shape{dim3(unsigned((slice.num_gans + unsigned(gans) - 1) / unsigned(gans))),
                           dim3(train_fleet_block), std::size_t(gans * shared_bytes_of_gan)};
  return launch(train_fleet_kernel<Crew>, shape, stream, slice, crew);
}

template <class Classes, class Batch>
launch_status launch_threads(const fleet_slice& slice, launch_stream stream, Classes classes, Batch batch) {
  using racing = racing_gan<float, Classes, Batch, stream_row>;
  using direct = direct_gan<float, Classes, Batch, stream_row>;
  return slice.racing ? launch_crew(slice, stream, thread_crew<racing, Classes, Batch>{classes, batch}, 1)
                      : launch_crew(slice, stream, thread_crew<direct, Classes, Batch>{classes, batch}, 1);
}

// Chunk: samples that a group takes at a time.
template <class Classes, class Batch, class Chunk>
launch_status launch_groups(const fleet_slice& slice, launch_stream stream, int lanes, Classes classes, Batch batch,
                            Chunk chunk) {
  const auto with_group = [&](auto group, auto places) {
    const group_crew<Classes, Batch, decltype(group), decltype(places), Chunk> crew{classes, batch, group, places,
                                                                                    chunk};
    return launch_crew(slice, stream, crew, lanes, group_room{classes, chunk}.bytes());
  };
  // The article's batch on its own group, of which the smallest fleets consist.
  if constexpr (is_fixed<Classes> && is_fixed<Batch>)
    if (lanes == 16) return with_group(fixed<16>{}, fixed<(Classes{} + 15) / 16>{});
  constexpr int most_places = (capacity<Classes>::classes + 1) / 2;
  return with_group(bounded<lanes_of_warp>{lanes}, bounded<most_places>{(slice.classes + lanes - 1) / lanes});
}

// Up to 16 classes.
template <class Classes>
launch_status launch_few_classes(const fleet_slice& slice, launch_stream stream, const fleet_plan& plan,
                                 Classes classes) {
  const bounded<max_batch_size> batch{slice.batch_size};
  if (plan.mapping == fleet_mapping::gan_in_thread) {
    if constexpr (is_fixed<Classes>)
      if (batch == 10) return launch_threads(slice, stream, classes, fixed<10>{});
    return launch_threads(slice, stream, classes, batch);
  }
  if constexpr (is_fixed<Classes>)
    if (batch == 10 && plan.samples == 10)
      return launch_groups(slice, stream, plan.lanes, classes, fixed<10>{}, fixed<10>{});
  return launch_groups(slice, stream, plan.lanes, classes, batch, bounded<max_batch_size>{plan.samples});
}

template <class Places>
launch_status launch_warps(const fleet_slice& slice, launch_stream stream, Places places) {
  const auto with_batch = [&](auto batch) {
    return launch_crew(slice, stream, warp_crew<Places, decltype(batch)>{places, slice.classes, batch}, lanes_of_warp);
  };
  return slice.batch_size <= short_sum_length ? with_batch(bounded<short_sum_length>{slice.batch_size})
                                              : with_batch(bounded<max_batch_size>{slice.batch_size});
}

// More than 16 classes.
inline launch_status launch_many_classes(const fleet_slice& slice, launch_stream stream, const fleet_plan& plan) {
  if (plan.mapping == fleet_mapping::gan_in_thread)
    return launch_threads(slice, stream, bounded<most_classes_of_thread>{slice.classes},
                          bounded<max_batch_size>{slice.batch_size});
  const int places = (slice.classes + lanes_of_warp - 1) / lanes_of_warp;
  if (places == 1) return launch_warps(slice, stream, fixed<1>{});
  if (places == 2) return launch_warps(slice, stream, fixed<2>{});
  if (places <= 8) return launch_warps(slice, stream, bounded<8>{places});
  return launch_warps(slice, stream, bounded<32>{places});
}

// As planned; the plan must be one for this slice's size.
inline launch_status launch_train_fleet_as(const fleet_slice& slice, launch_stream stream, const fleet_plan& plan) {
  const auto with_classes = [&](auto classes) { return launch_few_classes(slice, stream, plan, classes); };
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
  return launch_many_classes(slice, stream, plan);
}

inline launch_status launch_train_fleet_on(const fleet_slice& slice, launch_stream stream) {
  return launch_train_fleet_as(
      slice, stream, plan_train_fleet(slice.classes, slice.batch_size, slice.num_gans, slice.multiprocessors));
}

}  // namespace gumbelcuda
