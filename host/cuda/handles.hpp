// SPDX-License-Identifier: Apache-2.0
// Owners of CUDA resources: streams, events, device memory, registered host memory. Move-only. Releasing never throws:
// by then the error has been reported or does not matter any more.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "host/cuda/runtime.hpp"

namespace gumbelcuda {

// For calls that release a resource.
inline void quietly(cudaError_t code) noexcept {
  if (code != cudaSuccess) cudaGetLastError();  // otherwise this thread's next launch would report it as its own
}

struct end_stream {
  // The stream's remaining work may access host memory, so wait for it before that memory is freed.
  void operator()(cudaStream_t stream) const noexcept {
    quietly(cudaStreamSynchronize(stream));
    quietly(cudaStreamDestroy(stream));
  }
};
using cuda_stream = std::unique_ptr<std::remove_pointer_t<cudaStream_t>, end_stream>;

inline cuda_stream make_stream() {
  cudaStream_t stream = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  return cuda_stream(stream);
}

struct end_event {
  void operator()(cudaEvent_t event) const noexcept { quietly(cudaEventDestroy(event)); }
};
using cuda_event = std::unique_ptr<std::remove_pointer_t<cudaEvent_t>, end_event>;

// Blocking sync: the waiting thread sleeps instead of spinning.
inline cuda_event make_event() {
  cudaEvent_t event = nullptr;
  check(cudaEventCreateWithFlags(&event, cudaEventBlockingSync), "cudaEventCreateWithFlags");
  return cuda_event(event);
}

inline double milliseconds_between(const cuda_event& begin, const cuda_event& end) {
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()), "cudaEventElapsedTime");
  return double(milliseconds);
}

// An array of `count` values on the current device.
template <class T>
class device_buffer {
 public:
  device_buffer() = default;
  explicit device_buffer(std::uint64_t count) : count_(count) {
    if (count == 0) return;
    void* memory = nullptr;
    check(cudaMalloc(&memory, count * sizeof(T)), "cudaMalloc");
    memory_.reset(static_cast<T*>(memory));
  }

  T* data() const noexcept { return memory_.get(); }
  std::uint64_t size() const noexcept { return count_; }

  // Copy all values from or to the host, in stream order.
  void fill(const T* from, const cuda_stream& stream) const {
    copy(memory_.get(), from, cudaMemcpyHostToDevice, stream);
  }
  void read(T* to, const cuda_stream& stream) const { copy(to, memory_.get(), cudaMemcpyDeviceToHost, stream); }

 private:
  struct give_back {
    void operator()(T* memory) const noexcept { quietly(cudaFree(memory)); }
  };

  void copy(void* to, const void* from, cudaMemcpyKind kind, const cuda_stream& stream) const {
    if (count_ > 0) check(cudaMemcpyAsync(to, from, count_ * sizeof(T), kind, stream.get()), "cudaMemcpyAsync");
  }

  std::unique_ptr<T, give_back> memory_;
  std::uint64_t count_ = 0;
};

// `buffer` must outlive the stream: an exception may leave the copy in progress.
template <class T>
void to_device(device_buffer<T>& buffer, const T* values, std::uint64_t count, const cuda_stream& stream) {
  buffer = device_buffer<T>(count);
  buffer.fill(values, stream);
}

// Copies `rows` times `width` bytes from the device, in stream order; on both sides rows are `pitch` bytes apart.
// `largest_pitch` is the largest that a single copy accepts.
inline void read_rows(void* to, const void* from, std::uint64_t width, std::uint64_t rows, std::uint64_t pitch,
                      const cuda_stream& stream, std::uint64_t largest_pitch = 0x7fffffff) {
  if (pitch <= largest_pitch) {
    check(cudaMemcpy2DAsync(to, pitch, from, pitch, width, rows, cudaMemcpyDeviceToHost, stream.get()),
          "cudaMemcpy2DAsync");
    return;
  }
  for (std::uint64_t row = 0; row < rows; ++row)
    check(cudaMemcpyAsync(static_cast<char*>(to) + row * pitch, static_cast<const char*>(from) + row * pitch, width,
                          cudaMemcpyDeviceToHost, stream.get()),
          "cudaMemcpyAsync");
}

// While an object of this class lives, devices copy to and from these host pages by themselves, beside other work. If
// the system refuses to register the pages, copies only take longer.
class known_pages {
 public:
  known_pages(void* begin, std::size_t bytes) {
    const cudaError_t code = cudaHostRegister(begin, bytes, cudaHostRegisterPortable);
    quietly(code);
    if (code == cudaSuccess) pages_.reset(begin);
  }

 private:
  struct forget {
    void operator()(void* pages) const noexcept { quietly(cudaHostUnregister(pages)); }
  };
  std::unique_ptr<void, forget> pages_;
};

}  // namespace gumbelcuda
