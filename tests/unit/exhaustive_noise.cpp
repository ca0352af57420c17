// SPDX-License-Identifier: Apache-2.0
// The exhaustive check that docs/numerics.md relies on: all 2^32 words through exponential, gumbel and
// race_exponential, on every lane type of this processor, against long double. It takes minutes, so it is a separate
// program; the unit tests check the same bounds on a subset. The exit code is 1 if a bound is broken.
//
//   exhaustive_noise [n]     checks every n-th block of 2^20 words, for a quick look
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "gumbelcuda/detail/gan/race.hpp"
#include "gumbelcuda/math/gumbel.hpp"
#include "tests/unit/lanes.hpp"
#include "tests/unit/reference.hpp"

namespace {

constexpr std::size_t block_size = std::size_t{1} << 20, blocks = std::size_t{1} << 12;

using exact_noise::finding;

struct findings {
  finding exponential, exponential_double, gumbel;
  // race_exponential, over all lane types: by how much it exceeds E anywhere; by how much it falls below E where
  // E ≤ race_time_limit; and, as `least` of a finding, the smallest estimate for larger E.
  finding race_above, race_below, race_beyond;
  std::uint64_t words = 0, unordered_exponential = 0, unordered_gumbel = 0;
  std::vector<std::uint64_t> different;  // words for which a lane type's bits differ from the scalar's

  findings() : different(std::size_t(lanes::supported().count)) {}
  void include(const findings& other) {
    exponential.include(other.exponential);
    exponential_double.include(other.exponential_double);
    gumbel.include(other.gumbel);
    race_above.include(other.race_above);
    race_below.include(other.race_below);
    race_beyond.include(other.race_beyond);
    words += other.words;
    unordered_exponential += other.unordered_exponential;
    unordered_gumbel += other.unordered_gumbel;
    for (std::size_t i = 0; i < different.size(); ++i) different[i] += other.different[i];
  }
};

struct ends {
  float first_exponential, last_exponential, first_gumbel, last_gumbel;
};

class worker {
 public:
  findings found;

  ends check_block(std::size_t block) {
    for (std::size_t i = 0; i < block_size; ++i) words_[i] = std::uint32_t(block * block_size + i);
    const lanes::lane_set& scalar = lanes::scalar();
    scalar.exponential(words_.data(), exponential_.data(), block_size);
    scalar.gumbel(words_.data(), gumbel_.data(), block_size);
    scalar.uniform_signed(words_.data(), uniform_.data(), block_size);
    found.words += block_size;
    check_errors();
    check_order();
    for (int i = 0; i < lanes::supported().count; ++i)
      check_lanes(*lanes::supported().first[i], found.different[std::size_t(i)]);
    return {exponential_.front(), exponential_.back(), gumbel_.front(), gumbel_.back()};
  }

 private:
  void check_errors() {
    for (std::size_t i = 0; i < block_size; ++i) {
      const std::uint32_t word = words_[i];
      const long double e = exact_[i] = reference::exponential(word), g = -std::log(e);
      found.exponential.include(word, std::abs(exponential_[i] - e) / e, exponential_[i]);
      found.gumbel.include(word, exact_noise::gumbel_error(gumbel_[i], g), gumbel_[i]);
      const double wide = gumbelcuda::exponential<double>(word);
      found.exponential_double.include(word, std::abs(wide - e) / e, float(wide));
    }
  }
  void check_order() {
    for (std::size_t i = 1; i < block_size; ++i) {
      found.unordered_exponential += !(exponential_[i - 1] <= exponential_[i]);
      found.unordered_gumbel += !(gumbel_[i - 1] >= gumbel_[i]);
    }
  }
  void check_lanes(const lanes::lane_set& set, std::uint64_t& different) {
    const auto compare = [&](auto function, const std::vector<float>& expected) {
      function(words_.data(), other_.data(), block_size);
      for (std::size_t i = 0; i < block_size; ++i)
        different += gumbelcuda::to_bits(other_[i]) != gumbelcuda::to_bits(expected[i]);
    };
    if (&set != &lanes::scalar()) {
      compare(set.exponential, exponential_);
      compare(set.gumbel, gumbel_);
      compare(set.uniform_signed, uniform_);
    }
    // The estimate's bits may differ between machines; its error bounds (detail/gan/race.hpp) must hold on all of them.
    set.race_exponential(words_.data(), other_.data(), block_size);
    for (std::size_t i = 0; i < block_size; ++i) {
      const long double ratio = other_[i] / exact_[i] - 1;
      found.race_above.include(words_[i], ratio, other_[i]);
      if (exact_[i] <= gumbelcuda::race_time_limit)
        found.race_below.include(words_[i], -ratio, other_[i]);
      else
        found.race_beyond.include(words_[i], 0, other_[i]);
    }
  }

  std::vector<std::uint32_t> words_ = std::vector<std::uint32_t>(block_size);
  std::vector<float> exponential_ = std::vector<float>(block_size), gumbel_ = exponential_, uniform_ = exponential_,
                     other_ = exponential_;
  std::vector<long double> exact_ = std::vector<long double>(block_size);
};

// Checks all blocks on all of the machine's threads; at the end, the values on both sides of each block boundary are
// compared in order.
findings check_all(std::size_t step, unsigned threads) {
  std::vector<ends> block_ends(blocks);
  std::vector<worker> workers(threads);
  std::atomic<std::size_t> next = 0, done = 0;
  std::vector<std::thread> running;
  for (worker& w : workers)
    running.emplace_back([&] {
      for (std::size_t block; (block = next.fetch_add(step)) < blocks;) {
        block_ends[block] = w.check_block(block);
        const std::size_t count = ++done * step;
        if (isatty(STDERR_FILENO)) std::fprintf(stderr, "\r%3zu %%", 100 * count / blocks);
      }
    });
  for (std::thread& thread : running) thread.join();
  if (isatty(STDERR_FILENO)) std::fprintf(stderr, "\r      \r");

  findings all;
  for (const worker& w : workers) all.include(w.found);
  for (std::size_t block = step; block < blocks; block += step) {
    const ends &before = block_ends[block - step], &after = block_ends[block];
    all.unordered_exponential += !(before.last_exponential <= after.first_exponential);
    all.unordered_gumbel += !(before.last_gumbel >= after.first_gumbel);
  }
  return all;
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos)
      return line.substr(line.find(": ") + 2);
  return "unknown processor";
}

bool all_kept = true;

void report(const char* quantity, long double measured, long double bound, bool kept, const char* at = "") {
  std::printf("%-48s %12.6Lg %12Lg  %8s  %s\n", quantity, measured, bound, at, kept ? "kept" : "BROKEN");
  all_kept &= kept;
}
void report_error(const char* quantity, const finding& f, long double bound) {
  char at[16];
  std::snprintf(at, sizeof at, "%08x", unsigned(f.at));
  report(quantity, f.error, bound, f.error <= bound, at);
}
void report_least(const char* quantity, float measured, long double bound) {
  report(quantity, measured, bound, measured >= bound);
}
void report_largest(const char* quantity, float measured, long double bound) {
  report(quantity, measured, bound, measured <= bound);
}
void report_none(const char* quantity, std::uint64_t count) { report(quantity, count, 0, count == 0); }

}  // namespace

int main(int argc, char** argv) {
  const long step = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 1;
  if (step < 1) {
    std::fprintf(stderr, "usage: exhaustive_noise [every n-th block]\n");
    return 2;
  }
  const findings all = check_all(std::size_t(step), std::max(1u, std::thread::hardware_concurrency()));

  // The bounds are stated in the functions' comments in gumbelcuda/math/gumbel.hpp and detail/gan/race.hpp.
  std::printf("%s\n%llu words of %llu against long double\n\n", processor_name().c_str(),
              static_cast<unsigned long long>(all.words), 1ull << 32);
  std::printf("%-48s %12s %12s  %8s\n", "", "measured", "bound", "at word");
  report_error("exponential: relative error", all.exponential, 2e-7L);
  report_least("exponential: least", all.exponential.least, 1.16415e-10L);
  report_largest("exponential: largest", all.exponential.largest, 22.8739L);
  report_none("exponential: words not finite", all.exponential.broken);
  report_none("exponential: decreases", all.unordered_exponential);
  report_error("exponential<double>: relative error", all.exponential_double, 3e-16L);
  report_error("gumbel: error / max(1, |g|)", all.gumbel, 2.5e-7L);
  report_least("gumbel: least", all.gumbel.least, -3.13L);
  report_largest("gumbel: largest", all.gumbel.largest, 22.8739L);
  report_none("gumbel: words not finite", all.gumbel.broken);
  report_none("gumbel: increases", all.unordered_gumbel);
  report_error("race_exponential: relative excess over E", all.race_above, gumbelcuda::race_error);
  report_error("race_exponential: relative lack, E <= 2.99", all.race_below, gumbelcuda::race_error);
  report_least("race_exponential: least, E > 2.99", all.race_beyond.least,
               gumbelcuda::race_time_limit * (1 - gumbelcuda::race_error));
  report_none("race_exponential: words not finite", all.race_above.broken);
  report_none("race_exponential: words not positive", all.race_above.least > 0 ? 0 : 1);
  for (int i = 1; i < lanes::supported().count; ++i) {
    const std::string name = std::string(lanes::supported().first[i]->name) + ": values unlike the scalar's";
    report_none(name.c_str(), all.different[std::size_t(i)]);
  }
  std::printf("\n%s\n", all_kept ? "every bound kept" : "a bound is broken");
  return all_kept ? 0 : 1;
}
