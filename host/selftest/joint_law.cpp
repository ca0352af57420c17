// SPDX-License-Identifier: Apache-2.0
// The law of several values together: orders of 26; correlations between places, rows, streams and offsets; pairs.
#include <algorithm>
#include <array>
#include <utility>

#include "host/selftest/checks.hpp"

namespace gumbelcuda {
namespace {

// --- Permutations -------------------------------------------------------------------------------------------

constexpr std::uint64_t letters = 26;
constexpr double permutations_of_letters = 403291461126605635584e6;  // 26!
using order = std::array<std::uint8_t, letters>;

// The order of 26 values, lowest first.
order order_of(const float* g) {
  order sorted;
  for (std::uint8_t k = 0; k < letters; ++k) {
    std::uint8_t place = k;
    for (; place > 0 && g[sorted[place - 1u]] > g[k]; --place) sorted[place] = sorted[place - 1u];
    sorted[place] = k;
  }
  return sorted;
}

// Which of the six orders three values have.
std::size_t order_of_three(const float* g) {
  return (g[0] < g[1] ? 4u : 0u) + (g[0] < g[2] ? 2u : 0u) + (g[1] < g[2] ? 1u : 0u);  // 2 and 5 cannot occur
}
constexpr std::size_t possible_orders[] = {0, 1, 3, 4, 6, 7};

// --- Correlation --------------------------------------------------------------------------------------------

// Fisher's z of a sample correlation, as |z|. For independent values z is standard normal, to the accuracy of the
// central limit theorem. NaN if one of the samples is constant.
double fisher_z(const float* a, const float* b, std::size_t count) {
  double sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = a[i], y = b[i];
    sum_a += x;
    sum_b += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const double n = double(count);
  const double covariance = ab - sum_a * sum_b / n,
               scale = std::sqrt((aa - sum_a * sum_a / n) * (bb - sum_b * sum_b / n));
  return std::abs(std::atanh(covariance / scale)) * std::sqrt(n - 3);
}

// The largest |z| of several correlations.
class correlation {
 public:
  void include(const float* a, const float* b, std::size_t count) {
    keep_largest(largest_, fisher_z(a, b, count));
    ++number_;
    samples_ = count;
  }
  check_result result(const char* name, const char* meaning) const {
    return {.name = name,
            .samples = samples_,
            .statistic = "largest of " + std::to_string(number_) + " |z|",
            .value = largest_,
            .most = statistics::normal_critical(check_level / number_),  // Bonferroni
            .false_alarm = check_level,
            .meaning = meaning};
  }

 private:
  double largest_ = 0;
  int number_ = 0;
  std::size_t samples_ = 0;
};

constexpr std::uint64_t grid = 16;

// Neighbouring values in disjoint pairs, counted on a grid of equally likely cells.
check_result pairs(const std::vector<float>& g) {
  std::vector<float> edges;
  for (std::uint64_t i = 1; i < grid; ++i) edges.push_back(float(-std::log(-std::log(double(i) / grid))));
  const auto cell = [&](float x) {
    return std::size_t(std::upper_bound(edges.begin(), edges.end(), x) - edges.begin());
  };
  std::vector<std::uint64_t> counts(grid * grid);
  for (std::size_t i = 0; i + 1 < g.size(); i += 2) ++counts[cell(g[i]) * grid + cell(g[i + 1])];
  const double expected = double(g.size() / 2) / double(counts.size());
  double x = 0;
  for (const std::uint64_t count : counts) x += (double(count) - expected) * (double(count) - expected) / expected;
  const statistics::range allowed = statistics::chi_square_range(double(counts.size() - 1), check_level);
  return {.name = "noise: pairs on a 16 x 16 grid",
          .samples = g.size() / 2,
          .statistic = "chi-square",
          .value = x,
          .least = allowed.least,
          .most = allowed.most,
          .false_alarm = check_level,
          .meaning = "neighbouring values depend on each other"};
}

}  // namespace

check_results permutations(const selftest_run& run) {
  const std::uint64_t count = run.is_long ? 1000000 : 100000, batch = 10000;
  constexpr std::size_t triples = letters / 3;
  std::vector<order> orders;
  std::vector<std::array<std::uint64_t, 8>> counts(triples);
  std::vector<float> g(batch * letters);
  for (std::uint64_t done = 0; done < count; done += batch) {
    run.step(double(done) / double(count));
    run.sampler.noise({.rows = batch,
                       .classes = letters,
                       .type = number_type::float32,
                       .noise = {run.seed, rows_of_permutations + done},
                       .out = {g.data()}});
    for (std::uint64_t row = 0; row < batch; ++row) {
      orders.push_back(order_of(&g[row * letters]));
      for (std::size_t t = 0; t < triples; ++t) ++counts[t][order_of_three(&g[row * letters + 3 * t])];
    }
  }
  std::sort(orders.begin(), orders.end());
  std::uint64_t duplicates = 0;
  for (std::size_t i = 1; i < orders.size(); ++i) duplicates += orders[i] == orders[i - 1];

  const double expected = double(count) / double(std::size(possible_orders));
  double x = 0;
  for (const auto& of_triple : counts)
    for (const std::size_t i : possible_orders) {
      const double gap = double(of_triple[i]) - expected;
      x += gap * gap / expected;
    }
  const statistics::range allowed = statistics::chi_square_range(5. * triples, check_level);
  return {{.name = "permutations of 26: duplicates",
           .samples = count,
           .statistic = "duplicates",
           .value = double(duplicates),
           .false_alarm = double(count) * double(count) / (2 * permutations_of_letters),
           .meaning = "rows repeat: the generator's period or state is too small, or rows share their noise"},
          {.name = "permutations of 26: orders of triples",
           .samples = count * triples,
           .statistic = "chi-square",
           .value = x,
           .least = allowed.least,
           .most = allowed.most,
           .false_alarm = check_level,
           .meaning = "orders of neighbouring values are not equally likely"}};
}

check_results correlations(const selftest_run& run) { return correlations(run, run.is_long ? 16384 : 1024); }

check_results correlations(const selftest_run& run, std::uint64_t rows) {
  constexpr std::uint64_t side = 1024, lags = 64, distances = 8;
  // One long row; and many rows, to be compared with what other offsets and seeds give in the same places.
  const auto noise_at = [&](std::uint64_t count, std::uint64_t classes, noise_address address) {
    std::vector<float> g(count * classes);
    address.first_row += rows_of_correlation;
    run.step(0);
    run.sampler.noise(
        {.rows = count, .classes = classes, .type = number_type::float32, .noise = address, .out = {g.data()}});
    return g;
  };
  const std::uint64_t size = rows * side;
  const std::vector<float> line = noise_at(1, size + lags, {.seed = run.seed}),
                           plane = noise_at(rows + distances, side, {.seed = run.seed});
  correlation places, between_rows, streams, offsets;
  for (std::uint64_t lag = 1; lag <= lags; ++lag) {
    run.step(double(lag) / double(2 * lags));
    places.include(line.data(), line.data() + lag, size);
  }
  for (std::uint64_t distance = 1; distance <= distances; ++distance) {
    run.step(.5 + double(distance) / double(2 * distances));
    between_rows.include(plane.data(), plane.data() + distance * side, size);
    const auto other_offset = noise_at(rows, side, {.seed = run.seed, .offset = distance * side});
    offsets.include(plane.data(), other_offset.data(), size);
  }
  // The seeds differ in the lower or in the upper half of the key.
  for (const std::uint64_t seed : {run.seed + 1, run.seed + (std::uint64_t{1} << 32)})
    streams.include(plane.data(), noise_at(rows, side, {.seed = seed}).data(), size);
  return {places.result("correlation: classes, lags 1 to 64", "noise of a row depends on its neighbours"),
          between_rows.result("correlation: rows, 1 to 8 apart", "rows share noise"),
          streams.result("correlation: seeds s, s + 1, s + 2^32", "neighbouring seeds give related noise"),
          offsets.result("correlation: offsets, 1 to 8 apart", "calls at other offsets give related noise"),
          pairs(line)};
}

}  // namespace gumbelcuda
