// SPDX-License-Identifier: Apache-2.0
// cuDNN's plain softmax over rows of float32, as a peer. Where cuDNN is not installed, this adds no peer.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#ifdef GUMBELCUDA_BENCHMARK_CUDNN

#include <cudnn.h>

namespace gumbelcuda::benchmark {

inline void check(cudnnStatus_t status, const char* what) {
  if (status != CUDNN_STATUS_SUCCESS) throw std::runtime_error(std::string(what) + ": " + cudnnGetErrorString(status));
}

class cudnn_softmax {
 public:
  static constexpr bool is_built = true;

  cudnn_softmax(std::uint64_t rows, std::uint64_t classes) {
    check(cudnnCreate(&handle_), "cudnnCreate");
    check(cudnnCreateTensorDescriptor(&shape_), "cudnnCreateTensorDescriptor");
    check(cudnnSetTensor4dDescriptor(shape_, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, int(rows), int(classes), 1, 1),
          "cudnnSetTensor4dDescriptor");
  }
  ~cudnn_softmax() {
    cudnnDestroyTensorDescriptor(shape_);
    cudnnDestroy(handle_);
  }
  cudnn_softmax(const cudnn_softmax&) = delete;
  cudnn_softmax& operator=(const cudnn_softmax&) = delete;

  void operator()(const float* x, float* y, cudaStream_t stream) const {
    const float one = 1, zero = 0;
    check(cudnnSetStream(handle_, stream), "cudnnSetStream");
    check(cudnnSoftmaxForward(handle_, CUDNN_SOFTMAX_ACCURATE, CUDNN_SOFTMAX_MODE_INSTANCE, &one, shape_, x, &zero,
                              shape_, y),
          "cudnnSoftmaxForward");
  }

 private:
  cudnnHandle_t handle_ = nullptr;
  cudnnTensorDescriptor_t shape_ = nullptr;
};

}  // namespace gumbelcuda::benchmark

#else

namespace gumbelcuda::benchmark {

struct cudnn_softmax {
  static constexpr bool is_built = false;
  cudnn_softmax(std::uint64_t, std::uint64_t) {}
  void operator()(const float*, float*, cudaStream_t) const {}
};

}  // namespace gumbelcuda::benchmark

#endif
