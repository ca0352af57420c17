// SPDX-License-Identifier: Apache-2.0
// The state of the fake runtime. One lock protects all of it: the time goes into the interpreter, not into waiting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "tests/simt/runtime/fake_cuda.hpp"

// What a stream that is captured was given to do.
struct captured_work {
  cudaStreamCaptureMode mode;
  std::thread::id thread;
  std::vector<std::function<void()>> work;
  bool invalidated = false;
};

// Work of a stream, in order. Waiting for an event is work, too: it first makes the other stream execute up to the
// record.
struct CUstream_st {
  int device;
  std::deque<std::function<void()>> pending;
  std::uint64_t queued = 0, done = 0;
  double clock = 0;                // milliseconds
  bool waits_for_default = false;  // and the default stream for it: no cudaStreamNonBlocking
  std::unique_ptr<captured_work> capture{};
};

struct CUevent_st {
  int device;
  cudaStream_t stream = nullptr;  // of the last record
  std::uint64_t position = 0;     // complete once the stream has executed this many pieces of work
  double clock = 0;
};

namespace gumbelcuda::fake_cuda {

struct allocation {
  int device;
  std::size_t bytes;
  std::unique_ptr<unsigned char[]> memory;  // with a guard zone at each end
};

struct device_state {
  std::size_t allocated = 0, most_allocated = 0;
  std::vector<std::uint64_t> launches;
};

struct world {
  std::recursive_mutex mutex;
  machine is;
  bool installed = false;  // by a test that looks for offences
  std::vector<device_state> devices{std::size_t(is.devices)};
  std::map<const unsigned char*, allocation> allocations;  // keyed by their first byte
  std::map<void*, std::size_t> known_pages;
  std::set<cudaStream_t> streams;
  std::set<cudaEvent_t> events;
  std::vector<std::string> offences, failed;
  std::uint64_t calls = 0, pieces = 0;
  std::minstd_rand random;
  int working_device = 0;
  cudaStream_t working_stream = nullptr;
  cudaError_t broken = cudaSuccess;  // by a kernel that failed: every later call fails

  static world& get();

  void complain(const std::string& what) { offences.push_back(what); }
  void kernel_failed(const std::string& what);
  // Whether these bytes touch device memory; whether they lie within one allocation of a device.
  bool touches_device(const void* begin, std::size_t bytes) const;
  bool in_device(const void* begin, std::size_t bytes, int device) const;
  void do_work(cudaStream_t stream, std::uint64_t until);
  void do_all(int device);
  void let_time_pass();
};

// Adds work to a stream, or to what is captured of it. Null is the legacy default stream: its work waits for all
// earlier work of the device's streams, but for those of cudaStreamNonBlocking, and theirs waits for it. Here it is
// done at once. That is an error while such a stream is captured, whose graph could not wait.
cudaError_t enqueue(cudaStream_t stream, std::function<void()> work);

// For calls that a capture forbids. Those that could change what a captured graph depends on (cudaMalloc, ...) are
// forbidden by the mode of the capture and of the thread; waiting for a stream is by its own capture in any mode.
// Where it is forbidden, the captures are invalidated, and this is the error that the call returns.
cudaError_t disturbs_captures();
cudaStreamCaptureMode& capture_mode_of_thread();
cudaError_t disturbs_capture_of(cudaStream_t stream);

// Copies between the working device and the host. Complains where a side is not what the kind says.
void copy_rows(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch, std::size_t width,
               std::size_t height, cudaMemcpyKind kind);

// Every API function creates one first. It takes the lock, counts the call, decides whether it fails, and stores the
// error for cudaGetLastError.
class api_call {
 public:
  explicit api_call(const char* name);
  bool fails() const { return failure_ != cudaSuccess; }
  cudaError_t result(cudaError_t otherwise = cudaSuccess);

 private:
  std::unique_lock<std::recursive_mutex> lock_;
  cudaError_t failure_ = cudaSuccess;
};

int& current_device();
cudaError_t& last_error();

}  // namespace gumbelcuda::fake_cuda
