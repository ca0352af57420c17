// SPDX-License-Identifier: Apache-2.0
// Checks bytes that must never change, and bytes that must not depend on the backend or the number of threads.
#include <bit>

#include "host/selftest/checks.hpp"
#include "host/selftest/chosen_words.hpp"
#include "host/selftest/every_operation.hpp"

namespace gumbelcuda {
namespace {

// Bits of noise, the same in every release: the first values of row 0 with seed 42, and a quad that begins with
// rare_words. A change of any of them is a change of the noise stream.
constexpr std::uint32_t first_noise[] = {0x3d556e81u, 0x3eeac3ecu, 0x4024e2c8u, 0x3f600657u,
                                         0xbfbda2c9u, 0x3f6d1375u, 0x3ea73b81u, 0x3f00583fu};
constexpr std::uint32_t rare_words[] = {0, 5, 4095};
constexpr std::uint32_t rare_noise[] = {0x41b5c7c0u, 0x41a3b964u, 0x415dcf11u, 0x3ff5b81cu};

std::uint64_t fingerprint(const std::vector<unsigned char>& bytes) {  // FNV-1a
  std::uint64_t hash = 14695981039346656037u;
  for (const unsigned char byte : bytes) hash = (hash ^ byte) * 1099511628211u;
  return hash;
}

std::vector<std::uint32_t> bits_of_noise(const selftest_run& run, const noise_address& address, std::uint64_t classes) {
  std::vector<float> g(classes);
  run.sampler.noise({.rows = 1, .classes = classes, .type = number_type::float32, .noise = address, .out = {g.data()}});
  std::vector<std::uint32_t> bits;
  for (const float x : g) bits.push_back(std::bit_cast<std::uint32_t>(x));
  return bits;
}

// Adds a name unless it is already there.
void add_name(std::string& names, const std::string& name) {
  if (("; " + names + "; ").find("; " + name + "; ") == std::string::npos) names += (names.empty() ? "" : "; ") + name;
}

template <class Values, class Golden>
std::uint64_t differences(const Values& values, const Golden& golden) {
  std::uint64_t different = 0;
  for (std::size_t i = 0; i < std::size(golden); ++i) different += values[i] != golden[i];
  return different;
}

}  // namespace

check_results golden_bytes(const selftest_run& run) {
  // The stream's beginning, and a quad with extended words.
  std::mt19937_64 random(1);
  const noise_address begin{.seed = 42}, with_tail = address_with(42, rare_words, 3, random);
  const std::uint64_t wrong_noise = differences(bits_of_noise(run, begin, std::size(first_noise)), first_noise) +
                                    differences(bits_of_noise(run, with_tail, std::size(rare_noise)), rare_noise);

  const auto recorded = fingerprints_of_every_operation();
  std::uint64_t wrong = 0;
  std::string names;
  for (std::size_t type = 0; type < std::size(recorded[0].of_types); ++type) {
    run.step(0);
    const operation_bytes found = every_operation(run.sampler, {number_type(type), 33, 301, 0, with_tail, 1});
    wrong += found.size() != recorded.size();
    for (std::size_t i = 0; i < recorded.size(); ++i) {
      const auto& [name, of_types] = recorded[i];
      if (i < found.size() && found[i].name == name && fingerprint(found[i].bytes) == of_types[type]) continue;
      ++wrong;
      add_name(names, name);
    }
  }
  return {
      {.name = "golden values: noise",
       .samples = std::size(first_noise) + std::size(rare_noise),
       .statistic = "values that differ",
       .value = double(wrong_noise),
       .meaning = "this build draws other noise: other words, or other arithmetic (contraction, fast-math)"},
      {.name = "golden values: every operation",
       .samples = recorded.size() * std::size(recorded[0].of_types),
       .statistic = "fingerprints that differ",
       .value = double(wrong),
       .meaning = "this build computes other bytes than every other one, other words or other arithmetic: " + names}};
}

check_results same_as_one_thread(const selftest_run& run) { return same_as_one_thread(run, run.is_long ? 400 : 34); }

check_results same_as_one_thread(const selftest_run& run, std::uint64_t shapes) {
  std::mt19937_64 random(run.seed);
  std::uint64_t results = 0, different = 0;
  std::string names;
  for (std::uint64_t i = 0; i < shapes; ++i) {
    run.step(double(i) / double(shapes));
    row_shape shape;
    shape.type = number_type(i % 4);
    shape.classes = 1 + random() % (std::uint64_t{1} << (1 + i % 17));
    shape.rows = 1 + random() % (1 + 100000 / shape.classes);
    shape.gap = random() % 6;
    shape.noise = {run.seed, random(), random() >> 8 << 2};
    shape.made_from = random();
    shape.row_noise = i / 4 % 2 == 1;  // on a GPU such rows have kernels of their own
    const operation_bytes here = every_operation(run.sampler, shape), there = every_operation(run.reference, shape);
    for (std::size_t j = 0; j < here.size(); ++j) {
      if (here[j] == there[j]) continue;
      ++different;
      add_name(names, here[j].name);
    }
    results += here.size();
  }
  return {{.name = "same bytes as one CPU thread",
           .samples = results,
           .statistic = "results that differ",
           .value = double(different),
           .meaning = "results depend on the backend, the threads or the distance of rows: " + names}};
}

}  // namespace gumbelcuda
