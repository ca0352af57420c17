// SPDX-License-Identifier: Apache-2.0
// One line of JSON on standard output: a GPU benchmark prints nothing else. scripts/gpu_check/report.py reads the
// lines.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

namespace gumbelcuda::benchmark {

// Whether sizes are tiny and nothing is repeated, so that an interpreter of the kernels gets to the end: figures then
// mean nothing.
inline bool is_tiny() {
  static const bool tiny = std::getenv("GUMBELCUDA_BENCHMARK_TINY") != nullptr;
  return tiny;
}
template <class T>
T size_or_tiny(T size, T most) {
  return is_tiny() ? std::min(size, most) : size;
}

class record {
 public:
  explicit record(const std::string& kind) { set("record", kind); }

  record& set(const std::string& key, const std::string& value) {
    std::string quoted = "\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    return put(key, quoted + '"');
  }
  record& set(const std::string& key, const char* value) { return set(key, std::string(value)); }
  record& set(const std::string& key, bool value) { return put(key, value ? "true" : "false"); }
  record& set(const std::string& key, int value) { return put(key, std::to_string(value)); }
  record& set(const std::string& key, double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.7g", value);
    return put(key, std::isfinite(value) ? text : "null");
  }

  // Flushes, so that the record is not lost if the process is killed later.
  void print() const {
    std::printf("{%s}\n", text_.c_str());
    std::fflush(stdout);
  }

 private:
  record& put(const std::string& key, const std::string& value) {
    text_ += (text_.empty() ? "\"" : ", \"") + key + "\": " + value;
    return *this;
  }
  std::string text_;
};

// Checks whether timed code gives right answers. `correct` accumulates the results for the exit code.
class verdict {
 public:
  bool operator()(const std::string& what, bool right, const std::string& detail = "") {
    record r("check");
    r.set("case", what).set("right", right);
    if (!detail.empty()) r.set("detail", detail);
    r.print();
    correct_ = correct_ && right;
    return right;
  }
  int exit_code() const { return correct_ ? 0 : 1; }

 private:
  bool correct_ = true;
};

// main() of every program: it takes no arguments; an exception becomes a line and exit code 1.
template <class Body>
int run_benchmark(int argc, char** argv, Body body) {
  if (argc > 1) {
    std::fprintf(stderr, "usage: %s (it prints lines of JSON)\n", argv[0]);
    return 2;
  }
  try {
    return body();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}

}  // namespace gumbelcuda::benchmark
