// SPDX-License-Identifier: Apache-2.0
// A sweep as one HTML page that needs nothing else: no network, no other file. Its numbers are in it as JSON, of large
// sweeps those of the cells of the phase diagrams and of a part of the GANs, so that it stays within a few megabytes.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "host/results/sweep_histories.hpp"
#include "host/sweep_record.hpp"

namespace gumbelcuda {

// How much of a sweep goes into its page. The tests have smaller ones, to see what is left out.
struct sweep_report_limits {
  std::size_t bins = 256;                 // along a side of a phase diagram
  std::size_t cells = 80'000;             // of all phase diagrams together
  std::size_t gans = 68'000;              // that are listed, besides the ranked ones: one for each cell, or more
  std::size_t probabilities = 340'000;    // of the listed GANs, learned; those of the rest are left out
  std::size_t history_numbers = 200'000;  // probabilities of histories
  std::size_t ranked = 200;               // best, worst and diverged GANs, of each
};

// What the page shows, in its own terms (sweep_report/script/). Histories are taken from `histories`, which reads those
// of a few GANs. Throws invalid_argument if sizes do not match.
nlohmann::json sweep_report_data(const sweep_record& record, const sweep_histories& histories,
                                 const sweep_report_limits& limits = {});
std::string sweep_report_html(const sweep_record& record, const sweep_histories& histories,
                              const sweep_report_limits& limits = {});

// Of a record that has all in memory.
inline std::string sweep_report_html(const sweep_record& record, const sweep_report_limits& limits = {}) {
  return sweep_report_html(record, histories_of(record.result), limits);
}
inline nlohmann::json sweep_report_data(const sweep_record& record, const sweep_report_limits& limits = {}) {
  return sweep_report_data(record, histories_of(record.result), limits);
}

}  // namespace gumbelcuda
