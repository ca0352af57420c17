// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/runtime/world.hpp"

namespace gumbelcuda::fake_cuda {

world& world::get() {
  static world all;
  return all;
}

int& current_device() {
  static thread_local int device = 0;
  return device;
}

cudaError_t& last_error() {
  static thread_local cudaError_t error = cudaSuccess;
  return error;
}

void world::kernel_failed(const std::string& what) {
  complain("a kernel failed: " + what);
  broken = cudaErrorLaunchFailure;
}

bool world::touches_device(const void* begin, std::size_t bytes) const {
  const auto* const first = static_cast<const unsigned char*>(begin);
  for (const auto& [at, piece] : allocations)
    if (first < at + piece.bytes && at < first + bytes) return true;
  return false;
}

bool world::in_device(const void* begin, std::size_t bytes, int device) const {
  const auto* const first = static_cast<const unsigned char*>(begin);
  for (const auto& [at, piece] : allocations)
    if (piece.device == device && at <= first && first + bytes <= at + piece.bytes) return true;
  return false;
}

void world::do_work(cudaStream_t stream, std::uint64_t until) {
  while (stream->done < until && !stream->pending.empty()) {
    const std::function<void()> work = std::move(stream->pending.front());
    stream->pending.pop_front();
    ++stream->done;  // before the work, because a wait within it may look at this stream again
    const int outer = working_device;
    const cudaStream_t outer_stream = working_stream;
    working_device = stream->device;
    working_stream = stream;
    try {
      if (++pieces != is.failing_work) work();
    } catch (const std::exception& failure) {
      kernel_failed(failure.what());
    }
    working_device = outer;
    working_stream = outer_stream;
  }
}

void world::do_all(int device) {
  for (const cudaStream_t stream : streams)
    if (stream->device == device) do_work(stream, stream->queued);
}

void world::let_time_pass() {
  for (const cudaStream_t stream : streams) {
    if (is.schedule == 0) do_work(stream, stream->queued);
    if (is.schedule > 1) do_work(stream, stream->done + random() % 3);
  }
}

api_call::api_call(const char* name) : lock_(world::get().mutex) {
  world& w = world::get();
  w.let_time_pass();
  ++w.calls;
  if (w.is.on_call) w.is.on_call(w.calls);
  failure_ = w.broken;
  if (w.is.failing_work > 0 && w.pieces >= w.is.failing_work) failure_ = cudaErrorIllegalAddress;
  if (w.is.failing_call == 0 || w.calls < w.is.failing_call || (w.calls > w.is.failing_call && !w.is.lost)) return;
  failure_ = w.is.failure;
  w.failed.emplace_back(name);
}

cudaError_t api_call::result(cudaError_t otherwise) {
  const cudaError_t code = fails() ? failure_ : otherwise;
  if (code != cudaSuccess) last_error() = code;
  world::get().let_time_pass();
  return code;
}

void install(const machine& machine) {
  world& w = world::get();
  const std::lock_guard lock(w.mutex);
  w.is = machine;
  w.installed = true;
  w.devices.assign(std::size_t(machine.devices), {});
  w.allocations.clear();
  w.known_pages.clear();
  w.offences.clear();
  w.failed.clear();
  w.calls = w.pieces = 0;
  w.broken = cudaSuccess;
  w.random.seed(unsigned(machine.schedule));
  last_error() = cudaSuccess;
  current_device() = 0;
}

std::uint64_t calls() {
  const std::lock_guard lock(world::get().mutex);
  return world::get().calls;
}

std::uint64_t pieces_of_work() {
  const std::lock_guard lock(world::get().mutex);
  return world::get().pieces;
}

std::vector<std::string> failed_calls() {
  const std::lock_guard lock(world::get().mutex);
  return world::get().failed;
}

std::vector<std::string> offences() {
  world& w = world::get();
  const std::lock_guard lock(w.mutex);
  std::vector<std::string> all = w.offences;
  const auto left = [&all](std::size_t count, const char* what) {
    if (count > 0) all.push_back(std::to_string(count) + " " + what + " not given back");
  };
  left(w.allocations.size(), "pieces of memory");
  left(w.known_pages.size(), "registrations of pages");
  left(w.streams.size(), "streams");
  left(w.events.size(), "events");
  return all;
}

std::vector<std::uint64_t> steps_of_launches(int device) {
  const std::lock_guard lock(world::get().mutex);
  return world::get().devices.at(std::size_t(device)).launches;
}

std::size_t most_allocated(int device) {
  const std::lock_guard lock(world::get().mutex);
  return world::get().devices.at(std::size_t(device)).most_allocated;
}

bool require_device(const void* begin, std::size_t bytes, const char* what) {
  world& w = world::get();
  if (w.in_device(begin, bytes, w.working_device)) return true;
  w.complain(std::string("a kernel follows a pointer that is not its device's: ") + what);
  return false;
}

}  // namespace gumbelcuda::fake_cuda
