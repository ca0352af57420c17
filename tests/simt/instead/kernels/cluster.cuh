// SPDX-License-Identifier: Apache-2.0
// Replaces kernels/cluster.cuh when kernels run on this processor.
#pragma once

#include "tests/simt/interpreter.hpp"

namespace gumbelcuda {

inline unsigned block_of_cluster() { return simt::machine::running().block_of_cluster(); }

inline void cluster_sync(const std::source_location& where = std::source_location::current()) {
  simt::machine::running().barrier({simt::operation::cluster_barrier, 0, 0, sizeof(int), 0, warpSize, where});
}

template <class T>
shared_pointer<T> in_block(const shared_pointer<T>& pointer, unsigned block) {
  return pointer.in_block(block);
}

}  // namespace gumbelcuda
