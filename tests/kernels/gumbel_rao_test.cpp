// SPDX-License-Identifier: Apache-2.0
// The kernels of gumbel_rao.hpp, under the interpreter, give the CPU's bytes: for every type; for rows of a warp and of
// a block; strided rows; and rows that have no argmax, or are given an index that cannot be theirs.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "gumbelcuda/gumbel_rao.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::row_batch, testing_rows::same_bytes;

struct row_case {
  number_type type;
  std::uint64_t classes, rows, stride = 0, skew = 0;
};

void PrintTo(const row_case& c, std::ostream* out) {
  *out << testing_rows::name_of(c.type) << ' ' << c.rows << " rows of " << c.classes << ", stride " << c.stride;
}

class GumbelRaoKernels : public testing::TestWithParam<row_case> {
 protected:
  GumbelRaoKernels() {
    random_numbers random(7);
    const row_case& c = GetParam();
    for (std::uint64_t row = 0; row < c.rows; ++row) {
      for (std::uint64_t k = 0; k < c.classes; ++k) {
        logits.set(row, k, row % 3 == 1 && random.word() % 2 == 0 ? -INFINITY : random.uniform(-4, 4));
        d.set(row, k, random.uniform(-1, 1));
      }
      if (row % 8 == 5) logits.set(row, 0, NAN);
      index.push_back(row % 8 == 6 ? -1 : std::int64_t(random.wide_word() % c.classes));
      temperatures.push_back(row % 4 == 3 ? 0.f : .1f + float(row));
    }
  }
  row_batch empty() const {
    const row_case& c = GetParam();
    return row_batch(c.type, c.rows, c.classes, c.stride, c.skew);
  }

  row_batch logits = empty(), d = empty();
  std::vector<std::int64_t> index;
  std::vector<float> temperatures;
  noise_address noise{.seed = 0xfedcba9876543210, .first_row = 0xfffffffe, .offset = 0x3fffffff8};
};

TEST_P(GumbelRaoKernels, ConditionalGumbelIsTheCpus) {
  const row_case& c = GetParam();
  row_batch expected = empty(), result = empty();
  conditional_gumbel_task task{.rows = c.rows,
                               .classes = c.classes,
                               .type = c.type,
                               .noise = noise,
                               .logits = logits.in(),
                               .index = index.data(),
                               .z = expected.out()};
  conditional_gumbel(task);
  task.z = result.out();
  ASSERT_EQ(launch_rows(task, nullptr), 0);
  EXPECT_TRUE(same_bytes(expected, result));
}

TEST_P(GumbelRaoKernels, GradientIsTheCpusAlsoInPlace) {
  const row_case& c = GetParam();
  row_batch expected = empty();
  gumbel_rao_vjp_task task{.rows = c.rows,
                           .classes = c.classes,
                           .type = c.type,
                           .noise = noise,
                           .logits = logits.in(),
                           .index = index.data(),
                           .inner_samples = 2,
                           .temperature = temperatures.data(),
                           .temperature_per_row = true,
                           .d_one_hot = d.in(),
                           .d_logits = expected.out()};
  gumbel_rao_vjp(task);
  task.d_logits = d.out();
  ASSERT_EQ(launch_rows(task, nullptr), 0);
  EXPECT_TRUE(same_bytes(expected, d));
}

std::vector<row_case> all_cases() {
  std::vector<row_case> cases;
  for (const number_type type : testing_rows::all_types) {
    for (const std::uint64_t classes : {1, 5, 64, 300}) cases.push_back({type, classes, 9});
    for (const std::uint64_t classes : {1025, 20000}) cases.push_back({type, classes, 2});
    cases.push_back({type, 5, 9, 7, 1});
    cases.push_back({type, 300, 9, 301, 3});
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(All, GumbelRaoKernels, testing::ValuesIn(all_cases()));

}  // namespace
}  // namespace gumbelcuda
