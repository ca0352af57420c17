// SPDX-License-Identifier: Apache-2.0
// Checks noise as a function of its word. Running Philox backwards finds the chosen words in the stream, so that the
// backend under test sees the rarest of them.
#include <algorithm>
#include <thread>

#include "gumbelcuda/math/gumbel.hpp"
#include "host/selftest/checks.hpp"
#include "host/selftest/chosen_words.hpp"
#include "host/selftest/exact_noise.hpp"
#include "host/selftest/stratified_words.hpp"

namespace gumbelcuda {
namespace {

// The bounds stated in math/gumbel.hpp and device/noise.hpp.
constexpr float least_gumbel = -3.13000f, largest_gumbel = 22.8739f, largest_extended_gumbel = 45.06f;
constexpr double largest_error = 2.5e-7;

struct word_findings {
  exact_noise::finding value;
  std::uint64_t words = 0, increases = 0;
};

check_results as_results(const std::string& name, const word_findings& found, float largest) {
  const bool in_range = found.value.least >= least_gumbel && found.value.largest <= largest;
  return {{.name = name + ": finite and in range",
           .samples = found.words,
           .statistic = "values not finite, ends out of range",
           .value = double(found.value.broken) + (in_range ? 0 : 1),
           .meaning = "noise is infinite, NaN or cut: a logarithm of 0, or bits missing in the uniform number"},
          {.name = name + ": error",
           .samples = found.words,
           .statistic = "|g - exact| / max(1, |exact|)",
           .value = double(found.value.error),
           .most = largest_error,
           .meaning = "noise is inexact: another log, contraction or fast-math, or it was rounded to fewer bits"},
          {.name = name + ": order",
           .samples = found.words,
           .statistic = "increases",
           .value = double(found.increases),
           .meaning = "a larger word gave larger noise: the logarithm has a step at a change of its path"}};
}

// --- All 2^32 -----------------------------------------------------------------------------------------------

constexpr std::size_t block_size = std::size_t{1} << 18, blocks = (std::size_t{1} << 32) / block_size;

// Also checks the step from the previous block.
void check_block(std::size_t block, word_findings& found) {
  const std::uint32_t first = std::uint32_t(block * block_size);
  float before = block > 0 ? gumbel<float>(first - 1) : INFINITY;
  for (std::uint32_t i = 0; i < block_size; ++i) {
    const std::uint32_t word = first + i;
    const float g = gumbel<float>(word);
    found.value.include(word, exact_noise::gumbel_error(g, exact_noise::gumbel(word)), g);
    found.increases += !(g <= before);
    before = g;
  }
  found.words += block_size;
}

// --- The tail -----------------------------------------------------------------------------------------------

// Noise of words below `limit`: for these, v = 1 − e^−E is uniform on (0, limit·2^-32).
check_result tail_law(const selftest_run& run, std::uint32_t limit, const std::string& name, const char* meaning) {
  const std::size_t count = run.is_long ? 1000000 : 20000;
  std::mt19937_64 random(run.seed ^ limit);
  std::vector<double> uniform;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 1024 == 0) run.step(double(i) / double(count));
    const std::uint32_t word = std::uint32_t(random() >> 32) % limit;  // limit is a power of two
    float g[quad_size];
    run.sampler.noise({.rows = 1,
                       .classes = quad_size,
                       .type = number_type::float32,
                       .noise = address_with(run.seed, &word, 1, random),
                       .out = {g}});
    uniform.push_back(-std::expm1(-std::exp(-double(g[0]))) * 0x1p32 / limit);
  }
  std::sort(uniform.begin(), uniform.end());
  double distance = 0;
  for (std::size_t i = 0; i < count; ++i)
    keep_largest(distance,
                 std::max(double(i + 1) / double(count) - uniform[i], uniform[i] - double(i) / double(count)));
  return {.name = name,
          .samples = count,
          .statistic = "Kolmogorov distance",
          .value = distance,
          .most = statistics::kolmogorov_critical(double(count), check_level),
          .false_alarm = check_level,
          .meaning = meaning};
}

}  // namespace

check_results noise_of_chosen_words(const selftest_run& run) {
  constexpr std::size_t together = 3;  // words per quad; the fourth determines the address
  const std::vector<std::uint32_t> words = stratified_words(0x1000);
  std::mt19937_64 random(run.seed);
  word_findings found;
  float before = INFINITY;
  for (std::size_t i = 0; i < words.size(); i += together) {
    if (i % (1024 * together) == 0) run.step(double(i) / double(words.size()));
    const int count = int(std::min(together, words.size() - i));
    const noise_address address = address_with(run.seed, &words[i], count, random);
    const auto extensions = extensions_at(address);
    float g[quad_size];
    run.sampler.noise({.rows = 1, .classes = quad_size, .type = number_type::float32, .noise = address, .out = {g}});
    for (int j = 0; j < count; ++j) {
      const std::uint32_t word = words[i + std::size_t(j)];
      const long double exact =
          word < tail_words ? exact_noise::extended_gumbel(word, extensions.word[j]) : exact_noise::gumbel(word);
      found.value.include(word, exact_noise::gumbel_error(g[j], exact), g[j]);
      found.increases += !(g[j] <= before);
      before = g[j];
      ++found.words;
    }
  }
  return as_results("noise of chosen words", found, largest_extended_gumbel);
}

check_results noise_of_every_word(const selftest_run& run) {
  if (!run.is_long) return {};
  std::atomic<std::size_t> next = 0;
  std::vector<word_findings> found(std::size_t(run.threads));
  {
    std::atomic<bool> stop = false;
    std::vector<std::jthread> others;
    const struct raise_at_end {
      std::atomic<bool>& flag;
      ~raise_at_end() { flag = true; }
    } stop_others{stop};  // raised before the threads are joined, also if an exception is thrown
    for (std::size_t i = 1; i < found.size(); ++i)
      others.emplace_back([&, i] {
        for (std::size_t block; !stop && (block = next++) < blocks;) check_block(block, found[i]);
      });
    for (std::size_t block; (block = next++) < blocks;) {
      run.step(double(block) / double(blocks));
      check_block(block, found[0]);
    }
    for (std::jthread& other : others) other.join();
  }
  for (std::size_t i = 1; i < found.size(); ++i) {
    found[0].value.include(found[i].value);
    found[0].increases += found[i].increases;
    found[0].words += found[i].words;
  }
  return as_results("noise of every word", found[0], largest_gumbel);
}

check_results noise_of_the_tail(const selftest_run& run) {
  return {tail_law(run, tail_words, "tail of the noise: words below 4096",
                   "noise beyond 13.8 has another law: its uniform number is cut or lacks bits"),
          tail_law(run, 1, "tail of the noise: word 0",
                   "noise beyond 22.1 has another law: the 32 further bits of a rare word are missing or wrong")};
}

}  // namespace gumbelcuda
