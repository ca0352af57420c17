// SPDX-License-Identifier: Apache-2.0
#include "host/cuda/device_training.hpp"

#include <algorithm>

#include "host/byte_text.hpp"
#include "host/cuda/slice_size.hpp"
#include "host/cuda/slice_training.hpp"

namespace gumbelcuda {
namespace {

void train_in_slices(const cuda_fleet& fleet, const cuda_device& device, const device_constants& constants,
                     std::uint64_t first, std::uint64_t count) {
  const gan_bytes bytes(fleet.config);
  const std::uint64_t history_end = std::min(fleet.config.history_gans, first + count);
  for (const std::uint64_t end = first + count; first < end && !fleet.watch.stopped();) {
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
    const std::uint64_t usable = usable_memory(free, total);
    const std::uint64_t size = slice_size(bytes, end - first, history_end - std::min(history_end, first), usable);
    if (size == 0) {
      const std::uint64_t needed = saturating_sum(bytes.each, bytes.history);
      throw out_of_memory("backend cuda, " + device_text(device) + ": one GAN takes up to " +
                          byte_text(needed, usable) + " of the device's memory, and " + byte_text(usable, needed) +
                          " of " + byte_text(total) +
                          " can be used; end other programs that use it, or keep no history");
    }
    if (!slice_training(fleet, constants, device.multiprocessors, first, size).run()) return;
    fleet.state.mark(first, size);
    first += size;
  }
}

}  // namespace

void train_on_device(const cuda_fleet& fleet, const cuda_device& device, const std::vector<gan_range>& ranges) {
  try {
    check(cudaSetDevice(device.number), "cudaSetDevice");
    const history_pages::holder pages(fleet.history);
    const device_constants constants(fleet.constants);
    for (const gan_range& range : ranges) train_in_slices(fleet, device, constants, range.first, range.count);
  } catch (const cuda_failure& failure) {
    throw_failure_of(device, failure);
  }
}

}  // namespace gumbelcuda
