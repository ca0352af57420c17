// SPDX-License-Identifier: Apache-2.0
// The fleet's kernels on fake devices, in place of what nvcc makes of kernels/fleet/*.cu. Every pointer is checked
// before it is followed.
#include <algorithm>

#include "kernels/fleet/launch.cuh"
#include "tests/simt/runtime/fake_cuda.hpp"

namespace gumbelcuda {
namespace {

bool pointers_are_good(const fleet_slice& slice) {
  bool good = true;
  const auto look = [&](const auto* begin, std::uint64_t count, const char* what) {
    good = good && (count == 0 || fake_cuda::require_device(begin, count * sizeof *begin, what));
  };
  const auto classes = std::uint64_t(slice.classes), gans = slice.num_gans, values = gans * classes;
  look(slice.target, classes, "target");
  look(slice.first_word, classes, "first_word");
  look(slice.last_word, classes, "last_word");
  look(slice.corrections, slice.num_corrections, "corrections");
  for (const per_gan& of_gans : {slice.temperature, slice.generator_rate, slice.discriminator_rate})
    look(of_gans.values, 1 + (gans - 1) * of_gans.stride, "values of GANs");
  look(slice.state, gans * fleet_state_size(slice.classes), "state");
  for (const float* result : {slice.results.distribution, slice.results.logits, slice.results.weights})
    look(result, values, "results by class");
  for (const float* result : {slice.results.bias, slice.results.generator_loss, slice.results.discriminator_loss})
    look(result, gans, "results by GAN");
  look(slice.history, std::min(slice.history_gans, gans) * slice.epochs * classes, "history");
  return good;
}

}  // namespace

int launch_train_fleet(const fleet_slice& slice, void* stream) {
  return fake_cuda::launch(static_cast<cudaStream_t>(stream), slice.last_step - slice.first_step, [slice] {
    if (pointers_are_good(slice) && launch_train_fleet_on(slice, nullptr) != launch_success)
      throw simt::error(simt::error_kind::launch_shape, {}, {}, "launch_train_fleet_on", nullptr);
  });
}

}  // namespace gumbelcuda
