// SPDX-License-Identifier: Apache-2.0
// What grammar_gan.cpp reports: the metrics of every model at every moment as CSV, and their quartiles as a table.
#pragma once

#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "grammar_options.hpp"
#include "metrics.hpp"

namespace gumbelcuda::example {

// The parameters of what model i writes with.
inline const float* generator_of(const grammar_options& options, const model_fleet_result& result, std::uint64_t i) {
  return &result.parameter[std::size_t(i + 1) * std::size_t(result.parameters) -
                           std::size_t(options.size->generator_parameters)];
}

struct grammar_record {
  std::uint64_t model;
  std::int64_t epoch;           // from 1
  double sampling_temperature;  // at which its law was computed
  law_metrics metrics;
};

// The law during training, and at the end at the other sampling temperatures.
inline std::vector<grammar_record> records_of(const grammar_options& options, const model_fleet_result& result) {
  std::vector<double> target;
  std::vector<int> operators;
  for (int s = 0; s < grammar::strings; ++s) {
    target.push_back(grammar::probability(s));
    operators.push_back(grammar::operators_of(s));
  }
  const auto metrics = [&](const auto* law) { return metrics_of(target, law, operators, grammar::most_operators + 1); };
  std::vector<grammar_record> records;
  for (std::uint64_t i = 0; i < result.num_models; ++i) {
    for (std::int64_t epoch = 0; epoch < options.epochs; ++epoch) {
      const std::size_t place = std::size_t(i) * std::size_t(options.epochs) + std::size_t(epoch);
      records.push_back({i, epoch + 1, 1, metrics(&result.history[place * std::size_t(result.outputs)])});
    }
    for (const double sampling : options.sampling_temperature) {
      if (sampling == 1) continue;
      const std::vector<double> law = options.size->law(generator_of(options, result, i), sampling);
      records.push_back({i, options.epochs, sampling, metrics(law.data())});
    }
  }
  return records;
}

inline std::string number(double x) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.9g", x);
  return text.data();
}

inline void write_csv(const std::string& path, const grammar_options& options,
                      const std::vector<grammar_record>& records) {
  std::ofstream file(path);
  file << "model,generator_rate,discriminator_rate,tau_begin,tau_end,step,sampling_temperature,mass,kl,reverse_kl,"
          "total_variation,coverage,strings,entropy,most_likely";
  for (int m = 0; m <= grammar::most_operators; ++m) file << ",length_" << 2 * m + 1;
  file << '\n';
  for (const grammar_record& r : records) {
    const combination& c = options.combinations[std::size_t(r.model / options.gans)];
    file << r.model;
    for (const float x : {c.generator_rate, c.discriminator_rate, c.tau_begin, c.tau_end}) file << ',' << number(x);
    file << ',' << r.epoch * (options.steps / options.epochs);
    const law_metrics& m = r.metrics;
    for (const double x : {r.sampling_temperature, m.mass, m.kl, m.reverse_kl, m.total_variation, m.coverage, m.strings,
                           m.entropy, m.most_likely})
      file << ',' << number(x);
    for (const double x : m.kinds) file << ',' << number(x);
    file << '\n';
  }
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

namespace reporting {

inline void print_head(const char* first) {
  std::printf("\n%-28s  %-20s >=.95  %-20s  %-20s  %-20s  %-20s\n", first, "mass (quartiles)", "KL", "total variation",
              "coverage", "entropy");
}

// The models of a combination at a moment.
template <class Chosen>
void print_line(const std::string& name, const std::vector<grammar_record>& records, Chosen chosen) {
  std::vector<double> mass, kl, distance, coverage, entropy;
  double good = 0;
  for (const grammar_record& r : records) {
    if (!chosen(r)) continue;
    mass.push_back(r.metrics.mass);
    kl.push_back(r.metrics.kl);
    distance.push_back(r.metrics.total_variation);
    coverage.push_back(r.metrics.coverage);
    entropy.push_back(r.metrics.entropy);
    good += r.metrics.mass >= .95;
  }
  if (mass.empty()) return;
  const auto quartiles = [](const std::vector<double>& values) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.3f (%.3f, %.3f)", quantile(values, .5), quantile(values, .25),
                  quantile(values, .75));
    return std::string(text.data());
  };
  std::printf("%-28s  %-20s %4.0f%%  %-20s  %-20s  %-20s  %-20s\n", name.c_str(), quartiles(mass).c_str(),
              100 * good / double(mass.size()), quartiles(kl).c_str(), quartiles(distance).c_str(),
              quartiles(coverage).c_str(), quartiles(entropy).c_str());
}

inline std::string name_of(const combination& c) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%g %g tau %g..%g", double(c.generator_rate), double(c.discriminator_rate),
                double(c.tau_begin), double(c.tau_end));
  return text.data();
}

}  // namespace reporting

// By step if all models have the same settings, otherwise by settings; then by sampling temperature.
inline void print_tables(const grammar_options& options, const std::vector<grammar_record>& records) {
  using namespace reporting;
  const auto belongs = [&](const grammar_record& r, std::size_t c) { return r.model / options.gans == c; };
  if (options.combinations.size() == 1) {
    print_head("step");
    for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch)
      print_line(std::to_string(epoch * (options.steps / options.epochs)), records,
                 [&](const grammar_record& r) { return r.epoch == epoch && r.sampling_temperature == 1; });
  } else {
    print_head("rates, temperatures");
    for (std::size_t c = 0; c < options.combinations.size(); ++c)
      print_line(name_of(options.combinations[c]), records, [&](const grammar_record& r) {
        return belongs(r, c) && r.epoch == options.epochs && r.sampling_temperature == 1;
      });
  }
  if (options.sampling_temperature.size() < 2) return;
  for (std::size_t c = 0; c < options.combinations.size(); ++c) {
    print_head(("sampled at; " + name_of(options.combinations[c])).c_str());
    for (const double sampling : options.sampling_temperature)
      print_line(number(sampling), records, [&](const grammar_record& r) {
        return belongs(r, c) && r.epoch == options.epochs && r.sampling_temperature == sampling;
      });
  }
}

}  // namespace gumbelcuda::example
