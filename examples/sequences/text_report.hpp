// SPDX-License-Identifier: Apache-2.0
// What text_gan.cpp reports: the metrics of every model at every moment as CSV, and their quartiles as a table, beside
// those of the text itself and of n-gram models.
#pragma once

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "sequence_report.hpp"
#include "text_evaluation.hpp"

namespace gumbelcuda::example {

// What the models are compared with: text of the same size, and bits per character of n-gram models, n = 1, 2, …
struct text_baselines {
  std::array<double, longest_ngram> distance{}, bits{};
};
inline text_baselines baselines_of(const text_evaluation& evaluation) {
  text_baselines all{evaluation.distances_of_text(), {}};
  for (int n = 1; n <= longest_ngram; ++n) all.bits[std::size_t(n - 1)] = evaluation.bits_of_ngrams(n);
  return all;
}

// In the lines of what is no model the column `model` has its name, and what it has not is empty.
inline void write_csv(const std::string& path, const text_options& options, const text_baselines& baselines,
                      const std::vector<text_record>& records) {
  std::ofstream file(path);
  file << "model," << reporting::settings_head << ",bits";
  for (int n = 1; n <= longest_ngram; ++n) file << ",distance_" << n;
  file << "\ntext,,,,,,,";
  for (const double x : baselines.distance) file << ',' << number(x);
  for (int n = 1; n <= longest_ngram; ++n)
    file << '\n' << n << "-grams,,,,,,," << number(baselines.bits[std::size_t(n - 1)]) << ",,,,";
  file << '\n';
  for (const text_record& r : records) {
    file << r.model << ',' << reporting::settings_of(options, r.model, r.epoch, r.sampling_temperature) << ','
         << number(r.metrics.bits);
    for (const double x : r.metrics.distance) file << ',' << number(x);
    file << '\n';
  }
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

namespace reporting {

inline void print_head(const char* first) {
  std::printf("\n%-28s  %-20s  %-20s  %-20s  %-20s  %-20s\n", first, "bits (quartiles)", "1-grams", "2-grams",
              "3-grams", "4-grams");
}

inline void print_line(const std::string& name, const std::vector<text_record>& records) {
  std::vector<double> bits;
  std::array<std::vector<double>, longest_ngram> distance;
  for (const text_record& r : records) {
    bits.push_back(r.metrics.bits);
    for (std::size_t n = 0; n < distance.size(); ++n) distance[n].push_back(r.metrics.distance[n]);
  }
  std::printf("%-28s  %-20s", name.c_str(), quartiles(bits).c_str());
  for (const std::vector<double>& of : distance) std::printf("  %-20s", quartiles(of).c_str());
  std::printf("\n");
}

}  // namespace reporting

inline void print_tables(const text_options& options, const text_baselines& baselines,
                         const std::vector<text_record>& records) {
  reporting::print_head("to compare with");
  std::printf("%-28s  %-20s", "the text", "");
  for (const double x : baselines.distance) std::printf("  %-20.3f", x);
  for (int n = 1; n <= longest_ngram; ++n)
    std::printf("\n%d-grams%20s   %.3f", n, "", baselines.bits[std::size_t(n - 1)]);
  std::printf("\n");
  print_by_settings(options, records, reporting::print_head, reporting::print_line);
}

}  // namespace gumbelcuda::example
