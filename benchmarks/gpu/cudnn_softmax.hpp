// SPDX-License-Identifier: Apache-2.0
// cuDNN's plain softmax over rows of float32, as a peer.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "benchmarks/gpu/found_library.hpp"

namespace gumbelcuda::benchmark {

inline const found_library& cudnn() {
  static const found_library library("cuDNN", {"libcudnn.so.9", "libcudnn.so.8", "libcudnn.so"});
  return library;
}

class cudnn_softmax {
 public:
  cudnn_softmax(std::uint64_t rows, std::uint64_t classes) {
    constexpr int nchw = 0, float32 = 0;
    cudnn().call("cudnnCreate", &handle_);
    cudnn().call("cudnnCreateTensorDescriptor", &shape_);
    cudnn().call("cudnnSetTensor4dDescriptor", shape_, nchw, float32, int(rows), int(classes), 1, 1);
  }
  ~cudnn_softmax() {
    cudnn().call("cudnnDestroyTensorDescriptor", shape_);
    cudnn().call("cudnnDestroy", handle_);
  }
  cudnn_softmax(const cudnn_softmax&) = delete;
  cudnn_softmax& operator=(const cudnn_softmax&) = delete;

  void operator()(const float* x, float* y, cudaStream_t stream) const {
    constexpr int accurate = 1, instance = 0;
    const float one = 1, zero = 0;
    cudnn().call("cudnnSetStream", handle_, stream);
    cudnn().call<void*, int, int, const void*, void*, const void*, const void*, void*, void*>(
        "cudnnSoftmaxForward", handle_, accurate, instance, &one, shape_, x, &zero, shape_, y);
  }

 private:
  void *handle_ = nullptr, *shape_ = nullptr;
};

}  // namespace gumbelcuda::benchmark
