// SPDX-License-Identifier: Apache-2.0
// Our part in cpu_rows.py, which runs this program and its peers by turns. The process waits for commands on its
// standard input, and answers each with a line of JSON.
//
//   open CASE ROWS CLASSES   makes the numbers and runs once
//   run                      once more: seconds of the processor and of the clock
//   close
//   check CASE               what can be told of an answer, of a batch of its own: cpu_rows.py judges it
//
// Cases whose name begins with "limit" say what this core can do: `ROWS · CLASSES` operations, or bytes.
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "benchmarks/cpu_limits.hpp"
#include "benchmarks/rows_cases.hpp"
#include "gumbelcuda/fleet.hpp"

namespace {

using rows_cases::batch, rows_cases::memory;
constexpr std::uint64_t check_rows = 100'000;
constexpr float check_logits[] = {0, 1, -1, .5f, 2};
constexpr std::uint64_t check_classes = std::size(check_logits);

struct case_of_ours {
  memory needed;
  std::function<void(batch&)> run;
  std::function<void(batch&)> tell;  // prints members of a JSON object
  std::uint64_t drawn = 1, drawn_to_check = 1;
};

void tell_noise(batch& b) {
  double sum = 0, squares = 0;
  bool finite = true;
  for (const float g : b.y) sum += g, squares += double(g) * g, finite = finite && std::isfinite(g);
  const double count = double(b.y.size()), mean = sum / count;
  std::printf(R"("count": %.0f, "mean": %.9g, "variance": %.9g, "finite": %s)", count, mean,
              squares / count - mean * mean, finite ? "true" : "false");
}

void tell_counts(const std::vector<std::int64_t>& index) {
  std::uint64_t counts[check_classes] = {};
  for (const std::int64_t k : index)
    if (k >= 0 && k < std::int64_t(check_classes)) ++counts[k];
  std::printf(R"("counts": [)");
  for (std::uint64_t k = 0; k < check_classes; ++k) std::printf("%s%llu", k ? ", " : "", (unsigned long long)counts[k]);
  std::printf("]");
}

void tell_top_k(batch& b) {
  std::vector<std::int64_t> best;
  bool distinct = true;
  for (std::uint64_t row = 0; row < b.rows; ++row) {
    best.push_back(b.index[row * b.drawn]);
    distinct = distinct && best.back() != b.index[row * b.drawn + 1];
  }
  std::printf(R"("distinct": %s, )", distinct ? "true" : "false");
  tell_counts(best);
}

void tell_softmax(batch& b) {
  double row_error = 0, gradient_error = 0;
  for (std::uint64_t row = 0; row < b.rows; ++row) {
    const float *y = &b.y[row * b.classes], *d_y = &b.d_y[row * b.classes], *d = &b.d_logits[row * b.classes];
    double sum = 0, mean = 0;
    for (std::uint64_t k = 0; k < b.classes; ++k) sum += y[k], mean += double(y[k]) * d_y[k];
    row_error = std::max(row_error, std::abs(sum - 1));
    for (std::uint64_t k = 0; k < b.classes; ++k)
      gradient_error = std::max(gradient_error, std::abs(d[k] - double(y[k]) * (d_y[k] - mean) / b.temperature));
    b.index[row] = std::max_element(y, y + b.classes) - y;
  }
  std::printf(R"("row_error": %.3g, "gradient_error": %.3g, )", row_error, gradient_error);
  tell_counts(b.index);
}

std::uint64_t size_of(const batch& b) { return b.rows * b.classes; }

const std::map<std::string, case_of_ours> cases = {
    {"noise", {memory::y, rows_cases::our_noise, tell_noise}},
    {"gumbel-max", {memory::all, rows_cases::our_max, [](batch& b) { tell_counts(b.index); }}},
    {"gumbel-softmax", {memory::all, rows_cases::our_softmax, tell_softmax}},
    {"top-k", {memory::all, rows_cases::our_top_k, tell_top_k, 64, 2}},
    {"limit fma", {memory::none, [](batch& b) { cpu_limits::fused_multiply_adds(size_of(b)); }, {}}},
    {"limit multiply", {memory::none, [](batch& b) { cpu_limits::widening_multiplies(size_of(b)); }, {}}},
    {"limit philox", {memory::none, [](batch& b) { cpu_limits::philox_words(size_of(b)); }, {}}},
    // Half of the bytes are read, half are written.
    {"limit copy", {memory::y, [](batch& b) { std::memcpy(&b.y[0], &b.y[size_of(b) / 2], size_of(b) / 2 * 4); }, {}}},
    {"limit fill", {memory::y, [](batch& b) { std::memset(&b.y[0], int(b.rows & 1), size_of(b) * 4); }, {}}},
};

double seconds_of(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

void check(const case_of_ours& c) {
  batch b(check_rows, check_classes, c.needed, c.drawn_to_check);
  for (std::uint64_t i = 0; i < b.logits.size(); ++i) b.logits[i] = check_logits[i % check_classes];
  c.run(b);
  std::printf("{");
  c.tell(b);
  std::printf("}\n");
}

}  // namespace

int main() {
  std::printf(R"({"who": "ours", "version": "gumbelcuda %s", "best": "%s", "cases": {)", GUMBELCUDA_VERSION,
              gumbelcuda::cpu_targets().front().c_str());
  const char* comma = "";
  for (const auto& [name, c] : cases) std::printf("%s\"%s\": [\"\"]", std::exchange(comma, ", "), name.c_str());
  std::printf("}}\n");
  std::unique_ptr<batch> opened;
  const case_of_ours* current = nullptr;
  for (std::string line; std::fflush(stdout), std::getline(std::cin, line);) {
    // Names may contain spaces, so fields are separated by tabs.
    std::istringstream fields(line);
    std::string command, name, rows, classes;
    for (std::string* field : {&command, &name, &rows, &classes}) std::getline(fields, *field, '\t');
    const auto found = cases.find(name);
    if (command == "run" && opened) {
      const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID), clock = seconds_of(CLOCK_MONOTONIC);
      current->run(*opened);
      std::printf("{\"cpu\": %.9f, \"clock\": %.9f}\n", seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu,
                  seconds_of(CLOCK_MONOTONIC) - clock);
    } else if (command == "close") {
      opened.reset();
      std::printf("{}\n");
    } else if (command == "open" && found != cases.end()) {
      opened.reset();
      current = &found->second;
      opened = std::make_unique<batch>(std::stoull(rows), std::stoull(classes), current->needed, current->drawn);
      current->run(*opened);
      std::printf("{}\n");
    } else if (command == "check" && found != cases.end() && found->second.tell) {
      check(found->second);
    } else {
      std::fprintf(stderr, "rows_turns: not a command: %s\n", line.c_str());
      return 2;
    }
  }
}
