// SPDX-License-Identifier: Apache-2.0
// The kernels, under the interpreter, on rows whose numbers are strided, transposed or repeated: they give the CPU's
// bytes for a contiguous copy, for every operation and type, however a row is split over threads, and write nothing
// between the numbers.
#include <gtest/gtest.h>

#include <string>

#include "kernels/rows/launch.hpp"
#include "tests/rows/scores.hpp"
#include "tests/rows/strided_tasks.hpp"
#include "tests/simt/device.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::strided_call;

struct by_kernel {
  template <class Task>
  void operator()(const Task& task) const {
    EXPECT_EQ(launch_rows(task, nullptr), 0);
  }
};

// Rows of `classes`. Each operation whose name has `only` in it runs once for each of `layouts` as the layout of its
// first array.
void expect_the_cpus(std::uint64_t rows, std::uint64_t classes, std::initializer_list<int> layouts,
                     bool with_row_noise = false, const char* only = "") {
  const auto cpu = testing_rows::strided_operations(testing_rows::run_on_the_cpu{});
  const auto kernels = testing_rows::strided_operations(by_kernel{});
  int calls = 0;
  for (const number_type type : testing_rows::all_types)
    for (std::size_t i = 0; i < cpu.size(); ++i)
      for (const int first : layouts) {
        if (cpu[i].name.find(only) == std::string::npos) continue;
        strided_call contiguous(type, rows, classes, first, true, with_row_noise),
            strided(type, rows, classes, first, false, with_row_noise);
        ++calls;
        cpu[i].call(contiguous);
        kernels[i].call(strided);
        EXPECT_TRUE(strided.is_as(contiguous)) << kernels[i].name << ' ' << testing_rows::name_of(type) << ' '
                                               << classes << " classes, layouts from " << first << " on";
      }
  EXPECT_GT(calls, 0);
}

TEST(StridedKernels, OfAThreadARow) {
  expect_the_cpus(35, 3, {0, 2, 6});
  expect_the_cpus(33, 16, {1});
}
TEST(StridedKernels, OfAFewThreadsARow) { expect_the_cpus(5, 37, {0, 3, 6}); }
TEST(StridedKernels, OfAWarpARow) { expect_the_cpus(3, 203, {2, 7}); }
TEST(StridedKernels, OfABlockARow) { expect_the_cpus(2, 1501, {0}); }
TEST(StridedKernels, OfALongRow) { expect_the_cpus(2, 33001, {2}); }
// Rows with seeds and offsets of their own have kernels of their own: a warp a row, and a block.
TEST(StridedKernels, OfAWarpARowWithNoiseOfItsOwn) { expect_the_cpus(5, 37, {0, 1}, true); }
TEST(StridedKernels, OfABlockARowWithNoiseOfItsOwn) { expect_the_cpus(2, 3001, {1}, true); }
// The operations that clusters of blocks work on take any layout and any noise there.
TEST(StridedKernels, OfAClusterARow) {
  const simt::device_with_clusters device(1);
  for (const char* const operation : {"gumbel_max_args", "gumbel_softmax_args", "gumbel_softmax_vjp_args"}) {
    expect_the_cpus(2, 16387, {2}, false, operation);
    expect_the_cpus(2, 16387, {0}, true, operation);
  }
  expect_the_cpus(1, 16387, {2}, true, "categorical_sample_args");
}

}  // namespace
}  // namespace gumbelcuda
