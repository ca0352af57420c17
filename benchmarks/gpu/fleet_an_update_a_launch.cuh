// SPDX-License-Identifier: Apache-2.0
// Our own mathematics, launched as one would without a fused kernel: each update of all GANs is a launch, each GAN has
// a thread, and its state is in memory between launches. The launches of a step form a CUDA graph, so that the host's
// overhead does not count. The step's number is in device memory; the graph's last node increments it.
#pragma once

#include "benchmarks/gpu/fleet_data.cuh"
#include "gumbelcuda/detail/gan/racing_gan.hpp"
#include "gumbelcuda/detail/gan/result.hpp"
#include "gumbelcuda/detail/gan/step.hpp"

namespace gumbelcuda::benchmark {

using article_classes = fixed<5>;
using article_batch = fixed<10>;
using article_gan = racing_gan<float, article_classes, article_batch, stream_row>;

// Calls move(number, value) for every number in the state of a GAN.
template <class Move>
__device__ void for_each_number(article_gan& gan, Move move) {
  std::uint64_t number = 0;
  auto& state = gan.state();
  for (float* values : {state.logits, state.logits_m, state.logits_v})
    for (int k = 0; k < 5; ++k) move(number++, values[k]);
  for (float* values : {state.weights, state.weights_m, state.weights_v})
    for (int k = 0; k < 6; ++k) move(number++, values[k]);
}

// Update −1 is the discriminator's.
static __global__ void __launch_bounds__(128)
    one_update_kernel(fleet_slice slice, const std::uint64_t* step, int update) {
  const std::uint64_t index = std::uint64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (index >= slice.num_gans) return;
  article_gan gan(
      {{}, {}, slice.generator_steps}, stream_row{slice.seed, slice.first_row + index},
      class_words{slice.first_word, slice.last_word},
      {value_of(slice.generator_rate, 0), value_of(slice.discriminator_rate, 0), value_of(slice.temperature, 0)});
  float* const state = slice.state + index;
  if (*step == 0 && update < 0)
    gan.start();
  else
    for_each_number(gan, [&](std::uint64_t number, float& x) { x = state[number * slice.num_gans]; });
  gan.begin_step(*step);
  const adam_corrections corrections{slice.corrections, slice.num_corrections};
  const auto steps = std::uint64_t(slice.generator_steps);
  if (update < 0)
    gan.update_discriminator(gan.discriminator_sums(), corrections(*step + 1));
  else
    gan.update_generator(gan.generator_sums(update), corrections(*step * steps + std::uint64_t(update) + 1));
  for_each_number(gan, [&](std::uint64_t number, float& x) { state[number * slice.num_gans] = x; });
}

static __global__ void next_step_kernel(std::uint64_t* step) { ++*step; }

static __global__ void write_distribution_kernel(fleet_slice slice) {
  const std::uint64_t index = std::uint64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (index >= slice.num_gans) return;
  float logits[5];
  for (int k = 0; k < 5; ++k) logits[k] = slice.state[std::uint64_t(k) * slice.num_gans + index];
  write_distribution(logits, slice.results.distribution + index * 5, article_classes{});
}

class an_update_a_launch {
 public:
  an_update_a_launch(const fleet_data& fleet, cudaStream_t stream) : fleet_(fleet), step_(1) {
    cudaGraph_t graph = nullptr;
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), "capture");
    for (int update = -1; update < fleet.slice().generator_steps; ++update)
      one_update_kernel<<<blocks(), 128, 0, stream>>>(fleet.slice(), step_.data(), update);
    next_step_kernel<<<1, 1, 0, stream>>>(step_.data());
    check(cudaGetLastError(), "an update a launch");
    check(cudaStreamEndCapture(stream, &graph), "capture");
    check(cudaGraphInstantiate(&graph_, graph, 0), "cudaGraphInstantiate");
    check(cudaGraphDestroy(graph), "cudaGraphDestroy");
  }
  ~an_update_a_launch() { cudaGraphExecDestroy(graph_); }
  an_update_a_launch(const an_update_a_launch&) = delete;
  an_update_a_launch& operator=(const an_update_a_launch&) = delete;

  // Trains the first `steps` steps and writes the distributions.
  void train(std::uint64_t steps, cudaStream_t stream) const {
    check(cudaMemsetAsync(step_.data(), 0, sizeof(std::uint64_t), stream), "cudaMemsetAsync");
    for (std::uint64_t i = 0; i < steps; ++i) check(cudaGraphLaunch(graph_, stream), "cudaGraphLaunch");
    write_distribution_kernel<<<blocks(), 128, 0, stream>>>(fleet_.slice());
    check(cudaGetLastError(), "write_distribution_kernel");
  }

 private:
  unsigned blocks() const { return unsigned((fleet_.gans() + 127) / 128); }

  const fleet_data& fleet_;
  device_array<std::uint64_t> step_;
  cudaGraphExec_t graph_ = nullptr;
};

}  // namespace gumbelcuda::benchmark
