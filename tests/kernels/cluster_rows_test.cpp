// SPDX-License-Identifier: Apache-2.0
// Kernels whose clusters have several rows each, one after another, give the CPU's bytes under every schedule. The
// library's launches give each row a cluster of its own, up to the most that a grid has; here a grid has fewer. What a
// cluster's blocks still read of one row, the next one must not write over.
#include <gtest/gtest.h>

#include <vector>

#include "kernels/rows/categorical_kernel.cuh"
#include "kernels/rows/clusters/histogram.cuh"
#include "kernels/rows/clusters/plan.cuh"
#include "kernels/rows/gumbel_kernels.cuh"
#include "tests/rows/categorical_sample_rows.hpp"
#include "tests/simt/schedule.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

using plan = cluster_plan<float>;

launch_shape two_clusters(std::size_t dynamic_shared_bytes = 0) {
  return {dim3(2 * plan::blocks_of_row), dim3(plan::block), dynamic_shared_bytes, plan::blocks_of_row};
}

// One of them is not drawn from: its blocks are done with it sooner.
row_batch some_logits(std::uint64_t rows, std::uint64_t classes) {
  row_batch logits = random_logits(number_type::float32, rows, classes, 5);
  logits.set(2, 7, not_a_number);
  return logits;
}

TEST(ClusterRows, GumbelMaxOfOneAfterAnother) {
  const std::uint64_t rows = 5, classes = 2501;
  row_batch logits = some_logits(rows, classes), expected_log_prob(number_type::float32, 1, rows);
  std::vector<std::int64_t> expected(rows);
  gumbel_max_task task{.rows = rows, .classes = classes, .type = number_type::float32, .logits = logits.in()};
  task.index = expected.data();
  task.log_prob = expected_log_prob.out().data;
  gumbel_max(task);
  simt::under_schedules(2, [&](std::uint64_t seed) {
    std::vector<std::int64_t> index(rows);
    row_batch log_prob(number_type::float32, 1, rows);
    task.index = index.data();
    task.log_prob = log_prob.out().data;
    ASSERT_EQ(launch(gumbel_max_kernel<float, plan>, two_clusters(), nullptr, task), launch_success);
    EXPECT_EQ(index, expected) << "schedule " << seed;
    EXPECT_TRUE(same_bytes(expected_log_prob, log_prob)) << "schedule " << seed;
  });
}

TEST(ClusterRows, GumbelSoftmaxOfOneAfterAnother) {
  const std::uint64_t rows = 5, classes = 2501;
  row_batch logits = some_logits(rows, classes), expected(number_type::float32, rows, classes);
  const float temperature = .5f;
  gumbel_softmax_task task{.rows = rows, .classes = classes, .type = number_type::float32, .logits = logits.in()};
  task.temperature = &temperature;
  task.y = expected.out();
  gumbel_softmax(task);
  const std::size_t bytes = kept_bytes<float>(classes, plan::blocks_of_row, plan::block);
  simt::under_schedules(2, [&](std::uint64_t seed) {
    row_batch y(number_type::float32, rows, classes);
    task.y = y.out();
    ASSERT_EQ(launch(gumbel_softmax_kernel<float, drawn_gumbels, kept_plan<plan>>, two_clusters(bytes), nullptr, task),
              launch_success);
    EXPECT_TRUE(same_bytes(expected, y)) << "schedule " << seed;
  });
}

// The search for a threshold goes another way in each row, and leaves something else behind.
TEST(ClusterRows, FilteredDrawsOfOneAfterAnother) {
  const std::uint64_t rows = 6, classes = 4501;
  random_numbers random(1);
  row_batch logits(number_type::float32, rows, classes);
  const int kinds[rows] = {0, 5, 1, 9, 5, 4};
  const std::uint32_t top_k[rows] = {0, 50, 3000, 3, 0, 3000};
  const float top_p[rows] = {.9f, .9f, .5f, 1, .9f, .999999f};
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k)
      logits.set(row, k, searched_logit(number_type::float32, kinds[row], k, random));
  categorical_sample_task task = sample_task(logits, {.seed = 3}, 2);
  task.top_k = top_k, task.top_p = top_p;
  task.top_k_per_row = task.top_p_per_row = true;
  const categorical_draws expected = draw(task);
  simt::under_schedules(3, [&](std::uint64_t seed) {
    categorical_draws drawn(task);
    ASSERT_EQ(launch(categorical_sample_kernel<float, plan, true>, two_clusters(), nullptr, drawn.into(task)),
              launch_success);
    EXPECT_TRUE(same(expected, drawn)) << "schedule " << seed;
  });
}

}  // namespace
}  // namespace gumbelcuda
