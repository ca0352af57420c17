// SPDX-License-Identifier: Apache-2.0
// Fingerprints of complete trainings, recorded in golden.txt and kept from release to release. If one changes, the
// noise stream or the mathematics has changed, and the change log must say so. This file does not use the test
// framework, because it also runs on processors for which the framework is not installed
// (tests/package/other_processor.py).
#pragma once

#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"

namespace golden {

// A target with an empty class at each end, if there are enough classes.
inline std::vector<double> some_target(int classes) {
  std::vector<double> p(std::size_t(classes), 0.);
  const int begin = classes > 3 ? 1 : 0, end = classes > 3 ? classes - 1 : classes;
  for (int k = begin; k < end; ++k) p[std::size_t(k)] = 1. / (end - begin);
  return p;
}

// FNV-1a over the bits of the parameters and the distributions.
inline std::string fingerprint(const gumbelcuda::fleet_result& result) {
  std::uint64_t hash = 1469598103934665603u;
  for (const auto* values : {&result.logits, &result.weights, &result.bias, &result.distribution})
    for (const float value : *values) {
      std::uint32_t bits;
      std::memcpy(&bits, &value, sizeof bits);
      for (int byte = 0; byte < 4; ++byte) hash = (hash ^ ((bits >> (8 * byte)) & 255)) * 1099511628211u;
    }
  std::ostringstream text;
  text << std::hex << hash;
  return text.str();
}

struct training {
  std::string line, expected;
  gumbelcuda::fleet_config config;  // 32 GANs, 8 steps
};

// The trainings of golden.txt. A line that cannot be parsed gives a training without an expected fingerprint.
inline std::vector<training> read(const std::string& path) {
  std::vector<training> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    training t{line, "", {}};
    int classes = 2;
    float temperature = 1, learning_rate = 1;
    std::istringstream fields(line);
    fields >> classes >> t.config.batch_size >> temperature >> learning_rate >> t.expected;
    t.config.num_gans = 32;
    t.config.epochs = 1;
    t.config.steps_per_epoch = 8;
    t.config.target = some_target(classes);
    t.config.temperature = {temperature};
    t.config.generator_learning_rate = t.config.discriminator_learning_rate = {learning_rate};
    all.push_back(t);
  }
  return all;
}

inline std::string train(const training& t, const std::string& cpu_target) {
  gumbelcuda::fleet_execution execution;
  execution.threads = 1;
  execution.cpu_target = cpu_target;
  return fingerprint(gumbelcuda::train_fleet(t.config, execution));
}

}  // namespace golden
