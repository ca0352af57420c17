// SPDX-License-Identifier: Apache-2.0
// Fake devices and their memory. New memory is filled with NaN, and guard zones detect writes next to it.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "tests/simt/device.hpp"
#include "tests/simt/runtime/world.hpp"

namespace gumbelcuda::fake_cuda {

void copy_rows(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch, std::size_t width,
               std::size_t height, cudaMemcpyKind kind) {
  world& w = world::get();
  if (width == 0) return;
  const std::size_t span_to = (height - 1) * to_pitch + width, span_from = (height - 1) * from_pitch + width;
  const auto is_device = [&](const void* begin, cudaMemcpyKind one_way) {
    return kind == one_way || kind == cudaMemcpyDeviceToDevice ||
           (kind == cudaMemcpyDefault && w.touches_device(begin, 1));
  };
  const auto lies_right = [&w](const void* begin, std::size_t span, bool on_device) {
    if (on_device && !w.in_device(begin, span, w.working_device))
      w.complain("a copy whose device side is not in the device's memory");
    else if (!on_device && w.touches_device(begin, span))
      w.complain("a copy whose host side is a device's memory");
    else
      return true;
    return false;
  };
  if (!lies_right(to, span_to, is_device(to, cudaMemcpyHostToDevice)) ||
      !lies_right(from, span_from, is_device(from, cudaMemcpyDeviceToHost)))
    return;
  for (std::size_t row = 0; row < height; ++row)
    std::memcpy(static_cast<char*>(to) + row * to_pitch, static_cast<const char*>(from) + row * from_pitch, width);
}

}  // namespace gumbelcuda::fake_cuda

using namespace gumbelcuda::fake_cuda;

namespace {

// With the address sanitizer, guard zones are not needed: it checks up to the exact end of an allocation.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t guard_bytes = 0;
#else
constexpr std::size_t guard_bytes = 64;
#endif
constexpr unsigned char fresh = 0xff, guard = 0xa5;

cudaError_t copy_later(const char* name, void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch,
                       std::size_t width, std::size_t height, cudaMemcpyKind kind, cudaStream_t stream) {
  api_call call(name);
  if (call.fails()) return call.result();
  if (height == 0 ||
      (height > 1 && (width > to_pitch || width > from_pitch || std::max(to_pitch, from_pitch) >> 31 > 0)))
    return call.result(cudaErrorInvalidValue);
  return call.result(enqueue(stream, [=] { copy_rows(to, to_pitch, from, from_pitch, width, height, kind); }));
}

}  // namespace

cudaError_t cudaDriverGetVersion(int* version) {
  *version = world::get().is.driver_version;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = 13000;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  api_call call("cudaGetDeviceCount");
  *count = 0;
  const machine& is = world::get().is;
  if (is.driver_version < 13000) return call.result(cudaErrorInsufficientDriver);
  if (is.devices == 0) return call.result(cudaErrorNoDevice);
  if (!call.fails()) *count = is.devices;
  return call.result();
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  api_call call("cudaGetDeviceProperties");
  if (device < 0 || device >= world::get().is.devices) return call.result(cudaErrorInvalidDevice);
  if (call.fails()) return call.result();
  *properties = {};
  properties->totalGlobalMem = world::get().is.memory;
  properties->major = 9;
  properties->multiProcessorCount = 3;
  std::snprintf(properties->name, sizeof properties->name, "Made Up %c", 'A' + device / 2);
  return call.result();
}

cudaError_t cudaSetDevice(int device) {
  api_call call("cudaSetDevice");
  if (device < 0 || device >= world::get().is.devices) return call.result(cudaErrorInvalidDevice);
  if (!call.fails()) current_device() = device;
  return call.result();
}

cudaError_t cudaGetDevice(int* device) {
  api_call call("cudaGetDevice");
  *device = current_device();
  return call.result();
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int) {
  api_call call("cudaDeviceGetAttribute");
  if (call.fails()) return call.result();
  switch (attribute) {
    case cudaDevAttrPageableMemoryAccess:
      *value = world::get().is.reaches_host_memory;
      return call.result();
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = 227 * 1024;  // of compute capability 9.0
      return call.result();
    case cudaDevAttrClusterLaunch:
      *value = gumbelcuda::simt::device_with_clusters::launches();
      return call.result();
    default:
      return call.result(cudaErrorInvalidValue);
  }
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer) {
  api_call call("cudaPointerGetAttributes");
  world& w = world::get();
  if (w.is.capturing && capture_mode_of_thread() != cudaStreamCaptureModeRelaxed) w.complain("a capture was disturbed");
  if (const cudaError_t disturbed = disturbs_captures(); disturbed != cudaSuccess) return call.result(disturbed);
  if (w.is.devices == 0) return call.result(cudaErrorNoDevice);
  if (call.fails()) return call.result();
  const auto answer = [attributes](cudaMemoryType type, int device) {
    *attributes = {};
    attributes->type = type;
    attributes->device = device;
  };
  answer(cudaMemoryTypeUnregistered, -1);
  for (const auto& [at, piece] : w.allocations)
    if (at <= pointer && pointer < at + piece.bytes) answer(cudaMemoryTypeDevice, piece.device);
  for (const auto& [at, bytes] : w.known_pages)
    if (at <= pointer && pointer < static_cast<const char*>(at) + bytes) answer(cudaMemoryTypeHost, 0);
  return call.result();
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  api_call call("cudaMemGetInfo");
  world& w = world::get();
  *total = w.is.memory;
  *free = w.is.memory - w.devices.at(std::size_t(current_device())).allocated;
  return call.result();
}

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  api_call call("cudaMalloc");
  *memory = nullptr;
  if (call.fails()) return call.result();
  if (const cudaError_t disturbed = disturbs_captures(); disturbed != cudaSuccess) return call.result(disturbed);
  world& w = world::get();
  device_state& device = w.devices.at(std::size_t(current_device()));
  if (bytes > w.is.memory - device.allocated) return call.result(cudaErrorMemoryAllocation);
  allocation piece{current_device(), bytes, std::make_unique<unsigned char[]>(bytes + 2 * guard_bytes)};
  std::fill_n(piece.memory.get(), bytes + 2 * guard_bytes, guard);
  unsigned char* const begin = piece.memory.get() + guard_bytes;
  std::fill_n(begin, bytes, fresh);
  device.allocated += bytes;
  device.most_allocated = std::max(device.most_allocated, device.allocated);
  w.allocations.emplace(begin, std::move(piece));
  *memory = begin;
  return call.result();
}

cudaError_t cudaFree(void* memory) {
  api_call call("cudaFree");
  if (memory == nullptr) return call.result();
  if (const cudaError_t disturbed = disturbs_captures(); disturbed != cudaSuccess) return call.result(disturbed);
  world& w = world::get();
  const auto found = w.allocations.find(static_cast<unsigned char*>(memory));
  if (found == w.allocations.end()) {
    w.complain("cudaFree of what is not allocated");
    return call.result(cudaErrorInvalidValue);
  }
  const allocation& piece = found->second;
  for (const cudaStream_t stream : w.streams)
    if (stream->device == piece.device && !stream->pending.empty()) w.complain("cudaFree with work still to do");
  const auto is_guard = [](unsigned char byte) { return byte == guard; };
  const unsigned char* const end = found->first + piece.bytes;
  if (!std::all_of(piece.memory.get(), piece.memory.get() + guard_bytes, is_guard) ||
      !std::all_of(end, end + guard_bytes, is_guard))
    w.complain("memory beside a piece of " + std::to_string(piece.bytes) + " bytes was written");
  w.devices.at(std::size_t(piece.device)).allocated -= piece.bytes;
  w.allocations.erase(found);
  return call.result();
}

cudaError_t cudaHostRegister(void* begin, std::size_t bytes, unsigned) {
  api_call call("cudaHostRegister");
  world& w = world::get();
  if (call.fails()) return call.result();
  if (const cudaError_t disturbed = disturbs_captures(); disturbed != cudaSuccess) return call.result(disturbed);
  if (w.is.refuses_pages) return call.result(cudaErrorMemoryAllocation);
  if (w.touches_device(begin, bytes)) w.complain("cudaHostRegister of a device's memory");
  if (!w.known_pages.emplace(begin, bytes).second) w.complain("cudaHostRegister twice");
  return call.result();
}

cudaError_t cudaHostUnregister(void* begin) {
  api_call call("cudaHostUnregister");
  if (world::get().known_pages.erase(begin) == 0) world::get().complain("cudaHostUnregister of what is not registered");
  return call.result();
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  return copy_later("cudaMemcpyAsync", to, bytes, from, bytes, bytes, 1, kind, stream);
}

cudaError_t cudaMemcpy2DAsync(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch,
                              std::size_t width, std::size_t height, cudaMemcpyKind kind, cudaStream_t stream) {
  return copy_later("cudaMemcpy2DAsync", to, to_pitch, from, from_pitch, width, height, kind, stream);
}
