// SPDX-License-Identifier: Apache-2.0
// How close are the operations on rows to the memory's speed, and is their noise free? Rows G1 to G10 of the goals
// (scripts/gpu_check/goals.py), through kernels/rows/launch.hpp. Results are first compared with the CPU's bytes; a row
// that differs is a failed check and is still timed. Logits are uniform in [−2, 2): flat, so that no early winner
// decides a row.
#include <optional>

#include "benchmarks/gpu/cudnn_softmax.hpp"
#include "benchmarks/gpu/rows_data.cuh"
#include "benchmarks/gpu/rows_peers.cuh"

namespace gumbelcuda::benchmark {
namespace {

const std::size_t bytes_an_array =
    size_or_tiny(std::size_t{512} << 20, std::size_t{1} << 14);  // ten times the L2 cache
constexpr std::uint64_t softmax_classes[] = {5, 64, 1024, 32768, 131072, 262144};

class rows {
 public:
  rows() : watch_(device_) { device_.print(); }

  int run() {
    {
      rows_data<float> data(bytes_an_array / sizeof(float), bytes_an_array / sizeof(float) / 5);
      noise(data);
      for (const std::uint64_t classes : {4096, 32768, 131072, 262144}) max(data, classes, "G1");
      for (const std::uint64_t classes : softmax_classes) {
        forward(data, classes, classes <= 64 ? "G5" : classes <= 32768 ? "G3" : "G4");
        backward(data, classes, "G6");
      }
      for (const std::uint64_t classes : {256, 1024, 32768}) against_cudnn(data, classes);
      for (const std::uint64_t classes : {64, 1024, 32768}) against_unfused(data, classes);
      latency(data);
    }
    rows_data<bfloat16> data(bytes_an_array / sizeof(bfloat16), bytes_an_array / sizeof(bfloat16) / 5);
    for (const std::uint64_t classes : {4096, 32768, 131072, 262144}) max(data, classes, "G2");
    for (const std::uint64_t classes : softmax_classes) {
      forward(data, classes, "forward bfloat16");
      backward(data, classes, "backward bfloat16");
    }
    return right_.exit_code();
  }

 private:
  void noise(rows_data<float>& data) {
    data.shape(65536);
    right_("gumbel_noise " + data.name(), data.noise_is_right());
    std::vector<contender> contenders{
        {"ours", [&](cudaStream_t s) { check(launch_rows(data.noise(), s), "gumbel_noise"); }, data.bytes()},
        {"memset", [&](cudaStream_t s) { cudaMemsetAsync(data.y(), 0, std::size_t(data.bytes()), s); }, data.bytes()}};
    std::optional<uniform_numbers> uniform;
    if (!curand().is_missing_for("a fill with uniform numbers")) {
      uniform.emplace();
      contenders.push_back({"curandGenerateUniform",
                            [&](cudaStream_t s) { uniform->fill(data.y(), data.rows() * data.classes(), s); },
                            data.bytes()});
    }
    const auto t = watch_.race(contenders);
    print_timings("gumbel_noise " + data.name(), t);
    print_ratio("G7 memset", data.name(), t[0], t[1]);
    if (uniform) print_ratio("G7", data.name(), t[0], t[2]);
  }

  template <class Stored>
  void max(rows_data<Stored>& data, std::uint64_t classes, const std::string& goal) {
    data.shape(classes);
    right_("gumbel_max " + data.name(), data.max_is_right());
    const auto t = watch_.race(
        {{"ours", [&](cudaStream_t s) { check(launch_rows(data.max(), s), "gumbel_max"); }, data.bytes()},
         {"without noise", [&](cudaStream_t s) { launch_plain_max<Stored>(data.max(), s); }, data.bytes()}});
    print_timings("gumbel_max " + data.name(), t);
    print_ratio(goal == "G1" ? "G1" : "G2 noise", data.name(), t[0], t[1]);
    if (device_.peak_gb_per_s > 0)
      print_figure(goal == "G1" ? "G1'" : "G2", data.name(),
                   data.bytes() / median(t[0].ms) / 1e6 / device_.peak_gb_per_s, t[0].clock_ghz);
  }

  // A copy that reads and writes `bytes` bytes in total.
  template <class Stored>
  contender copy_of(rows_data<Stored>& data, double bytes) {
    // Repeats a copy of one array if that array is not long enough.
    return {"copy",
            [&data, bytes](cudaStream_t s) {
              const std::size_t each = std::size_t(bytes / 2), part = std::size_t(data.bytes());
              for (std::size_t done = 0; done < each; done += part)
                cudaMemcpyAsync(data.scratch(), data.logits(), std::min(part, each - done), cudaMemcpyDeviceToDevice,
                                s);
            },
            bytes};
  }

  template <class Stored>
  void forward(rows_data<Stored>& data, std::uint64_t classes, const std::string& goal) {
    data.shape(classes);
    right_("gumbel_softmax " + data.name(), data.softmax_is_right());
    const double bytes = 2 * data.bytes();
    const auto t =
        watch_.race({{"ours", [&](cudaStream_t s) { check(launch_rows(data.softmax(), s), "gumbel_softmax"); }, bytes},
                     copy_of(data, bytes)});
    print_timings("gumbel_softmax " + data.name(), t);
    print_ratio(goal, data.name(), t[1], t[0]);
  }

  template <class Stored>
  void backward(rows_data<Stored>& data, std::uint64_t classes, const std::string& goal) {
    data.shape(classes);
    for (const bool saved_y : {true, false}) {
      const std::string what = std::string("gumbel_softmax_vjp from ") + (saved_y ? "y " : "noise ") + data.name();
      check(launch_rows(data.softmax(), nullptr), "gumbel_softmax");
      right_(what, data.vjp_is_right(saved_y));
      const double bytes = 3 * data.bytes();
      const auto task = data.vjp(saved_y);
      const auto t =
          watch_.race({{"ours", [&](cudaStream_t s) { check(launch_rows(task, s), "gumbel_softmax_vjp"); }, bytes},
                       copy_of(data, bytes)});
      print_timings(what, t);
      print_ratio(saved_y ? goal : goal + " from noise", data.name(), t[1], t[0]);
    }
  }

  void against_cudnn(rows_data<float>& data, std::uint64_t classes) {
    data.shape(classes);
    if (cudnn().is_missing_for("softmax " + data.name())) return;
    const cudnn_softmax plain(data.rows(), classes);
    const double bytes = 2 * data.bytes();
    const auto t = watch_.race(
        {{"ours", [&](cudaStream_t s) { check(launch_rows(data.softmax(), s), "gumbel_softmax"); }, bytes},
         {"cuDNN's plain softmax", [&](cudaStream_t s) { plain(data.logits(), data.scratch(), s); }, bytes}});
    print_timings("gumbel_softmax " + data.name(), t);
    print_ratio("G6'", data.name(), t[0], t[1]);
  }

  void against_unfused(rows_data<float>& data, std::uint64_t classes) {
    data.shape(classes);
    if (curand().is_missing_for("unfused " + data.name())) return;
    const uniform_numbers uniform;
    const device_array<float> row_value(data.rows());
    const auto unfused = [&](cudaStream_t s) {
      unfused_softmax(uniform, data.logits(), data.y(), row_value.data(), data.rows(), classes, data.temperature, s);
    };
    unfused(nullptr);
    check(cudaDeviceSynchronize(), "the unfused pipeline");
    // Its noise is not ours, so the only possible checks of single rows are that they are distributions, with
    // terms ≥ 0.
    bool right = true;
    for (const std::uint64_t row : data.some_rows()) {
      double sum = 0;
      for (const float p : data.row_of(data.y_array(), row)) {
        sum += double(p);
        right = right && p >= 0;
      }
      right = right && std::abs(sum - 1) < 1e-3;
    }
    right_("unfused pipeline " + data.name(), right);
    const auto t =
        watch_.race({{"ours", [&](cudaStream_t s) { check(launch_rows(data.softmax(), s), "gumbel_softmax"); }},
                     {"cuRAND and five kernels", unfused}});
    print_timings("gumbel_softmax " + data.name(), t);
    print_ratio("G8", data.name(), t[1], t[0]);
  }

  // One row, as when a server draws the next token. It consists of nodes of a CUDA graph, so that the cost of launches
  // from the host is not measured.
  void latency(rows_data<float>& data) {
    constexpr int nodes = 20;
    data.shape(131072, 1);
    right_("gumbel_max " + data.name(), data.max_is_right());
    const auto graph_of = [&](auto once) {
      cudaGraph_t graph = nullptr;
      cudaGraphExec_t ready = nullptr;
      check(cudaStreamBeginCapture(watch_.stream(), cudaStreamCaptureModeGlobal), "capture");
      for (int i = 0; i < nodes; ++i) once(watch_.stream());
      check(cudaStreamEndCapture(watch_.stream(), &graph), "capture");
      check(cudaGraphInstantiate(&ready, graph, 0), "cudaGraphInstantiate");
      check(cudaGraphDestroy(graph), "cudaGraphDestroy");
      return [ready](cudaStream_t s) { check(cudaGraphLaunch(ready, s), "cudaGraphLaunch"); };
    };
    const auto t = watch_.race(
        {{"gumbel_max", graph_of([&](cudaStream_t s) { check(launch_rows(data.max(), s), "gumbel_max"); })},
         {"gumbel_softmax", graph_of([&](cudaStream_t s) { check(launch_rows(data.softmax(), s), "gumbel_softmax"); })},
         {"empty kernel and copy", graph_of([&](cudaStream_t s) {
            empty_kernel<<<1, 32, 0, s>>>();
            cudaMemcpyAsync(data.scratch(), data.logits(), std::size_t(data.bytes()), cudaMemcpyDeviceToDevice, s);
          })}});
    print_timings("20 graph nodes " + data.name(), t);
    for (const timing& one : t) print_figure("latency in µs", one.of.who, median(one.ms) * 1e3 / nodes, one.clock_ghz);
    print_ratio("G10", "gumbel_max " + data.name(), t[0], t[2]);
    print_ratio("G10 softmax", "gumbel_softmax " + data.name(), t[1], t[2]);
  }

  device_facts device_;
  stopwatch watch_;
  verdict right_;
};

}  // namespace
}  // namespace gumbelcuda::benchmark

int main(int argc, char** argv) {
  return gumbelcuda::benchmark::run_benchmark(argc, argv, [] { return gumbelcuda::benchmark::rows().run(); });
}
