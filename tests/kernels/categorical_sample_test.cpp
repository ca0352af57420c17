// SPDX-License-Identifier: Apache-2.0
// The kernels of categorical_sample.hpp, under the interpreter, give the CPU's bytes: for every type; for rows that
// share a warp, use one warp, or use a block; unaligned and strided rows; several draws; filters on and off; rows that
// are not drawn from.
#include <gtest/gtest.h>

#include <numeric>

#include "gumbelcuda/categorical_sample.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/rows/categorical_sample_rows.hpp"
#include "tests/simt/device.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

struct row_case {
  number_type type;
  std::uint64_t classes, rows, stride = 0, skew = 0;
  std::optional<unsigned> clusters = {};  // at once on a device that launches them
};

void PrintTo(const row_case& c, std::ostream* out) {
  *out << name_of(c.type) << ' ' << c.rows << " rows of " << c.classes << ", stride " << c.stride
       << (c.clusters ? ", clusters at once: " + std::to_string(*c.clusters) : "");
}

class CategoricalKernels : public testing::TestWithParam<row_case> {
 protected:
  const simt::device_with_clusters device{GetParam().clusters};

  CategoricalKernels() {
    random_numbers random(7);
    const row_case& c = GetParam();
    for (std::uint64_t row = 0; row < c.rows; ++row) {
      for (std::uint64_t k = 0; k < c.classes; ++k) {
        const double u = random.uniform(-9, 9);
        const double kinds[] = {u, double(random.word() % 3), random.word() % 2 ? -infinity : u,
                                1. / double(c.classes)};
        logits.set(row, k, row == 0 || row == 9 ? tying_logit(c.type) : kinds[row % 4]);
        const double far[] = {-1e30, -double(0x1.fffffep+127f), -infinity}, zeros[] = {0, -0., -1};
        if (row % 7 == 3 && k % 3 > 0) logits.set(row, k, far[random.word() % 3]);
        if (row % 11 == 9) logits.set(row, k, 3e38 * (double(k % 3) - 1));  // at temperature 1e38
        if (row % 12 == 8) logits.set(row, k, zeros[random.word() % 3]);    // at temperature 0, below
        p.set(row, k, random.word() % 4 ? random.uniform(0, 3) : 0);
      }
      if (row % 8 == 5) logits.set(row, c.classes / 2, NAN), p.set(row, c.classes / 2, NAN);
      if (row % 8 == 6) logits.set(row, c.classes - 1, INFINITY), p.set(row, c.classes - 1, -.5);
      const float temperatures[] = {1, 1e-9f, 0, 3, 1e-40f, .5f}, top_ps[] = {1, .9f, .5f, 1e-6f, .99f},
                  min_ps[] = {0, 0, .05f, 1};
      const std::uint32_t ks[] = {0, 40, 3, ~0u, 1, 200};
      temperature.push_back(row % 11 == 9 ? 1e38f : temperatures[row % 6]);
      top_p.push_back(top_ps[row % 5]);
      min_p.push_back(min_ps[row / 2 % 4]);
      top_k.push_back(ks[row / 3 % 6]);
      seed.push_back(random.wide_word());
      offset.push_back(random.word() % 99 * 4);
    }
  }
  row_batch empty() const {
    const row_case& c = GetParam();
    return row_batch(c.type, c.rows, c.classes, c.stride, c.skew);
  }
  categorical_sample_task task() { return sample_task(logits, noise, 2); }

  row_batch logits = empty(), p = empty();
  std::vector<float> temperature, top_p, min_p;
  std::vector<std::uint32_t> top_k;
  std::vector<std::uint64_t> seed, offset;
  noise_address noise{.seed = 0xfedcba9876543210, .first_row = 0xfffffffe, .offset = 0x3fffffff8};
};

template <class Task>
categorical_draws by_kernel(const Task& task) {
  categorical_draws drawn(task);
  EXPECT_EQ(launch_rows(drawn.into(task), nullptr), 0);
  return drawn;
}

TEST_P(CategoricalKernels, PlainDrawsAreTheCpus) {
  categorical_sample_task plain = task();
  if (GetParam().classes <= 300) plain.draws = 43;  // in groups
  EXPECT_TRUE(same(draw(plain), by_kernel(plain)));
  plain.temperature = temperature.data();
  plain.temperature_per_row = true;
  plain.noise.row_seed = seed.data();
  plain.noise.row_offset = offset.data();
  plain.reject_probabilities = true;
  EXPECT_TRUE(same(draw(plain), by_kernel(plain)));
}

TEST_P(CategoricalKernels, FilteredDrawsAreTheCpus) {
  categorical_sample_task filtered = task();
  filtered.temperature = temperature.data();
  filtered.top_k = top_k.data();
  filtered.top_p = top_p.data();
  filtered.min_p = min_p.data();
  filtered.temperature_per_row = filtered.top_k_per_row = filtered.top_p_per_row = filtered.min_p_per_row = true;
  filtered.reject_probabilities = true;
  EXPECT_TRUE(same(draw(filtered), by_kernel(filtered)));
}

TEST_P(CategoricalKernels, DrawsFromProbabilitiesAreTheCpus) {
  const row_case& c = GetParam();
  categorical_sample_from_probabilities_task of_p{
      .rows = c.rows, .classes = c.classes, .type = c.type, .noise = noise, .probabilities = p.in(), .draws = 2};
  EXPECT_TRUE(same(draw(of_p), by_kernel(of_p)));
  of_p.noise.row_seed = seed.data();
  EXPECT_TRUE(same(draw(of_p), by_kernel(of_p)));
}

// On a device, the values are checked only by the kernel.
TEST_P(CategoricalKernels, SayWhichRowsHaveBadParameters) {
  const row_case& c = GetParam();
  if (c.rows < 8) return;
  categorical_sample_task good = task();
  good.temperature = temperature.data();
  good.top_p = top_p.data();
  good.min_p = min_p.data();
  good.temperature_per_row = good.top_p_per_row = good.min_p_per_row = true;
  const categorical_draws expected = draw(good);
  temperature[0] = -1, temperature[1] = NAN, temperature[2] = INFINITY;
  top_p[3] = 0, top_p[4] = 1.5f, min_p[5] = -.1f, min_p[6] = NAN;
  for (const bool filtered : {true, false}) {
    if (!filtered) good.top_p = good.min_p = nullptr;
    const categorical_draws drawn = by_kernel(good);
    for (std::uint64_t row = 0; row < c.rows; ++row) {
      const bool bad = row < (filtered ? 7 : 3);
      const row_status right = bad ? row_status::bad_parameter : expected.status[row];
      if (bad || filtered) {
        EXPECT_EQ(drawn.status[row], right) << row;
      }
      for (std::uint64_t d = 2 * row; d < 2 * row + 2; ++d) {
        const std::int64_t index = bad ? -1 : expected.index[d];
        if (bad || filtered) {
          EXPECT_EQ(drawn.index[d], index) << row;
        }
      }
    }
  }
}

TEST(CategoricalKernelsOnce, TakeSharesAsTheyWereWritten) {
  for (const number_type type : {number_type::float32, number_type::float64}) {
    row_batch logits(type, 1, 4);
    const double shares[] = {.5, .3, .1, .1};
    for (std::uint64_t k = 0; k < 4; ++k) logits.set(0, k, std::log(shares[k]));
    const float top_p = .8f;
    categorical_sample_task task = sample_task(logits, {}, 64);
    task.top_p = &top_p;
    const categorical_draws drawn = by_kernel(task);
    EXPECT_TRUE(same(draw(task), drawn));
    EXPECT_EQ(*std::max_element(drawn.index.begin(), drawn.index.end()), 1);
  }
}

// Thresholds in bins with more classes than there is room for, and with fewer; top-k that leaves few classes to top-p,
// and many.
void search_as_the_cpu_does(number_type type, std::uint64_t classes, const std::vector<int>& kinds) {
  random_numbers random(classes);
  row_batch logits(type, kinds.size(), classes);
  std::vector<std::uint32_t> top_k;
  std::vector<float> top_p, temperature;
  for (std::uint64_t row = 0; row < logits.rows(); ++row) {
    for (std::uint64_t k = 0; k < classes; ++k) logits.set(row, k, searched_logit(type, kinds[row], k, random));
    const std::uint32_t ks[] = {50, 0, std::uint32_t(classes / 2), 3};
    const float ps[] = {.9f, .999999f, 1, .3f, 1e-30f}, temperatures[] = {1, 1, 30};
    top_k.push_back(ks[(row + row / 4) % 4]);
    top_p.push_back(ps[row % 5]);
    temperature.push_back(temperatures[row % 3]);
  }
  categorical_sample_task task = sample_task(logits, {.seed = 3}, 2);
  task.temperature = temperature.data(), task.top_k = top_k.data(), task.top_p = top_p.data();
  task.temperature_per_row = task.top_k_per_row = task.top_p_per_row = true;
  EXPECT_TRUE(same(draw(task), by_kernel(task))) << name_of(type) << ' ' << classes;
}

TEST(CategoricalKernelsOnce, SearchForThresholdsAsTheCpuDoes) {
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {700, 6000}) {
      std::vector<int> kinds;
      for (int n = 0; n < 2 * searched_kinds; ++n) kinds.push_back(n % searched_kinds);
      search_as_the_cpu_does(type, classes, kinds);
    }
  // As a vocabulary: sums of weights need more than 32 bits in most bins.
  search_as_the_cpu_does(number_type::float32, 128000, {5, 1, 5, 0});
  const simt::device_with_clusters device(2);
  std::vector<int> kinds(searched_kinds);
  std::iota(kinds.begin(), kinds.end(), 0);
  for (const number_type type : {number_type::float32, number_type::float64})
    search_as_the_cpu_does(type, 17002, kinds);
}

std::vector<row_case> cases() {
  std::vector<row_case> all;
  for (const number_type type : all_types)
    for (const row_case& c : {row_case{type, 1, 9},
                              {type, 5, 40},
                              {type, 64, 20},
                              {type, 65, 9},
                              {type, 300, 9},
                              {type, 513, 8},
                              {type, 1025, 8},
                              {type, 20000, 3},
                              {type, 33000, 2},
                              {type, 5, 20, 7, 1},
                              {type, 64, 9, 68},
                              {type, 7, 0},
                              {type, 300, 9, 301, 3},
                              {type, 2000, 5, 2001, 2},
                              {type, 16386, 5, 16387, 1, 1}})
      all.push_back(c);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Rows, CategoricalKernels, testing::ValuesIn(cases()));

}  // namespace
}  // namespace gumbelcuda
