// SPDX-License-Identifier: Apache-2.0
// The most that this device can do: bandwidth of copying, reading and writing, and rates of the instructions that our
// kernels use. The other figures of the same run are compared with these limits; and row G12 of the goals, Philox in
// registers.
#include "benchmarks/gpu/harness.cuh"
#include "gumbelcuda/math/philox.hpp"

namespace gumbelcuda::benchmark {
namespace {

constexpr int rate_block = 256, blocks_a_multiprocessor = 8, chains = 8, rate_turns = 2048;

// One instruction, in a chain through its own results. With asm volatile it is neither dropped nor merged.
struct fma_chain {
  static constexpr const char* name = "fma.rn.f32";
  using value = float;
  static __device__ void step(float& x, unsigned) { asm volatile("fma.rn.f32 %0, %0, %0, %0;" : "+f"(x)); }
};
struct lg2_chain {
  static constexpr const char* name = "lg2.approx.ftz.f32";
  using value = float;
  static __device__ void step(float& x, unsigned) { asm volatile("lg2.approx.ftz.f32 %0, %0;" : "+f"(x)); }
};
struct ex2_chain {
  static constexpr const char* name = "ex2.approx.ftz.f32";
  using value = float;
  static __device__ void step(float& x, unsigned) { asm volatile("ex2.approx.ftz.f32 %0, %0;" : "+f"(x)); }
};
struct sqrt_approx_chain {
  static constexpr const char* name = "sqrt.approx.ftz.f32";
  using value = float;
  static __device__ void step(float& x, unsigned) { asm volatile("sqrt.approx.ftz.f32 %0, %0;" : "+f"(x)); }
};
struct sqrt_chain {  // the rounding that our kernels use: several instructions
  static constexpr const char* name = "sqrt.rn.f32";
  using value = float;
  static __device__ void step(float& x, unsigned) { asm volatile("sqrt.rn.f32 %0, %0;" : "+f"(x)); }
};
struct mad_wide_chain {
  static constexpr const char* name = "mad.wide.u32";
  using value = std::uint64_t;
  static __device__ void step(std::uint64_t& x, unsigned k) {
    asm volatile("mad.wide.u32 %0, %1, %2, %0;" : "+l"(x) : "r"(unsigned(x)), "r"(k));
  }
};
struct lop3_chain {
  static constexpr const char* name = "lop3.b32";
  using value = std::uint32_t;
  static __device__ void step(std::uint32_t& x, unsigned k) {
    asm volatile("lop3.b32 %0, %0, %1, %2, 0x96;" : "+r"(x) : "r"(k), "r"(k >> 3));
  }
};

template <class Chain>
__global__ void __launch_bounds__(rate_block) rate_kernel(typename Chain::value* out, unsigned k) {
  typename Chain::value x[chains];
  for (int c = 0; c < chains; ++c) x[c] = typename Chain::value(threadIdx.x + unsigned(c) + k);
  for (int turn = 0; turn < rate_turns; ++turn) {
    GUMBELCUDA_UNROLL
    for (int c = 0; c < chains; ++c) Chain::step(x[c], k);
  }
  typename Chain::value sum = x[0];
  for (int c = 1; c < chains; ++c) sum += x[c];
  out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

// Philox4x32-10 and nothing else: all words of a block are combined into one.
constexpr int philox_turns = 512;
__global__ void __launch_bounds__(rate_block) philox_kernel(std::uint32_t* out, std::uint64_t seed) {
  const std::uint32_t thread = blockIdx.x * blockDim.x + threadIdx.x;
  std::uint32_t folded = 0;
  for (int turn = 0; turn < philox_turns; turn += 4) {
    GUMBELCUDA_UNROLL
    for (int i = 0; i < 4; ++i) {
      const auto block =
          philox4x32_10(philox_block<std::uint32_t>{{std::uint32_t(turn + i), 0, thread, 0}}, philox_key(seed));
      folded ^= block.word[0] ^ block.word[1] ^ block.word[2] ^ block.word[3];
    }
  }
  out[thread] = folded;
}

__global__ void __launch_bounds__(512) read_kernel(const uint4* from, std::size_t count, unsigned* sink) {
  unsigned sum = 0;
  const std::size_t step = std::size_t(gridDim.x) * blockDim.x;
  for (std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += step) {
    const uint4 line = __ldg(from + i);
    sum ^= line.x ^ line.y ^ line.z ^ line.w;
  }
  if (sum == 1) *sink = sum;  // never true: all lines are 0
}

class limits {
 public:
  limits() : watch_(device_), threads_(std::size_t(blocks()) * rate_block) { device_.print(); }

  int run() {
    bandwidth();
    rate<fma_chain>();
    rate<lg2_chain>();
    rate<ex2_chain>();
    rate<sqrt_approx_chain>();
    rate<sqrt_chain>();
    mad_wide_ = rate<mad_wide_chain>();
    lop3_ = rate<lop3_chain>();
    philox();
    return right_.exit_code();
  }

 private:
  unsigned blocks() const {
    return size_or_tiny(unsigned(device_.properties.multiProcessorCount) * blocks_a_multiprocessor, 1u);
  }

  void bandwidth() {
    std::size_t free_bytes = 0, total_bytes = 0;
    check(cudaMemGetInfo(&free_bytes, &total_bytes), "cudaMemGetInfo");
    const std::size_t bytes = std::min(size_or_tiny<std::size_t>(1 << 30, 1 << 16), free_bytes / 8) / 4096 * 4096;
    const device_array<uint4> from(bytes / sizeof(uint4)), to(bytes / sizeof(uint4));
    const device_array<unsigned> sink(1);
    check(cudaMemset(from.data(), 0, bytes), "cudaMemset");
    const double moved = double(bytes);
    const auto timings = watch_.race(
        {{"copy", [&](cudaStream_t s) { cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, s); },
          2 * moved},
         {"read only",
          [&](cudaStream_t s) { read_kernel<<<blocks(), 512, 0, s>>>(from.data(), from.size(), sink.data()); }, moved},
         {"memset", [&](cudaStream_t s) { cudaMemsetAsync(to.data(), 0, bytes, s); }, moved}});
    print_timings("bandwidth", timings);
    for (const timing& t : timings)
      if (device_.peak_gb_per_s > 0)
        print_figure("bandwidth", t.of.who, t.of.bytes / median(t.ms) / 1e6 / device_.peak_gb_per_s, t.clock_ghz);
  }

  // Results for each clock cycle and multiprocessor.
  double per_clock(const timing& t, double results) const {
    return results / (median(t.ms) * 1e-3 * t.clock_ghz * 1e9 * device_.properties.multiProcessorCount);
  }

  template <class Chain>
  double rate() {
    const device_array<typename Chain::value> out(threads_);
    const auto timings = watch_.race(
        {{Chain::name, [&](cudaStream_t s) { rate_kernel<Chain><<<blocks(), rate_block, 0, s>>>(out.data(), 3); }}},
        11);
    print_timings("rate", timings);
    const double rate = per_clock(timings[0], double(threads_) * chains * rate_turns);
    print_figure("rate", Chain::name, rate, timings[0].clock_ghz);
    return rate;
  }

  // A block of four words takes at least 20 wide products and 20 three-input exclusive-ors; 128 lanes issue a clock.
  void philox() {
    const device_array<std::uint32_t> out(threads_);
    const std::uint64_t seed = 0x123456789abcdef0;
    const auto timings = watch_.race(
        {{"philox", [&](cudaStream_t s) { philox_kernel<<<blocks(), rate_block, 0, s>>>(out.data(), seed); }}});
    std::uint32_t expected = 0;
    for (int turn = 0; turn < philox_turns; ++turn)
      for (const std::uint32_t word :
           philox4x32_10(philox_block<std::uint32_t>{{std::uint32_t(turn), 0, 77, 0}}, philox_key(seed)).word)
        expected ^= word;
    right_("philox in registers", out.to_host(77, 1)[0] == expected);
    print_timings("philox", timings);
    const double words = 4 * per_clock(timings[0], double(threads_) * philox_turns);
    const double bound = 4 / std::max({20 / mad_wide_, 20 / lop3_, 40 / 128.});
    print_figure("rate", "philox words", words, timings[0].clock_ghz);
    print_figure("G12", "philox words", words / bound, timings[0].clock_ghz);
  }

  device_facts device_;
  stopwatch watch_;
  verdict right_;
  std::size_t threads_;
  double mad_wide_ = 0, lop3_ = 0;
};

}  // namespace
}  // namespace gumbelcuda::benchmark

int main(int argc, char** argv) {
  return gumbelcuda::benchmark::run_benchmark(argc, argv, [] { return gumbelcuda::benchmark::limits().run(); });
}
