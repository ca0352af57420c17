// SPDX-License-Identifier: Apache-2.0
// The mapping of GANs to threads: a thread per GAN, a warp with a class per lane, or a group of lanes with a sample per
// lane. A mapping is a kernel argument. On the device it knows the rows that hold its GAN's parameters, makes the GAN,
// and returns the rows from which results are written. `together`: threads that must stay together, since they exchange
// numbers.
#pragma once

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "kernels/fleet/early_group_gan.cuh"
#include "kernels/fleet/group_gan.cuh"
#include "kernels/fleet/lane_row.cuh"
#include "kernels/fleet/policy.hpp"

namespace gumbelcuda {

struct gan_inputs {
  int generator_steps;
  stream_row row;
  class_words real;
  gan_hyperparameters<float> hyper;
};

// Rows from which results are written, by the threads with `write` set.
template <class Row>
struct result_rows {
  const float *logits, *weights;
  Row row;
  bool write;
};

// Gan: quads_gan, or racing_warp_gan, of which 32 must stay together, for these Classes and Batch.
template <class Gan, class Classes, class Batch, int Together>
struct thread_mapping {
  static constexpr int together = Together;
  Classes classes;
  Batch batch;

  __device__ __forceinline__ fixed<1> lanes() const { return {}; }
  __device__ __forceinline__ Classes row() const { return classes; }
  __device__ __forceinline__ Gan gan(const gan_inputs& in) const {
    return Gan({classes, batch, in.generator_steps}, in.row, in.real, in.hyper);
  }
  __device__ __forceinline__ result_rows<Classes> results(Gan& gan) const {
    return {gan.state().logits, gan.state().weights, classes, true};
  }
};

// Classes spread over the lanes of a warp: more of them than a short sum has.
template <class Places, class Batch>
struct warp_mapping {
  static constexpr int together = 32;
  Places places;
  int classes;
  Batch batch;

  using lanes_row = lane_row<fixed<32>, Places>;
  using warp_gan = direct_gan<float, lanes_row, Batch, stream_row>;

  __device__ __forceinline__ fixed<32> lanes() const { return {}; }
  __device__ __forceinline__ lanes_row row() const { return {lanes(), places, classes}; }
  __device__ __forceinline__ warp_gan gan(const gan_inputs& in) const {
    return warp_gan({row(), batch, in.generator_steps}, in.row, in.real, in.hyper);
  }
  __device__ __forceinline__ result_rows<lanes_row> results(warp_gan& gan) const {
    return {gan.state().logits, gan.state().weights, row(), true};
  }
};

// Where a group has lanes enough, its GAN is early_group_gan.
template <class Classes, class Batch, class Group, class Places, class Chunk>
struct gan_of_group {
  using type = group_gan<Classes, Batch, Group, Places, Chunk>;
};
template <int K, int N, int Lanes>
requires(early_group_gan<K, N, Lanes>::fits) struct gan_of_group<fixed<K>, fixed<N>, fixed<Lanes>, fixed<1>, fixed<N>> {
  using type = early_group_gan<K, N, Lanes>;
};
static_assert(early_group_gan<5, 10, early_group>::fits && !early_group_gan<6, 10, early_group>::fits,
              "is_early_in_groups() says otherwise");

// Samples spread over a group of lanes. Batch and Chunk: see group_gan.
template <class Classes, class Batch, class Group, class Places, class Chunk>
struct group_mapping {
  static constexpr int together = 32;
  Classes classes;
  Batch batch;
  Group group;
  Places places;
  Chunk chunk;

  using lanes_row = lane_row<Group, Places>;
  using lanes_gan = typename gan_of_group<Classes, Batch, Group, Places, Chunk>::type;

  __device__ __forceinline__ Group lanes() const { return group; }
  __device__ __forceinline__ lanes_row row() const { return {group, places, classes}; }
  // Bytes of shared memory for each GAN.
  int shared_bytes() const { return lanes_gan::bytes(classes, chunk); }
  __device__ __forceinline__ lanes_gan gan(const gan_inputs& in) const {
    return lanes_gan({row(), batch, in.generator_steps}, in.row, in.real, in.hyper, classes, chunk);
  }
  __device__ __forceinline__ result_rows<Classes> results(lanes_gan& gan) const {
    return {gan.logits(), gan.weights(), classes, row().lane == 0};
  }
};

}  // namespace gumbelcuda
