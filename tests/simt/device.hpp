// SPDX-License-Identifier: Apache-2.0
// The device that kernels of this OS thread believe to run on, under both interpreters.
#pragma once

namespace gumbelcuda::simt {

// Of a device that launches clusters of blocks. 0: of one that does not, so that most tests are about single blocks.
inline thread_local unsigned multiprocessors_for_clusters = 0;

// While this lives, the device launches clusters.
class device_with_clusters {
 public:
  explicit device_with_clusters(unsigned multiprocessors) { multiprocessors_for_clusters = multiprocessors; }
  ~device_with_clusters() { multiprocessors_for_clusters = 0; }
  device_with_clusters(const device_with_clusters&) = delete;
  device_with_clusters& operator=(const device_with_clusters&) = delete;
};

}  // namespace gumbelcuda::simt
