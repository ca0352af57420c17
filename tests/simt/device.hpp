// SPDX-License-Identifier: Apache-2.0
// The device that kernels of this OS thread believe to run on, under both interpreters: one that launches no clusters
// of blocks, so that most tests are about single blocks.
#pragma once

#include <optional>

namespace gumbelcuda::simt {

// While this lives, the device launches clusters and runs `at_once` of them side by side. 0: it says that it launches
// clusters, but has no room for one, as a slice of a device may.
class device_with_clusters {
 public:
  explicit device_with_clusters(std::optional<unsigned> at_once) { room_ = at_once; }
  ~device_with_clusters() { room_.reset(); }
  device_with_clusters(const device_with_clusters&) = delete;
  device_with_clusters& operator=(const device_with_clusters&) = delete;

  static bool launches() { return room_.has_value(); }
  static unsigned at_once() { return room_.value_or(0); }

 private:
  static inline thread_local std::optional<unsigned> room_;
};

}  // namespace gumbelcuda::simt
