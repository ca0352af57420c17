// SPDX-License-Identifier: Apache-2.0
// How fast do fleets of the article's GAN train, compared with a plain scalar program (tests/reference/) in the same
// run? Prints GANs and Gumbels per second, then the ratios. Uses one core unless a name says otherwise. For figures to
// be quoted: `--benchmark_enable_random_interleaving=true --benchmark_repetitions=15`.
#include <benchmark/benchmark.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "tests/reference/toy_gan.hpp"

namespace {

// A complete training of the article's GAN: K = 5 Gumbels for each sample, (1 + 10)·10 samples in each step.
constexpr double gumbels_per_gan = 200. * 100 * 110 * 5;

void set_rates(benchmark::State& state, double gans) {
  state.counters["GANs/s"] = benchmark::Counter(gans, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["Gumbels/s"] =
      benchmark::Counter(gans * gumbels_per_gan, benchmark::Counter::kIsIterationInvariantRate);
}

void train_reference(benchmark::State& state, double temperature) {
  reference::settings s;
  s.temperature = temperature;
  unsigned long seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(reference::make_toy_gan(s, ++seed).train());
  set_rates(state, 1);
}

void train_fleet(benchmark::State& state, const std::string& target, std::uint64_t gans, float temperature,
                 int threads) {
  gumbelcuda::fleet_config config;
  config.num_gans = gans;
  config.temperature = {temperature};
  gumbelcuda::fleet_execution execution;
  execution.threads = threads;
  execution.cpu_target = target;
  for (auto _ : state) {
    benchmark::DoNotOptimize(gumbelcuda::train_fleet(config, execution));
    ++config.seed;
  }
  set_rates(state, double(gans));
}

// Stores each benchmark's best rate of all repetitions, which is the least disturbed one on a shared machine, and its
// median. At the end, prints both as ratios to the baseline.
class ratio_reporter : public benchmark::ConsoleReporter {
 public:
  ratio_reporter() : ConsoleReporter(isatty(STDOUT_FILENO) ? OO_ColorTabular : OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (run.run_type == Run::RT_Iteration) rates_[run.run_name.function_name].push_back(run.counters.at("GANs/s"));
    ConsoleReporter::ReportRuns(runs);
  }
  void Finalize() override {
    std::printf("\n%-34s %12s %12s %12s\n", "", "GANs/s", "ratio", "ratio");
    std::printf("%-34s %12s %12s %12s\n", "", "(median)", "(medians)", "(bests)");
    for (auto& [name, rates] : rates_) {
      const std::string baseline =
          name.find("tau=0.5") != std::string::npos ? "reference/tau=0.5" : "reference/tau=0.001";
      std::printf("%-34s %12.2f", name.c_str(), median(rates));
      if (rates_.count(baseline))
        std::printf(" %11.1fx %11.1fx", median(rates) / median(rates_[baseline]), best(rates) / best(rates_[baseline]));
      std::printf("\n");
    }
    const auto one = rates_.find("best/128/1 thread"), two = rates_.find("best/128/2 threads");
    if (one != rates_.end() && two != rates_.end())
      std::printf("%-34s %12s %11.2fx %11.2fx\n", "2 threads against 1", "", median(two->second) / median(one->second),
                  best(two->second) / best(one->second));
  }

 private:
  static double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
  static double best(const std::vector<double>& values) { return *std::max_element(values.begin(), values.end()); }
  std::map<std::string, std::vector<double>> rates_;
};

void add(const std::string& name, void (*f)(benchmark::State&, double), double temperature) {
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) { f(state, temperature); })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

void add_fleet(const std::string& name, const std::string& target, std::uint64_t gans, float temperature, int threads) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [=](benchmark::State& state) { train_fleet(state, target, gans, temperature, threads); })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  add("reference/tau=0.001", train_reference, 1e-3);
  add("reference/tau=0.5", train_reference, .5);
  for (const std::string& target : gumbelcuda::cpu_targets()) {
    if (target == "scalar") continue;
    add_fleet(target + "/64/tau=0.001", target, 64, 1e-3f, 1);
    add_fleet(target + "/64/tau=0.5", target, 64, .5f, 1);
    add_fleet(target + "/1/tau=0.001", target, 1, 1e-3f, 1);
  }
  cpu_set_t usable;
  const int processors = sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : 1;
  const std::string best = gumbelcuda::cpu_targets().front();
  if (processors > 1 && best != "scalar") {
    add_fleet("best/128/1 thread", "", 128, 1e-3f, 1);
    add_fleet("best/128/2 threads", "", 128, 1e-3f, 2);
  }
  ratio_reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
