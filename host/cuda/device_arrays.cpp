// SPDX-License-Identifier: Apache-2.0
#include "host/cuda/device_arrays.hpp"

#include <map>

#include "host/cuda/handles.hpp"

namespace gumbelcuda {
namespace {

class arrays_on_device : public device_arrays {
 public:
  void* stream() const override { return stream_.get(); }

  void* upload(const void* from, std::uint64_t bytes) override {
    device_buffer<char> array(bytes);
    void* const there = array.data();
    const device_buffer<char>& kept = arrays_[there] = std::move(array);
    kept.fill(static_cast<const char*>(from), stream_);
    wait();
    return there;
  }

  void download(void* to, const void* from, std::uint64_t bytes) override {
    if (bytes == 0) return;
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_.get()), "cudaMemcpyAsync");
    wait();
  }

  void clear() noexcept override {
    quietly(cudaStreamSynchronize(stream_.get()));
    arrays_.clear();
  }

 private:
  void wait() const { check(cudaStreamSynchronize(stream_.get()), "cudaStreamSynchronize"); }

  std::map<void*, device_buffer<char>> arrays_;  // must live longer than the stream
  cuda_stream stream_ = make_stream();
};

}  // namespace

std::unique_ptr<device_arrays> make_device_arrays() { return std::make_unique<arrays_on_device>(); }

}  // namespace gumbelcuda
