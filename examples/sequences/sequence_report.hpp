// SPDX-License-Identifier: Apache-2.0
// What the reports of the sequences' programs have in common: numbers, quartiles, the settings of a model, progress.
#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "metrics.hpp"
#include "sequence_options.hpp"

namespace gumbelcuda::example {

inline std::string number(double x) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.9g", x);
  return text.data();
}

namespace reporting {

// Median and quartiles.
inline std::string quartiles(const std::vector<double>& values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.3f (%.3f, %.3f)", quantile(values, .5), quantile(values, .25),
                quantile(values, .75));
  return text.data();
}

inline std::string name_of(const combination& c) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%g %g tau %g..%g", double(c.generator_rate), double(c.discriminator_rate),
                double(c.tau_begin), double(c.tau_end));
  return text.data();
}

// Columns of a CSV.
inline constexpr const char* settings_head =
    "generator_rate,discriminator_rate,tau_begin,tau_end,step,sampling_temperature";
inline std::string settings_of(const sequence_options& options, std::uint64_t model, std::int64_t epoch,
                               double sampling_temperature) {
  const combination& c = options.combinations[std::size_t(model / options.gans)];
  std::string all;
  for (const float x : {c.generator_rate, c.discriminator_rate, c.tau_begin, c.tau_end}) all += number(x) + ',';
  return all + std::to_string(epoch * (options.steps / options.epochs)) + ',' + number(sampling_temperature);
}

}  // namespace reporting

// Tables of records, each of which has a model, an epoch and a sampling temperature: by step if all models have the
// same settings, otherwise by settings; then by sampling temperature. print_head(first column) and print_line(name,
// records) print the metrics.
template <class Record, class Head, class Line>
void print_by_settings(const sequence_options& options, const std::vector<Record>& records, Head print_head,
                       Line print_line) {
  const auto line = [&](const std::string& name, std::size_t c, std::int64_t epoch, double sampling_temperature) {
    std::vector<Record> chosen;
    for (const Record& r : records)
      if (r.model / options.gans == c && r.epoch == epoch && r.sampling_temperature == sampling_temperature)
        chosen.push_back(r);
    if (!chosen.empty()) print_line(name, chosen);
  };
  const std::vector<combination>& all = options.combinations;
  print_head(all.size() == 1 ? "step" : "rates, temperatures");
  if (all.size() == 1)
    for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch)
      line(std::to_string(epoch * (options.steps / options.epochs)), 0, epoch, 1);
  else
    for (std::size_t c = 0; c < all.size(); ++c) line(reporting::name_of(all[c]), c, options.epochs, 1);
  if (options.sampling_temperature.size() < 2) return;
  for (std::size_t c = 0; c < all.size(); ++c) {
    print_head(("sampled at; " + reporting::name_of(all[c])).c_str());
    for (const double sampling : options.sampling_temperature) line(number(sampling), c, options.epochs, sampling);
  }
}

// On standard error, if it is wanted.
inline fleet_execution execution_of(const sequence_options& options) {
  fleet_execution execution{.threads = options.threads};
  if (!options.quiet)
    execution.on_progress = [](const progress_report& p) {
      std::fprintf(stderr, "\r%3d %%", int(100 * p.done / p.total));
    };
  return execution;
}
inline void print_training(const sequence_options& options, const model_fleet_result& result) {
  if (!options.quiet) std::fprintf(stderr, "\r     \r");
  std::printf("%llu models, %d at a time on %d threads, %lld steps: %.1f s\n",
              static_cast<unsigned long long>(result.num_models), result.side_by_side, result.threads,
              static_cast<long long>(options.steps), result.seconds);
}

// The exit code of a program that does `run`: 2 for what is not allowed, 1 for what has failed.
template <class Run>
int exit_code_of(const char* program, Run run) try {
  return run();
} catch (const invalid_argument& e) {
  std::fprintf(stderr, "%s: %s\n", program, e.what());
  return 2;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s: %s\n", program, e.what());
  return 1;
}

}  // namespace gumbelcuda::example
