// SPDX-License-Identifier: Apache-2.0
// What does it cost that GANs of a sweep differ? Sweeps on one core, by instruction set, against fleets and against
// each other. All cases take turns; a ratio is the median over the rounds of the round's ratio. Rates are of the
// article's 20,000 steps a GAN, measured over the first ones; times are the process's own on the processor.
//
//   sweep_benchmark [--rounds=N] [--targets=NAME,…] [options of Google Benchmark]
//   sweep_benchmark --once CASE TARGET     one run of a case, as a line of JSON, for cpu_sweeps.py
//   sweep_benchmark --learned TAU          what 256 perceptron GANs have learned in 1000 steps
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "benchmarks/cpu_limits.hpp"
#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/sweep.hpp"

namespace {

using gumbelcuda::fleet_config, gumbelcuda::fleet_execution, gumbelcuda::sweep_config;

constexpr double article_steps = 20'000;
// Multiples of the number of GANs that train side by side, 32 with AVX-512, so that (a) to (d) show what differences
// cost and not what half-empty vectors do; 37 GANs of a size show that.
constexpr std::uint64_t gans = 64, gans_of_a_shape = 32, gans_of_lengths = 256;
constexpr float temperatures[] = {1e-3f, .5f};

// What a run of a case has done. Steps: of all GANs, a discriminator's update with its generator's updates each.
struct outcome {
  double gan_steps = 0, lanes_busy = 1;
};

// ---- The GANs ----

sweep_config same_gans(float temperature, std::uint64_t count, std::int64_t epochs) {
  sweep_config config;
  config.num_gans = count;
  config.epochs = {epochs};
  config.temperature = {gumbelcuda::constant_temperature(temperature)};
  return config;
}

// From 1/2 to 2, another number for each GAN and each `salt`.
float scattered(std::uint64_t gan, int salt) {
  const double golden = std::fmod(double(gan + 1) * .61803398875 + salt * .41421356, 1);
  return float(std::exp2(2 * golden - 1));
}

// Probabilities near the article's, in which a class is the target's class + gan, and classes beyond it are 0.
std::vector<double> target_near_the_article(std::uint64_t gan, int classes) {
  std::vector<double> target(std::size_t(classes), 0);
  const double share = .02 * (scattered(gan, 5) - .5);
  const double p[] = {.6 - share, .3 + share * .5, .1 + share * .5};
  for (int k = 0; k < 3; ++k) target[(gan + unsigned(k)) % unsigned(classes)] = p[k];
  return target;
}

void set_class_count(sweep_config& config, const std::vector<int>& classes) {
  config.target.clear();
  for (std::uint64_t i = 0; i < config.num_gans; ++i)
    config.target.push_back(target_near_the_article(i, classes[i % classes.size()]));
}

// Rates, τ, Adam's constants, targets and seeds all differ, in every GAN, by at most a factor of 2 from the article's,
// so that how they learn differs little.
sweep_config different_gans(float temperature, std::uint64_t count, std::int64_t epochs) {
  sweep_config config = same_gans(temperature, count, epochs);
  for (auto* rates : {&config.generator_learning_rate, &config.discriminator_learning_rate}) rates->clear();
  config.temperature.clear(), config.seed.clear(), config.beta_1.clear(), config.beta_2.clear(), config.epsilon.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    config.generator_learning_rate.push_back(7e-4f * scattered(i, 1));
    config.discriminator_learning_rate.push_back(7e-4f * scattered(i, 2));
    config.temperature.push_back(gumbelcuda::constant_temperature(temperature * scattered(i, 3)));
    config.beta_1.push_back(1 - .1 * scattered(i, 4));
    config.beta_2.push_back(1 - .001 * scattered(i, 6));
    config.epsilon.push_back(1e-8f * scattered(i, 7));
    config.seed.push_back(1000 + i * i);
  }
  set_class_count(config, {5});
  return config;
}

struct gan_size {
  int classes, batch, steps;
};
std::vector<gan_size> sizes() {
  std::vector<gan_size> all;
  for (const int classes : {3, 5, 8})
    for (const int batch : {5, 10, 20})
      for (const int steps : {5, 10, 20}) all.push_back({classes, batch, steps});
  return all;
}

void set_sizes(sweep_config& config, const std::vector<gan_size>& sizes) {
  std::vector<int> classes;
  config.batch_size.clear(), config.generator_steps.clear();
  for (const gan_size& size : sizes) classes.push_back(size.classes);
  for (std::uint64_t i = 0; i < config.num_gans; ++i) {
    config.batch_size.push_back(sizes[i % sizes.size()].batch);
    config.generator_steps.push_back(sizes[i % sizes.size()].steps);
  }
  set_class_count(config, classes);
}

// From one epoch count to ten times as many, in no order.
sweep_config different_lengths(float temperature) {
  sweep_config config = same_gans(temperature, gans_of_lengths, 1);
  config.epochs.clear();
  for (std::uint64_t i = 0; i < gans_of_lengths; ++i)
    config.epochs.push_back(2 + std::int64_t(i * 97 % gans_of_lengths * 19 / gans_of_lengths));
  return config;
}

// 5-16-1, with the optimiser that the frameworks have.
sweep_config perceptrons(float temperature, std::uint64_t count, std::int64_t epochs) {
  sweep_config config = same_gans(temperature, count, epochs);
  config.problem[0].hidden_layers = 1;
  config.problem[0].hidden_width[0] = 16;
  config.problem[0].optimizer = gumbelcuda::optimizer_kind::adam_pytorch;
  return config;
}

// Floating-point operations of a step of a perceptron K-H-1 GAN, a fused multiply-add being two. Without transcendental
// functions, comparisons and the noise: so the true number is higher.
//   forward      2·K·H, H for the kinked line, 2·H                     of each sample
//   backward     H (weight times derivative), H (times slope)          of each sample
//   parameters   2·K·H + H, 2·H + 1                                    of a discriminator's sample
//   input        2·K·H; softmax: 2·K (mean), 4·K (terms), K (sum)      of a generator's sample
//   Adam         a parameter: the batch's mean 1, m 3, v 4, step 5
// At small τ the race leaves out most of the generator's samples: then it is what a program without a race does.
double step_operations() {
  constexpr double k = 5, h = 16, batch = 10, generator_steps = 10;
  constexpr double forward = 2 * k * h + h + 2 * h, backward = 2 * h, parameters = 2 * k * h + h + 2 * h + 1,
                   input = 2 * k * h + 7 * k, adam = 13;
  return 2 * batch * (forward + backward + parameters) + (k * h + h + h + 1) * adam +
         generator_steps * (batch * (forward + backward + input) + k * adam);
}
// What the samples need in addition, in fused multiply-adds and words of Philox; cpu_rows_report.py has the numbers a
// class.
constexpr double classes_drawn = 5. * 10 * (1 + 10), sample_multiply_adds = classes_drawn * (27 + 12),
                 words_drawn = classes_drawn + 10;

// ---- The cases ----

fleet_execution one_thread(const std::string& target) {
  fleet_execution execution;
  execution.backend = gumbelcuda::backend_kind::cpu;
  execution.threads = 1;
  execution.cpu_target = target;
  return execution;
}

outcome run(const sweep_config& config, const std::string& target) {
  const gumbelcuda::sweep_result result = train_sweep(config, one_thread(target));
  double steps = 0;
  for (const std::int64_t done : result.steps) steps += double(done);
  return {steps, result.lanes_busy};
}

outcome run_fleet(float temperature, std::int64_t epochs, const std::string& target) {
  fleet_config config;
  config.num_gans = gans;
  config.epochs = epochs;
  config.temperature = {temperature};
  benchmark::DoNotOptimize(train_fleet(config, one_thread(target)));
  return {double(gans) * double(epochs * config.steps_per_epoch)};
}

outcome run_sizes_alone(float temperature, std::uint64_t each, std::int64_t epochs, const std::string& target) {
  outcome all;
  for (const gan_size& size : sizes()) {
    sweep_config config = different_gans(temperature, each, epochs);
    set_sizes(config, {size});
    all.gan_steps += run(config, target).gan_steps;
  }
  return all;
}

sweep_config different_sizes(float temperature, std::uint64_t count, std::int64_t epochs) {
  sweep_config config = different_gans(temperature, count, epochs);
  set_sizes(config, sizes());
  return config;
}

sweep_config with_history(sweep_config config) {
  config.history_gans = config.num_gans;
  return config;
}

// Half of the GANs may race, the other half may not.
sweep_config both_temperatures(std::int64_t epochs) {
  sweep_config config = same_gans(0, gans, epochs);
  config.temperature.clear();
  for (std::uint64_t i = 0; i < gans; ++i)
    config.temperature.push_back(gumbelcuda::constant_temperature(temperatures[i % 2]));
  return config;
}

using run_of_case = std::function<outcome(const std::string& target)>;

std::string name_of(const char* what, float temperature) {
  return std::string(what) + ", tau " + (temperature < .1f ? ".001" : ".5");
}

const std::map<std::string, run_of_case>& cases() {
  static const auto all = [] {
    std::map<std::string, run_of_case> c;
    for (const float t : temperatures) {
      const std::int64_t epochs = t < .1f ? 20 : 12, few = t < .1f ? 3 : 2;
      const std::uint64_t all_sizes = gans_of_a_shape * sizes().size();
      const auto add = [&](const char* what, run_of_case f) { c[name_of(what, t)] = std::move(f); };
      const auto add_sweep = [&](const char* what, sweep_config config) {
        add(what, [config = std::move(config)](const std::string& target) { return run(config, target); });
      };
      add("a: fleet", [=](const std::string& target) { return run_fleet(t, epochs, target); });
      add_sweep("b: sweep, same GANs", same_gans(t, gans, epochs));
      add_sweep("c: all values differ", different_gans(t, gans, epochs));
      add_sweep("d: sizes, too", different_sizes(t, all_sizes, few));
      add("d: each size alone",
          [=](const std::string& target) { return run_sizes_alone(t, gans_of_a_shape, few, target); });
      add_sweep("d: 37 of each size", different_sizes(t, 37 * sizes().size(), few));
      add_sweep("e: lengths differ", different_lengths(t));
      add_sweep("f: with history", with_history(same_gans(t, gans, epochs)));
      add_sweep("g: perceptron 5-16-1", perceptrons(t, gans, epochs));
    }
    const sweep_config both = both_temperatures(16);
    c["b: sweep, tau .001 and .5 by turns"] = [=](const std::string& target) { return run(both, target); };
    return c;
  }();
  return all;
}

// ---- Measuring ----

double seconds_of(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? NAN : (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

// Every round's value of a counter, by case.
class collector : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      for (const auto& [name, counter] : run.counters)
        values_[run.run_name.function_name][name].push_back(counter.value);
    }
  }
  std::vector<double> of(const std::string& name, const std::string& counter = "GANs/s") const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<double>{} : found->second.at(counter);
  }

 private:
  std::map<std::string, std::map<std::string, std::vector<double>>> values_;
};

std::string full_name(const std::string& target, const std::string& name) { return target + "/" + name; }

void add_cases(const std::vector<std::string>& targets) {
  for (const std::string& target : targets)
    for (const auto& [name, run] : cases()) {
      const auto body = [target, &run](benchmark::State& state) {
        outcome done;
        double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        for (auto _ : state) done = run(target);
        cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        state.counters["GANs/s"] = done.gan_steps / cpu / article_steps;
        state.counters["lanes busy"] = done.lanes_busy;
      };
      benchmark::RegisterBenchmark(full_name(target, name).c_str(), body)->Iterations(1);
    }
}

// Seconds for one.
struct core_limits {
  double multiply_add = INFINITY, word = INFINITY;
  void measure() {
    constexpr std::uint64_t many = 1'000'000'000, words = 100'000'000;
    const double begin = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    cpu_limits::fused_multiply_adds(many);
    const double middle = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    cpu_limits::philox_words(words);
    multiply_add = std::min(multiply_add, (middle - begin) / double(many));
    word = std::min(word, (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - middle) / double(words));
  }
};

struct ratio {
  const char* what;
  std::string above, below;
  double goal;  // 0: none
};

std::vector<ratio> ratios(float t) {
  const auto name = [&](const char* what) { return name_of(what, t); };
  return {{"b/a  sweep of the same GANs against the fleet", name("b: sweep, same GANs"), name("a: fleet"), 0},
          {"c/a  all values differ, against the fleet", name("c: all values differ"), name("a: fleet"), .9},
          {"d     27 sizes, against each size alone", name("d: sizes, too"), name("d: each size alone"), .9},
          {"d     the same, 37 of each size", name("d: 37 of each size"), name("d: each size alone"), 0},
          {"e     lengths 1 to 10, against same lengths", name("e: lengths differ"), name("b: sweep, same GANs"), 0},
          {"f     full history against none", name("f: with history"), name("b: sweep, same GANs"), .9}};
}

void print_row(const std::string& what, const std::vector<double>& values, double goal) {
  if (values.empty()) return;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  std::printf("%-64s %7.3f [%.3f … %.3f]", what.c_str(), median(values), *least, *most);
  if (goal > 0) std::printf("   >= %g: %s", goal, median(values) >= goal ? "met" : "MISSED");
  std::printf("\n");
}

// The harmonic mean of two rates, by which half of the GANs go at the one and half at the other.
std::vector<double> harmonic(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> mean;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) mean.push_back(2 / (1 / a[i] + 1 / b[i]));
  return mean;
}
std::vector<double> quotients(std::vector<double> a, const std::vector<double>& b) {
  a.resize(std::min(a.size(), b.size()));
  for (std::size_t i = 0; i < a.size(); ++i) a[i] /= b[i];
  return a;
}

void print_perceptron(const std::vector<double>& rates, const core_limits& limits, float t) {
  if (rates.empty()) return;
  const double steps = median(rates) * article_steps, network = step_operations() / 2 * limits.multiply_add,
               samples = sample_multiply_adds * limits.multiply_add, words = words_drawn * limits.word;
  std::printf("%-64s %7.3g GFLOP/s of the network, %.0f a step; %.0f %% of the fused multiply-adds\n",
              name_of("g     perceptron", t).c_str(), 1e-9 * steps * step_operations(), step_operations(),
              100 * network * steps);
  if (t > .1f)  // else most samples are not computed
    std::printf(
        "%-64s %7.0f %% of the time: the network's and the samples' multiply-adds, and Philox, at their limits\n", "",
        100 * steps * (network + samples + words));
}

void print(const collector& all, const std::vector<std::string>& targets, const core_limits& limits) {
  std::printf("This core: %.1f G/s fused multiply-adds of floats, %.2f G/s Philox words in registers.\n",
              1e-9 / limits.multiply_add, 1e-9 / limits.word);
  for (const std::string& target : targets) {
    const auto rate = [&](const std::string& name) { return all.of(full_name(target, name)); };
    std::printf("\n== %s: GANs/s, by 20,000 steps a GAN ==\n", target.c_str());
    for (const auto& [name, run] : cases()) print_row(name, rate(name), 0);
    std::printf("\n== %s: ratios of a round ==\n", target.c_str());
    for (const float t : temperatures) {
      for (const ratio& r : ratios(t)) print_row(name_of(r.what, t), quotients(rate(r.above), rate(r.below)), r.goal);
      const auto busy = [&](const char* what) { return all.of(full_name(target, name_of(what, t)), "lanes busy"); };
      print_row(name_of("d     vectors' elements that train, 37 of each size", t), busy("d: 37 of each size"), 0);
      print_row(name_of("d     37 of each size, by those elements", t),
                quotients(quotients(rate(name_of("d: 37 of each size", t)), rate(name_of("d: each size alone", t))),
                          busy("d: 37 of each size")),
                .9);
      print_row(name_of("e     vectors' elements that train", t), busy("e: lengths differ"), .9);
      print_perceptron(rate(name_of("g: perceptron 5-16-1", t)), limits, t);
    }
    const auto b = [&](float t) { return rate(name_of("b: sweep, same GANs", t)); };
    print_row("b     both tau in one sweep, against each alone",
              quotients(rate("b: sweep, tau .001 and .5 by turns"), harmonic(b(.001f), b(.5f))), 0);
  }
}

int run_once(const std::string& name, const std::string& target) {
  const auto found = cases().find(name);
  if (found == cases().end()) return 2;
  const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID), clock = seconds_of(CLOCK_MONOTONIC);
  const outcome done = found->second(target);
  std::printf("{\"gan_steps\": %.0f, \"cpu\": %.9f, \"clock\": %.9f}\n", done.gan_steps,
              seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu, seconds_of(CLOCK_MONOTONIC) - clock);
  return 0;
}

int print_learned(float temperature) {
  sweep_config config = perceptrons(temperature, 256, 10);
  const gumbelcuda::sweep_result result = train_sweep(config, one_thread(""));
  std::printf("{\"total_variation\": [");
  for (std::size_t i = 0; i < result.total_variation.size(); ++i)
    std::printf("%s%.6g", i ? ", " : "", double(result.total_variation[i]));
  std::printf("]}\n");
  return 0;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--once") == 0) return run_once(argv[2], argv[3]);
  if (argc == 3 && std::strcmp(argv[1], "--learned") == 0) return print_learned(std::strtof(argv[2], nullptr));
  int rounds = 7;
  std::vector<std::string> targets;
  for (const std::string& target : gumbelcuda::cpu_targets())
    if (target != "scalar") targets.push_back(target);
  std::vector<char*> others{argv[0]};
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--rounds=", 9) == 0)
      rounds = std::atoi(argv[i] + 9);
    else if (std::strncmp(argv[i], "--targets=", 10) == 0)
      targets = split(argv[i] + 10);
    else
      others.push_back(argv[i]);
  }
  int count = int(others.size());
  benchmark::Initialize(&count, others.data());
  if (benchmark::ReportUnrecognizedArguments(count, others.data())) return 2;
  add_cases(targets);
  core_limits limits;
  collector all;
  for (int round = 0; round < rounds; ++round) {
    limits.measure();
    benchmark::RunSpecifiedBenchmarks(&all);
  }
  print(all, targets, limits);
}
