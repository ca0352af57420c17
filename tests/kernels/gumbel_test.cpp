// SPDX-License-Identifier: Apache-2.0
// The kernels of the operations on rows, under the interpreter, give the CPU backend's bytes: for every type; every way
// to split a row over threads; odd lengths; unaligned and strided rows; rows that cannot be drawn from; and under every
// schedule of their threads.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "host/selftest/chosen_words.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/rows/scores.hpp"
#include "tests/simt/device.hpp"
#include "tests/simt/schedule.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::row_batch, testing_rows::same_bytes;

constexpr float infinity = std::numeric_limits<float>::infinity();

struct row_case {
  number_type type;
  std::uint64_t classes, rows;
  std::uint64_t stride = 0, skew = 0;
  std::uint64_t seed = 7;
  std::optional<unsigned> clusters = {};  // at once on a device that launches them
};

void PrintTo(const row_case& c, std::ostream* out) {
  *out << testing_rows::name_of(c.type) << ' ' << c.rows << " rows of " << c.classes << ", stride " << c.stride
       << ", skew " << c.skew << (c.clusters ? ", clusters at once: " + std::to_string(*c.clusters) : "");
}

// Rows of all kinds: with wide, narrow and equal logits (the latter so large that rounded scores tie), with masks, and
// rows that have no sample.
row_batch some_logits(const row_case& c) {
  random_numbers random(c.seed);
  row_batch logits(c.type, c.rows, c.classes, c.stride, c.skew);
  for (std::uint64_t row = 0; row < c.rows; ++row) {
    const double width[] = {4, 0.01, 30, 0}, offset[] = {0, -40, 100, testing_rows::tying_logit(c.type)};
    const std::uint64_t kind = row % 4;
    for (std::uint64_t k = 0; k < c.classes; ++k) {
      double x = offset[kind] + width[kind] * random.uniform(-1, 1);
      if (row % 3 == 1 && random.word() % 2 == 0) x = -infinity;
      logits.set(row, k, x);
    }
    const std::uint64_t k = random.wide_word() % c.classes;
    // Logits that differ by more than the largest number, at temperature 1e38 (below).
    if (row % 12 == 10)
      for (std::uint64_t j = 0; j < c.classes; ++j) logits.set(row, j, 3e38 * (double(j % 3) - 1));
    if (row % 8 == 5) logits.set(row, k, std::numeric_limits<double>::quiet_NaN());
    if (row % 8 == 6) logits.set(row, k, infinity);
    if (row % 8 == 7)
      for (std::uint64_t j = 0; j < c.classes; ++j) logits.set(row, j, -infinity);
  }
  return logits;
}

std::vector<float> some_temperatures(std::uint64_t rows) {
  const float kinds[] = {1,  .1f,   10,    0, .5f, 1e-3f, 1e30f, 1e-30f, std::numeric_limits<float>::quiet_NaN(),
                         -1, 1e38f, 1e-41f};
  std::vector<float> temperatures;
  for (std::uint64_t row = 0; row < rows; ++row) temperatures.push_back(kinds[row % std::size(kinds)]);
  return temperatures;
}

class RowKernels : public testing::TestWithParam<row_case> {
 protected:
  const simt::device_with_clusters device{GetParam().clusters};

  row_batch empty() const {
    const row_case& c = GetParam();
    return row_batch(c.type, c.rows, c.classes, c.stride, c.skew);
  }
  // One number for each row: log_prob and d_temperature.
  row_batch per_row() const {
    return row_batch(GetParam().type == number_type::float64 ? number_type::float64 : number_type::float32, 1,
                     GetParam().rows);
  }
  noise_address noise() const { return {.seed = 0xfedcba9876543210, .first_row = 0xfffffffe, .offset = 0x3fffffff8}; }

  // The CPU backend refuses invalid temperatures, while a kernel makes the row NaN. So the comparison uses only
  // temperatures that the CPU accepts.
  std::vector<float> allowed_temperatures() const {
    std::vector<float> temperatures = some_temperatures(GetParam().rows);
    for (float& t : temperatures)
      if (!(t >= 0)) t = .25f;
    return temperatures;
  }
};

TEST_P(RowKernels, NoiseIsTheCpus) {
  const row_case& c = GetParam();
  row_batch expected = empty(), result = empty();
  gumbel_noise_task task{.rows = c.rows, .classes = c.classes, .type = c.type, .noise = noise(), .out = expected.out()};
  gumbel_noise(task);
  task.out = result.out();
  ASSERT_EQ(launch_rows(task, nullptr), 0);
  EXPECT_TRUE(same_bytes(expected, result));
}

TEST_P(RowKernels, GumbelMaxIsTheCpus) {
  const row_case& c = GetParam();
  row_batch logits = some_logits(c), expected_log_prob = per_row(), log_prob = per_row();
  std::vector<std::int64_t> expected_index(c.rows, -7), index(c.rows, -8);
  std::vector<std::int32_t> expected_int32(c.rows, -7), int32(c.rows, -8);
  std::vector<row_status> expected_status(c.rows, row_status(9)), status(c.rows, row_status(8));
  gumbel_max_task task{.rows = c.rows, .classes = c.classes, .type = c.type, .noise = noise(), .logits = logits.in()};
  task.index = expected_index.data();
  task.index_int32 = expected_int32.data();
  task.status = expected_status.data();
  task.log_prob = expected_log_prob.out().data;
  gumbel_max(task);
  task.index = index.data();
  task.index_int32 = int32.data();
  task.status = status.data();
  task.log_prob = log_prob.out().data;
  ASSERT_EQ(launch_rows(task, nullptr), 0);
  EXPECT_EQ(index, expected_index);
  EXPECT_EQ(int32, expected_int32);
  EXPECT_TRUE(std::equal(index.begin(), index.end(), int32.begin()));
  EXPECT_EQ(status, expected_status);
  EXPECT_TRUE(same_bytes(expected_log_prob, log_prob));
}

TEST_P(RowKernels, GumbelSoftmaxIsTheCpus) {
  const row_case& c = GetParam();
  row_batch logits = some_logits(c);
  const std::vector<float> temperatures = allowed_temperatures();
  for (const bool log_domain : {false, true}) {
    SCOPED_TRACE(log_domain ? "log domain" : "");
    row_batch expected_y = empty(), y = empty(), expected_hot = empty(), hot = empty();
    std::vector<std::int64_t> expected_index(c.rows, -7), index(c.rows, -8);
    gumbel_softmax_task task{
        .rows = c.rows, .classes = c.classes, .type = c.type, .noise = noise(), .logits = logits.in()};
    task.temperature = temperatures.data();
    task.temperature_per_row = true;
    task.log_domain = log_domain;
    task.y = expected_y.out();
    task.one_hot = expected_hot.out();
    task.index = expected_index.data();
    gumbel_softmax(task);
    task.y = y.out();
    task.one_hot = hot.out();
    task.index = index.data();
    ASSERT_EQ(launch_rows(task, nullptr), 0);
    EXPECT_TRUE(same_bytes(expected_y, y));
    EXPECT_TRUE(same_bytes(expected_hot, hot));
    EXPECT_EQ(index, expected_index);
  }
}

TEST_P(RowKernels, VjpIsTheCpusFromSavedYAndFromNoise) {
  const row_case& c = GetParam();
  row_batch logits = some_logits(c), y = empty(), d_y = empty();
  const std::vector<float> temperatures = allowed_temperatures();
  gumbel_softmax_task forward{
      .rows = c.rows, .classes = c.classes, .type = c.type, .noise = noise(), .logits = logits.in()};
  forward.temperature = temperatures.data();
  forward.temperature_per_row = true;
  forward.y = y.out();
  gumbel_softmax(forward);
  random_numbers random(c.seed + 1);
  for (std::uint64_t row = 0; row < c.rows; ++row)
    for (std::uint64_t k = 0; k < c.classes; ++k) d_y.set(row, k, random.uniform(-1, 1));
  for (const bool saved : {true, false}) {
    SCOPED_TRACE(saved ? "from y" : "from noise");
    row_batch expected = empty(), result = d_y, expected_dt = per_row(), dt = per_row();
    gumbel_softmax_vjp_task task{.rows = c.rows, .classes = c.classes, .type = c.type, .noise = noise()};
    if (saved)
      task.y = y.in();
    else
      task.logits = logits.in();
    task.temperature = temperatures.data();
    task.temperature_per_row = true;
    task.d_y = d_y.in();
    task.d_logits = expected.out();
    task.d_temperature = expected_dt.out().data;
    gumbel_softmax_vjp(task);
    task.d_y = result.in();  // in place
    task.d_logits = result.out();
    task.d_temperature = dt.out().data;
    ASSERT_EQ(launch_rows(task, nullptr), 0);
    EXPECT_TRUE(same_bytes(expected, result));
    EXPECT_TRUE(same_bytes(expected_dt, dt));
  }
}

std::vector<row_case> all_cases() {
  std::vector<row_case> cases;
  for (const number_type type : testing_rows::all_types) {
    // On both sides of every switch of kernels/rows/plan.cuh.
    for (const std::uint64_t classes : {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 63, 64, 65, 256, 257, 512, 513})
      cases.push_back({type, classes, 45});
    for (const std::uint64_t classes : {1024, 1025, 4096, 4097}) cases.push_back({type, classes, 9});
    for (const std::uint64_t classes : {8192, 8193, 16384, 16385, 26624, 26625, 32768, 32769, 53248, 53249, 70001})
      cases.push_back({type, classes, 1});
    cases.push_back({type, 40000, 6});
    // Strided rows, at addresses where four numbers cannot be loaded at once.
    cases.push_back({type, 5, 70, 8});
    cases.push_back({type, 5, 70, 7, 1});
    cases.push_back({type, 64, 33, 68});
    cases.push_back({type, 64, 33, 65, 3});
    cases.push_back({type, 300, 9, 304, 1});
    cases.push_back({type, 2000, 9, 2001, 2});
    cases.push_back({type, 5, 0});
    cases.push_back({type, 5, 1});
    cases.push_back({.type = type, .classes = 17001, .rows = 2, .clusters = 1});
  }
  // On both sides of where clusters of blocks begin (kernels/rows/clusters/plan.cuh), and where the device has no room.
  for (const std::uint64_t classes : {16384, 16385, 32769})
    cases.push_back({.type = number_type::float32, .classes = classes, .rows = 1, .clusters = 1});
  cases.push_back({.type = number_type::float32, .classes = 53249, .rows = 3, .clusters = 1});
  cases.push_back({.type = number_type::float32, .classes = 16385, .rows = 1, .clusters = 0});
  cases.push_back(
      {.type = number_type::float32, .classes = 16390, .rows = 1, .stride = 16393, .skew = 3, .clusters = 1});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(All, RowKernels, testing::ValuesIn(all_cases()), [](const auto& tested) {
  const row_case& c = tested.param;
  std::string name =
      std::string(testing_rows::name_of(c.type)) + "_" + std::to_string(c.rows) + "x" + std::to_string(c.classes);
  if (c.stride > 0) name += "_" + std::to_string(c.stride) + "_" + std::to_string(c.skew);
  if (c.clusters) name += "_clusters" + std::to_string(*c.clusters);
  return name;
});

TEST(RowKernelsOnce, TemperaturesThatAreNotAllowedMakeTheirRowsNan) {
  const std::uint64_t rows = 10, classes = 6;
  row_batch logits(number_type::float32, rows, classes), y = logits, d_y = logits, d = logits;
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k) {
      logits.set(row, k, double(k));
      d_y.set(row, k, 1. + double(k));
    }
  std::vector<float> temperatures(rows, 1.f), dt(rows);
  temperatures[2] = std::numeric_limits<float>::quiet_NaN();
  temperatures[3] = -.5f;
  temperatures[4] = infinity;
  std::vector<std::int64_t> index(rows);
  gumbel_softmax_task task{.rows = rows, .classes = classes, .type = number_type::float32, .logits = logits.in()};
  task.temperature = temperatures.data();
  task.temperature_per_row = true;
  task.y = y.out();
  task.index = index.data();
  ASSERT_EQ(launch_rows(task, nullptr), 0);
  gumbel_softmax_vjp_task back{
      .rows = rows, .classes = classes, .type = number_type::float32, .temperature = temperatures.data()};
  back.temperature_per_row = true;
  back.y = y.in();
  back.d_y = d_y.in();
  back.d_logits = d.out();
  back.d_temperature = dt.data();
  ASSERT_EQ(launch_rows(back, nullptr), 0);
  for (std::uint64_t row = 0; row < rows; ++row) {
    const bool bad = row >= 2 && row <= 4;
    EXPECT_EQ(index[row] == -1, bad) << row;
    EXPECT_EQ(std::isnan(dt[row]), bad) << row;
    for (std::uint64_t k = 0; k < classes; ++k) {
      EXPECT_EQ(std::isnan(y.get(row, k)), bad) << row;
      EXPECT_EQ(std::isnan(d.get(row, k)), bad) << row;
    }
  }
}

TEST(RowKernelsOnce, EveryScheduleGivesTheSameBytes) {
  std::vector<row_case> cases;
  for (const std::uint64_t classes : {5, 40, 700, 3000}) cases.push_back({number_type::float32, classes, 11});
  cases.push_back({.type = number_type::float32, .classes = 16385, .rows = 1, .clusters = 1});
  for (const row_case& c : cases) {
    const std::uint64_t classes = c.classes;
    const simt::device_with_clusters device(c.clusters);
    row_batch logits = some_logits(c), expected(c.type, c.rows, classes);
    const float temperature = .5f;
    std::vector<std::int64_t> expected_index(c.rows);
    gumbel_softmax_task task{.rows = c.rows,
                             .classes = classes,
                             .type = number_type::float32,
                             .logits = logits.in(),
                             .temperature = &temperature};
    task.y = expected.out();
    task.index = expected_index.data();
    gumbel_softmax(task);
    simt::under_schedules(c.clusters ? 3 : 6, [&](std::uint64_t) {
      row_batch y(c.type, c.rows, classes);
      std::vector<std::int64_t> index(c.rows), max_index(c.rows);
      task.y = y.out();
      task.index = index.data();
      ASSERT_EQ(launch_rows(task, nullptr), 0);
      gumbel_max_task max{.rows = c.rows,
                          .classes = classes,
                          .type = number_type::float32,
                          .logits = logits.in(),
                          .index = max_index.data()};
      ASSERT_EQ(launch_rows(max, nullptr), 0);
      EXPECT_TRUE(same_bytes(expected, y));
      EXPECT_EQ(index, expected_index);
      EXPECT_EQ(max_index, expected_index);
    });
  }
}

// The documented result for a y with an infinity, however a row is split: its largest entry has no class to speak of.
TEST(RowKernelsOnce, AnInfiniteYGivesNaN) {
  for (const number_type type : {number_type::float32, number_type::float64})
    for (const std::uint64_t classes : {64, 19968}) {
      row_batch y(type, 2, classes), d_y(type, 2, classes), d_logits(type, 2, classes), expected(type, 2, classes);
      for (std::uint64_t row = 0; row < 2; ++row)
        for (std::uint64_t k = 0; k < classes; ++k) {
          y.set(row, k, -infinity);
          d_y.set(row, k, 1 + double(k % 3));
        }
      const float temperature = .5f;
      gumbel_softmax_vjp_task task{.rows = 2, .classes = classes, .type = type, .y = y.in(), .d_y = d_y.in()};
      task.temperature = &temperature;
      task.d_logits = expected.out();
      gumbel_softmax_vjp(task);
      task.d_logits = d_logits.out();
      ASSERT_EQ(launch_rows(task, nullptr), 0);
      EXPECT_TRUE(std::isnan(expected.get(0, 0)) && std::isnan(expected.get(1, classes - 1))) << classes;
      for (std::uint64_t row = 0; row < 2; ++row)
        for (std::uint64_t k = 0; k < classes; ++k)
          ASSERT_TRUE(std::isnan(d_logits.get(row, k))) << testing_rows::name_of(type) << ' ' << classes << ' ' << k;
    }
}

// A thread leaves its loop for a quad with a word in the tail, and goes on after it: with the same quad of other rows,
// or with other quads of a row.
TEST(RowKernelsOnce, NoiseOfTheTailIsTheCpusAmongOtherQuads) {
  std::mt19937_64 random(9);
  const std::uint32_t in_tail[] = {3, tail_words - 1};
  for (const number_type type :
       {number_type::float32, number_type::float16, number_type::bfloat16, number_type::float64})
    for (const auto [rows, classes, row, quad] :
         {std::array<std::uint64_t, 4>{700, 8, 300, 1}, std::array<std::uint64_t, 4>{2, 20004, 1, 2000}}) {
      noise_address noise = address_with(42, in_tail, 2, random);
      noise.first_row -= row;
      noise.offset -= quad_size * quad;
      row_batch expected(type, rows, classes), result(type, rows, classes);
      gumbel_noise_task task{.rows = rows, .classes = classes, .type = type, .noise = noise, .out = expected.out()};
      gumbel_noise(task);
      EXPECT_GT(expected.get(row, quad_size * quad), 13.8);
      task.out = result.out();
      ASSERT_EQ(launch_rows(task, nullptr), 0);
      EXPECT_TRUE(same_bytes(expected, result)) << testing_rows::name_of(type) << ' ' << classes;
    }
}

// As a replayed CUDA graph does: repeats the same launches, with the offset in device memory.
TEST(RowKernelsOnce, AnOffsetInMemoryGivesFreshNoiseAtEveryReplay) {
  const std::uint64_t rows = 3, classes = 6;
  std::uint64_t offset = 0;
  row_batch replayed(number_type::float32, rows, classes), expected = replayed;
  gumbel_noise_task task{.rows = rows, .classes = classes, .type = number_type::float32, .out = replayed.out()};
  task.noise.offset = 16;
  task.noise.device_offset = &offset;
  for (std::uint64_t replay = 0; replay < 4; ++replay) {
    ASSERT_EQ(launch_rows(task, nullptr), 0);
    ASSERT_EQ(launch_advance_offsets(&offset, 1, 8, nullptr), 0);
    gumbel_noise_task direct{.rows = rows, .classes = classes, .type = number_type::float32, .out = expected.out()};
    direct.noise.offset = 16 + 8 * replay;
    gumbel_noise(direct);
    EXPECT_TRUE(same_bytes(expected, replayed)) << replay;
  }
}

TEST(RowKernelsOnce, OffsetsOfRowsAdvanceEachFromItsOwn) {
  std::vector<std::uint64_t> offsets(300);
  for (std::uint64_t n = 0; n < offsets.size(); ++n) offsets[n] = 1000 * n;
  ASSERT_EQ(launch_advance_offsets(offsets.data() + 1, 298, 12, nullptr), 0);
  for (std::uint64_t n = 0; n < offsets.size(); ++n)
    EXPECT_EQ(offsets[n], 1000 * n + (n >= 1 && n < 299 ? 12 : 0)) << n;
}

}  // namespace
}  // namespace gumbelcuda
