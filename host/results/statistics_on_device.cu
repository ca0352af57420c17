// SPDX-License-Identifier: Apache-2.0
#include "host/results/statistics_on_device.hpp"

#include <cuda_runtime_api.h>
#include <thrust/system/cuda/execution_policy.h>
#include <thrust/system/cuda/vector.h>
#include <thrust/system_error.h>

#include <new>

#include "host/results/parallel_thrust.hpp"
#include "host/results/summarise.hpp"

namespace gumbelcuda {
namespace {

template <class Value>
using device_vector = thrust::cuda::vector<Value>;
using algorithms = parallel::thrust_algorithms<thrust::cuda::tag, device_vector>;

// Sets the device, and at the end restores the calling thread's current one.
class current_device {
 public:
  explicit current_device(int device)
      : older_error_(cudaPeekAtLastError()),
        is_set_(cudaGetDevice(&before_) == cudaSuccess && cudaSetDevice(device) == cudaSuccess) {}
  ~current_device() {
    if (is_set_) cudaSetDevice(before_);
    if (older_error_ == cudaSuccess) cudaGetLastError();  // otherwise this thread's next launch would report it
  }
  current_device(const current_device&) = delete;
  current_device& operator=(const current_device&) = delete;

  bool is_set() const { return is_set_; }

 private:
  int before_ = 0;
  cudaError_t older_error_;
  bool is_set_;
};

}  // namespace

std::optional<fleet_statistics> try_collect_on_device(const fleet_result& fleet, const std::vector<double>& target,
                                                      double tolerance, int device) {
  const current_device current(device);
  if (!current.is_set()) return {};
  try {
    summary::check_sizes(fleet.distribution.size(), fleet.classes, target);
    summary::sample_in_memory<algorithms> sample(fleet.distribution, target);
    return summary::collect<algorithms>(sample, target.size(), tolerance);
  } catch (const std::bad_alloc&) {
    return {};
  } catch (const thrust::system_error&) {
    return {};
  }
}

}  // namespace gumbelcuda
