// SPDX-License-Identifier: Apache-2.0
// How fast are the operations on rows on one core, compared in the same run with a plain scalar program: a shift
// register, std::log and std::exp, no vectors of its own? Prints classes per second, then the ratios. For figures to be
// quoted: `--benchmark_enable_random_interleaving=true --benchmark_repetitions=9`.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "benchmarks/rows_cases.hpp"

namespace {

using rows_cases::batch;

// Marsaglia, Xorshift RNGs (2003).
struct shift_register {
  std::uint32_t x = 2463534242u;
  float gumbel() {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return -std::log(-std::log((float(x >> 8) + .5f) * 0x1p-24f));
  }
};

void obvious_noise(batch& b) {
  shift_register random;
  for (float& g : b.y) g = random.gumbel();
}
void obvious_max(batch& b) {
  shift_register random;
  for (std::uint64_t row = 0; row < b.rows; ++row) {
    float best = -INFINITY;
    for (std::uint64_t k = 0; k < b.classes; ++k) {
      const float score = b.logits[row * b.classes + k] + random.gumbel();
      if (score > best) best = score, b.index[row] = std::int64_t(k);
    }
  }
}
void obvious_top_k(batch& b) {
  shift_register random;
  std::vector<std::int64_t> order(b.classes);
  for (std::uint64_t row = 0; row < b.rows; ++row) {
    float* scores = &b.y[row * b.classes];
    for (std::uint64_t k = 0; k < b.classes; ++k) scores[k] = b.logits[row * b.classes + k] + random.gumbel();
    std::iota(order.begin(), order.end(), std::int64_t{0});
    const auto best = b.index.begin() + std::ptrdiff_t(row * b.drawn);
    std::partial_sort_copy(order.begin(), order.end(), best, best + std::ptrdiff_t(b.drawn),
                           [&](std::int64_t i, std::int64_t j) { return scores[i] > scores[j]; });
  }
}
void obvious_softmax(batch& b) {
  shift_register random;
  for (std::uint64_t row = 0; row < b.rows; ++row) {
    const float *logits = &b.logits[row * b.classes], *d_y = &b.d_y[row * b.classes];
    float *y = &b.y[row * b.classes], *d = &b.d_logits[row * b.classes];
    float top = -INFINITY, total = 0, mean = 0;
    for (std::uint64_t k = 0; k < b.classes; ++k) top = std::max(top, y[k] = logits[k] + random.gumbel());
    for (std::uint64_t k = 0; k < b.classes; ++k) total += y[k] = std::exp((y[k] - top) / b.temperature);
    for (std::uint64_t k = 0; k < b.classes; ++k) y[k] /= total;
    for (std::uint64_t k = 0; k < b.classes; ++k) mean += y[k] * d_y[k];
    for (std::uint64_t k = 0; k < b.classes; ++k) d[k] = y[k] * (d_y[k] - mean) / b.temperature;
  }
}

void add(const std::string& name, std::uint64_t rows, std::uint64_t classes, void (*run)(batch&)) {
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
    batch b(rows, classes, rows_cases::memory::all, 64);
    for (auto _ : state) {
      run(b);
      benchmark::ClobberMemory();
    }
    state.counters["classes/s"] =
        benchmark::Counter(double(rows * classes), benchmark::Counter::kIsIterationInvariantRate);
  })->Unit(benchmark::kMillisecond);  // of this thread's time, which differs from the clock's on a shared machine
}

// The best rate of all repetitions, which is the least disturbed one on a shared machine, and the median: "what"
// compared with "what/obvious".
class ratio_reporter : public benchmark::ConsoleReporter {
 public:
  ratio_reporter() : ConsoleReporter(isatty(STDOUT_FILENO) ? OO_ColorTabular : OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (run.run_type == Run::RT_Iteration) rates_[run.run_name.function_name].push_back(run.counters.at("classes/s"));
    ConsoleReporter::ReportRuns(runs);
  }
  void Finalize() override {
    std::printf("\n%-34s %12s %12s %12s\n", "", "classes/s", "ratio", "ratio");
    std::printf("%-34s %12s %12s %12s\n", "", "(median)", "(medians)", "(bests)");
    for (auto& [name, rates] : rates_) {
      std::printf("%-34s %12.4g", name.c_str(), median(rates));
      if (const auto obvious = rates_.find(name + "/obvious"); obvious != rates_.end())
        std::printf(" %11.1fx %11.1fx", median(rates) / median(obvious->second), best(rates) / best(obvious->second));
      std::printf("\n");
    }
  }

 private:
  static double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
  static double best(const std::vector<double>& values) { return *std::max_element(values.begin(), values.end()); }
  std::map<std::string, std::vector<double>> rates_;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  add("noise", 1024, 1024, rows_cases::our_noise);
  add("noise/obvious", 1024, 1024, obvious_noise);
  add("gumbel-max", 16, 131072, rows_cases::our_max);
  add("gumbel-max/obvious", 16, 131072, obvious_max);
  add("gumbel-top-k, k = 64", 16, 131072, rows_cases::our_top_k);
  add("gumbel-top-k, k = 64/obvious", 16, 131072, obvious_top_k);
  add("gumbel-softmax and gradient", 4096, 1000, rows_cases::our_softmax);
  add("gumbel-softmax and gradient/obvious", 4096, 1000, obvious_softmax);
  ratio_reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
