// SPDX-License-Identifier: Apache-2.0
// Shared parts of the GPU benchmarks: device memory, timing of contenders by turns, and records as lines of JSON.
//
// Contenders run one after another, round by round, so that changes of clock and temperature affect all of them alike.
// A ratio is the median over the rounds. The clock is never changed, only measured, and printed next to every figure.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmarks/gpu/record.hpp"

namespace gumbelcuda::benchmark {

inline void check(cudaError_t status, const char* what) {
  if (status != cudaSuccess) throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(status));
}
// For functions of kernels/, which return a cudaError_t as an int.
inline void check(int status, const char* what) { check(cudaError_t(status), what); }

template <class T>
class device_array {
 public:
  explicit device_array(std::size_t size) : size_(size) {
    if (size > 0) check(cudaMalloc(&data_, size * sizeof(T)), "cudaMalloc");
  }
  explicit device_array(const std::vector<T>& values) : device_array(values.size()) {
    check(cudaMemcpy(data_, values.data(), bytes(), cudaMemcpyHostToDevice), "copy to the device");
  }
  ~device_array() { cudaFree(data_); }
  device_array(const device_array&) = delete;
  device_array& operator=(const device_array&) = delete;

  T* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return size_ * sizeof(T); }
  std::vector<T> to_host(std::size_t first, std::size_t count) const {
    std::vector<T> values(count);
    check(cudaMemcpy(values.data(), data_ + first, count * sizeof(T), cudaMemcpyDeviceToHost), "copy to the host");
    return values;
  }
  std::vector<T> to_host() const { return to_host(0, size_); }

 private:
  T* data_ = nullptr;
  std::size_t size_;
};

// Measures a multiprocessor's cycles and nanoseconds while this one thread waits.
static __global__ void measure_clock(unsigned long long* cycles_and_nanoseconds) {
  constexpr unsigned long long wait = 200'000;
  unsigned long long start, now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(start)::"memory");
  const long long first_cycle = clock64();
  do asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now)::"memory");
  while (now - start < wait);
  cycles_and_nanoseconds[0] = static_cast<unsigned long long>(clock64() - first_cycle);
  cycles_and_nanoseconds[1] = now - start;
}

// The L2 cache is flushed by reads, so that the next timed run need not write back lines.
static __global__ void flush_by_reading(const uint4* lines, std::size_t count, unsigned* sink) {
  unsigned sum = 0;
  const std::size_t step = std::size_t(gridDim.x) * blockDim.x;
  for (std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += step)
    sum ^= lines[i].x ^ lines[i].w;
  if (sum == 1) *sink = sum;  // never true: all lines are 0
}

// A launch that was refused takes no time, and <<<>>> does not tell. The rest may still be worth its time.
inline void expect_launched(const std::string& who) {
  if (const cudaError_t status = cudaGetLastError(); status != cudaSuccess)
    verdict()(who + ": launched", false, cudaGetErrorString(status));
}

struct contender {
  std::string who;
  std::function<void(cudaStream_t)> run;
  double bytes = 0;  // the least that it must read and write; 0: memory is not what limits it
};

struct timing {
  contender of;
  std::vector<double> ms;
  double clock_ghz = 0;
};

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

struct device_facts {
  cudaDeviceProp properties{};
  double peak_gb_per_s = 0;  // of its memory: data sheet, two transfers a clock; 0: the driver does not say

  device_facts() {
    int device = 0, memory_khz = 0, bus_bits = 0;
    check(cudaGetDevice(&device), "cudaGetDevice");
    check(cudaGetDeviceProperties(&properties, device), "cudaGetDeviceProperties");
    // Not every driver says.
    if (cudaDeviceGetAttribute(&memory_khz, cudaDevAttrMemoryClockRate, device) != cudaSuccess) memory_khz = 0;
    if (cudaDeviceGetAttribute(&bus_bits, cudaDevAttrGlobalMemoryBusWidth, device) != cudaSuccess) bus_bits = 0;
    cudaGetLastError();
    peak_gb_per_s = 2. * memory_khz * 1e3 * bus_bits / 8 / 1e9;
  }
  void print() const {
    int driver = 0, runtime = 0;
    check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
    check(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
    record("device")
        .set("name", properties.name)
        .set("compute_capability", properties.major * 10 + properties.minor)
        .set("multiprocessors", properties.multiProcessorCount)
        .set("memory_bytes", double(properties.totalGlobalMem))
        .set("l2_bytes", properties.l2CacheSize)
        .set("peak_gb_per_s", peak_gb_per_s)
        .set("driver", driver)
        .set("runtime", runtime)
        .print();
  }
};

class stopwatch {
 public:
  explicit stopwatch(const device_facts& device)
      : flushed_(size_or_tiny<std::size_t>(
                     std::max<std::size_t>(4 * std::size_t(device.properties.l2CacheSize), 128 << 20), 4096) /
                 sizeof(uint4)),
        sink_(1),
        clock_(2),
        blocks_(size_or_tiny(unsigned(device.properties.multiProcessorCount) * 8, 1u)) {
    check(cudaMemset(flushed_.data(), 0, flushed_.bytes()), "cudaMemset");
    check(cudaStreamCreate(&stream_), "cudaStreamCreate");
    check(cudaEventCreate(&begin_), "cudaEventCreate");
    check(cudaEventCreate(&end_), "cudaEventCreate");
  }
  ~stopwatch() {
    cudaEventDestroy(begin_);
    cudaEventDestroy(end_);
    cudaStreamDestroy(stream_);
  }
  stopwatch(const stopwatch&) = delete;
  stopwatch& operator=(const stopwatch&) = delete;

  cudaStream_t stream() const { return stream_; }

  // One timed run after a flush of L2. The flush also keeps the device busy while the host queues the run.
  double once(const contender& c) {
    flush_by_reading<<<blocks_, 512, 0, stream_>>>(flushed_.data(), flushed_.size(), sink_.data());
    expect_launched("flush_by_reading");
    check(cudaEventRecord(begin_, stream_), "cudaEventRecord");
    c.run(stream_);
    expect_launched(c.who);
    check(cudaEventRecord(end_, stream_), "cudaEventRecord");
    check(cudaEventSynchronize(end_), c.who.c_str());
    float ms = 0;
    check(cudaEventElapsedTime(&ms, begin_, end_), c.who.c_str());
    return double(ms);
  }

  // Times all contenders by turns, after `warm_up` untimed runs of each. Every round begins with another contender.
  std::vector<timing> race(const std::vector<contender>& contenders, int rounds = 31, int warm_up = 2) {
    rounds = size_or_tiny(rounds, 1);
    warm_up = size_or_tiny(warm_up, 0);
    std::vector<timing> timings;
    for (const contender& c : contenders) {
      for (int i = 0; i < warm_up; ++i) c.run(stream_);
      timings.push_back({c, {}, 0});
    }
    check(cudaStreamSynchronize(stream_), "warm-up");
    std::vector<double> clocks;
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < timings.size(); ++i) {
        timing& t = timings[(i + std::size_t(round)) % timings.size()];
        t.ms.push_back(once(t.of));
      }
      clocks.push_back(clock_ghz());
    }
    for (timing& t : timings) t.clock_ghz = median(clocks);
    return timings;
  }

  double clock_ghz() {
    if (is_tiny()) return 1;  // an interpreter of kernels has no clock
    measure_clock<<<1, 1, 0, stream_>>>(clock_.data());
    expect_launched("measure_clock");
    check(cudaStreamSynchronize(stream_), "measure_clock");
    const auto counts = clock_.to_host();
    return double(counts[0]) / double(counts[1]);
  }

 private:
  device_array<uint4> flushed_;
  device_array<unsigned> sink_;
  device_array<unsigned long long> clock_;
  unsigned blocks_;
  cudaStream_t stream_ = nullptr;
  cudaEvent_t begin_ = nullptr, end_ = nullptr;
};

inline record timing_record(const std::string& what, const timing& t) {
  const auto [least, most] = std::minmax_element(t.ms.begin(), t.ms.end());
  record r("time");
  r.set("case", what).set("who", t.of.who).set("ms", median(t.ms)).set("min_ms", *least).set("max_ms", *most);
  r.set("rounds", int(t.ms.size())).set("clock_ghz", t.clock_ghz);
  if (t.of.bytes > 0) r.set("gb_per_s", t.of.bytes / median(t.ms) / 1e6);
  return r;
}

inline void print_timings(const std::string& what, const std::vector<timing>& timings) {
  for (const timing& t : timings) timing_record(what, t).print();
}

// A figure that belongs to a goal; scripts/gpu_check/goals.py lists the goals.
inline void print_figure(const std::string& goal, const std::string& what, double value, double clock_ghz) {
  record("figure").set("goal", goal).set("case", what).set("value", value).set("clock_ghz", clock_ghz).print();
}

// Time of `above` over time of `below`, round by round.
inline void print_ratio(const std::string& goal, const std::string& what, const timing& above, const timing& below) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < above.ms.size(); ++i) ratios.push_back(above.ms[i] / below.ms[i]);
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  record r("figure");
  r.set("goal", goal).set("case", what).set("against", below.of.who).set("value", median(ratios)).set("min", *least);
  r.set("max", *most).set("rounds", int(ratios.size())).set("clock_ghz", above.clock_ghz).print();
}

}  // namespace gumbelcuda::benchmark
