// SPDX-License-Identifier: Apache-2.0
// What grammar_gan.cpp reports: the metrics of every model at every moment as CSV, and their quartiles as a table.
#pragma once

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "grammar_options.hpp"
#include "metrics.hpp"
#include "sequence_report.hpp"

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

inline void write_csv(const std::string& path, const grammar_options& options,
                      const std::vector<grammar_record>& records) {
  std::ofstream file(path);
  file << "model," << reporting::settings_head
       << ",mass,kl,reverse_kl,total_variation,coverage,strings,entropy,most_likely";
  for (int m = 0; m <= grammar::most_operators; ++m) file << ",length_" << 2 * m + 1;
  file << '\n';
  for (const grammar_record& r : records) {
    file << r.model << ',' << reporting::settings_of(options, r.model, r.epoch, r.sampling_temperature);
    const law_metrics& m = r.metrics;
    for (const double x :
         {m.mass, m.kl, m.reverse_kl, m.total_variation, m.coverage, m.strings, m.entropy, m.most_likely})
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

inline void print_line(const std::string& name, const std::vector<grammar_record>& records) {
  std::vector<double> mass, kl, distance, coverage, entropy;
  double good = 0;
  for (const grammar_record& r : records) {
    mass.push_back(r.metrics.mass);
    kl.push_back(r.metrics.kl);
    distance.push_back(r.metrics.total_variation);
    coverage.push_back(r.metrics.coverage);
    entropy.push_back(r.metrics.entropy);
    good += r.metrics.mass >= .95;
  }
  std::printf("%-28s  %-20s %4.0f%%  %-20s  %-20s  %-20s  %-20s\n", name.c_str(), quartiles(mass).c_str(),
              100 * good / double(mass.size()), quartiles(kl).c_str(), quartiles(distance).c_str(),
              quartiles(coverage).c_str(), quartiles(entropy).c_str());
}

}  // namespace reporting

inline void print_tables(const grammar_options& options, const std::vector<grammar_record>& records) {
  print_by_settings(options, records, reporting::print_head, reporting::print_line);
}

}  // namespace gumbelcuda::example
