// SPDX-License-Identifier: Apache-2.0
// Things that must not change a bit of the operations on rows: the number of threads, the stride and address of rows,
// the first row of a batch, and whether the offset is in host memory or read through a pointer. And results of 16 bits
// are those of float32, rounded once.
#include <gtest/gtest.h>

#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "tests/rows/every_operation.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::batch, testing_rows::row_batch;

// Copies numbers, rounding once where the target type needs it, and leaves the memory between rows alone.
row_batch copied(const row_batch& from, row_batch to) {
  for (std::uint64_t row = 0; row < from.rows(); ++row)
    for (std::uint64_t k = 0; k < from.classes(); ++k) to.set(row, k, from.get(row, k));
  return to;
}

TEST(Sampling, IsTheSameOnAnyNumberOfThreads) {
#if defined(__SANITIZE_ADDRESS__)
  const std::vector<int> numbers = {2, 7};
#else
  const std::vector<int> numbers = {2, 3, 4, 5, 6, 7};
#endif
  // Sizes that are enough for seven threads, the last of which has fewer rows.
  for (const auto& [type, rows, classes] :
       {std::tuple{number_type::float32, 460, 1000}, std::tuple{number_type::bfloat16, 9, 65537}}) {
    const batch alone = batch(type, std::uint64_t(rows), std::uint64_t(classes)).run(1);
    for (const int threads : numbers) {
      const batch shared = batch(type, std::uint64_t(rows), std::uint64_t(classes)).run(threads);
      EXPECT_TRUE(shared.results() == alone.results()) << threads << " threads";
    }
  }
}

TEST(Sampling, OfSixteenBitsIsFloat32RoundedOnce) {
  for (const number_type type : {number_type::float16, number_type::bfloat16})
    for (const std::uint64_t classes : {1, 3, 4, 300}) {
      const batch wide = batch(number_type::float32, 30, classes).run(), narrow = batch(type, 30, classes).run();
      for (const auto member : batch::rows_of_numbers)
        EXPECT_TRUE(same_bytes(copied(wide.*member, narrow.empty()), narrow.*member));
      EXPECT_TRUE(same_bytes(wide.log_prob, narrow.log_prob));
      EXPECT_TRUE(same_bytes(wide.d_temperature, narrow.d_temperature));
      EXPECT_EQ(wide.max_index, narrow.max_index);
      EXPECT_EQ(wide.softmax_index, narrow.softmax_index);
    }
}

TEST(Sampling, LeavesAloneWhatLiesBetweenRows) {
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 4, 5, 7, 64})
      for (const std::uint64_t gap : {0, 1, 3, 4})
        for (const std::uint64_t skew : {0, 1, 4}) {
          const batch close = batch(type, 9, classes).run(), apart = batch(type, 9, classes, classes + gap, skew).run();
          for (const auto member : batch::rows_of_numbers)
            EXPECT_TRUE(same_bytes(copied(close.*member, apart.empty()), apart.*member)) << classes << ", gap " << gap;
          EXPECT_TRUE(same_bytes(copied(close.logits, apart.empty()), apart.logits));
          EXPECT_TRUE(same_bytes(close.log_prob, apart.log_prob));
          EXPECT_TRUE(same_bytes(close.d_temperature, apart.d_temperature));
          EXPECT_EQ(close.max_index, apart.max_index);
          EXPECT_EQ(close.softmax_index, apart.softmax_index);
        }
}

TEST(Sampling, OfARowDependsOnNoOtherRow) {
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t first_row : {std::uint64_t{0}, std::uint64_t{0xfffffffd}, ~std::uint64_t{0} - 2}) {
      const std::uint64_t rows = 6, classes = 21;
      batch together(type, rows, classes);
      together.address.first_row = first_row;
      together.run();
      for (std::uint64_t row = 0; row < rows; ++row) {
        batch alone(type, 1, classes);
        alone.address.first_row = first_row + row;
        alone.temperature[0] = together.temperature[row];
        for (std::uint64_t k = 0; k < classes; ++k) {
          alone.logits.set(0, k, together.logits.get(row, k));
          alone.d_y.set(0, k, together.d_y.get(row, k));
        }
        alone.run();
        for (const auto member : batch::rows_of_numbers)
          EXPECT_EQ(numbers_of(alone.*member, 0), numbers_of(together.*member, row)) << row;
        EXPECT_EQ(alone.log_prob.get(0, 0), together.log_prob.get(0, row));
        EXPECT_EQ(alone.d_temperature.get(0, 0), together.d_temperature.get(0, row));
        EXPECT_EQ(alone.max_index[0], together.max_index[row]);
        EXPECT_EQ(alone.softmax_index[0], together.softmax_index[row]);
      }
    }
}

TEST(Sampling, AddsTheOffsetInMemoryWhichAdvances) {
  std::uint64_t offset = 0, moved = 0;
  for (const std::uint64_t words : {0, 1, 3, 4, 5, 1000}) {
    advance_noise(&offset, words);
    moved += (words + 3) / 4 * 4;
    ASSERT_EQ(offset, moved);
    batch direct(number_type::float32, 3, 9), by_memory = direct;
    direct.address.offset += offset;
    by_memory.address.device_offset = &offset;
    EXPECT_TRUE(direct.run().results() == by_memory.run().results());
  }
  const std::uint64_t not_a_multiple = offset + 3;  // the library rounds it down
  batch direct(number_type::float32, 3, 9), by_memory = direct;
  direct.address.offset += offset;
  by_memory.address.device_offset = &not_a_multiple;
  EXPECT_TRUE(direct.run().results() == by_memory.run().results());
}

TEST(Sampling, WorksInPlace) {
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 5, 400}) {
      const batch apart = batch(type, 5, classes).run();
      batch in_place(type, 5, classes);
      gumbel_softmax_vjp_task task = in_place.vjp_task();
      task.d_logits = in_place.d_y.out();
      gumbel_softmax_vjp(task);
      EXPECT_TRUE(same_bytes(apart.d_logits, in_place.d_y));
      EXPECT_TRUE(same_bytes(apart.d_temperature, in_place.d_temperature));
    }
}

}  // namespace
}  // namespace gumbelcuda
