// SPDX-License-Identifier: Apache-2.0
// Every operation on rows gives the same bytes on every instruction set that this machine has; those of gumbel.hpp for
// every number of classes, layout and content of rows. The scalar target is the reference: it has no vectors, hence no
// remainders of vectors.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_top_k.hpp"
#include "host/cpu/rows/cpu_rows.hpp"
#include "host/cpu/supported_targets.hpp"
#include "tests/rows/every_operation.hpp"
#include "tests/rows/strided_tasks.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::all_types, testing_rows::batch, testing_rows::name_of;

template <class Task>
void run_rows(const cpu_row_operations& operations, const Task& task) {
  scratch_memory scratch;
  run_on_cpu(task, {1, scratch}, operations);
}

// The results of batch::run() on one instruction set, of the backward pass with y as input, and of both passes with
// supplied noise.
struct results_of {
  batch b;
  testing_rows::row_batch d_of_y, y_of_noise, d_of_noise;

  results_of(const cpu_row_operations& operations, batch inputs)
      : b(std::move(inputs)), d_of_y(b.empty()), y_of_noise(b.empty()), d_of_noise(b.empty()) {
    const std::uint64_t quads = b.rows * ((b.classes + 3) / 4), split = quads / 3;
    operations.run(b.noise_task(), 0, split, nullptr);
    operations.run(b.noise_task(), split, quads, nullptr);
    run_rows(operations, b.max_task());
    run_rows(operations, b.softmax_task());
    gumbel_softmax_task logarithm = b.softmax_task();
    logarithm.log_domain = true;
    logarithm.y = b.log_y.out();
    run_rows(operations, logarithm);
    run_rows(operations, b.vjp_task());
    gumbel_softmax_vjp_task of_y = b.vjp_task();
    of_y.y = b.y.in();
    of_y.d_logits = d_of_y.out();
    of_y.d_temperature = nullptr;
    run_rows(operations, of_y);
    gumbel_softmax_task given = b.softmax_task();
    given.y = y_of_noise.out();
    given.gumbel = b.noise.in();
    run_rows(operations, given);
    gumbel_softmax_vjp_task back = b.vjp_task();
    back.d_logits = d_of_noise.out();
    back.gumbel = b.noise.in();
    run_rows(operations, back);
  }
};

void expect_same_everywhere(const batch& inputs) {
  const results_of expected(cpu_rows_scalar, inputs);
  for (const cpu_target* target : supported_targets()) {
    const results_of found(*target->rows, inputs);
    for (const auto rows : batch::rows_of_numbers)
      EXPECT_TRUE(same_bytes(found.b.*rows, expected.b.*rows))
          << target->name << ", " << name_of(inputs.type) << ", " << inputs.classes << " classes";
    EXPECT_TRUE(found.b.results() == expected.b.results() && found.d_of_y == expected.d_of_y &&
                found.y_of_noise == expected.y_of_noise && found.d_of_noise == expected.d_of_noise)
        << target->name << ", " << name_of(inputs.type) << ", " << inputs.classes << " classes";
    if (testing::Test::HasFailure()) return;
  }
}

// Rows with finite scores, with masked classes, with all classes masked, with a NaN, with a +inf, with gaps beyond the
// filter of gumbel_max, with a single class, with τ = 0; with scores that tie everywhere or far apart.
batch every_kind_of_row(number_type type, std::uint64_t classes, std::uint64_t apart, std::uint64_t off) {
  batch b(type, 10, classes, apart, off);
  random_numbers random(classes);
  for (std::uint64_t k = 0; k < classes; ++k) {
    if (random.word() % 3 == 0) b.logits.set(1, k, -INFINITY);
    b.logits.set(2, k, -INFINITY);
    b.logits.set(5, k, double(random.word() % 3) * 5000 - 5000);
    b.logits.set(6, k, -INFINITY);
    b.logits.set(8, k, testing_rows::tying_logit(type));
    b.logits.set(9, k, -INFINITY);
  }
  b.logits.set(3, random.word() % classes, NAN);
  b.logits.set(4, random.word() % classes, INFINITY);
  b.logits.set(6, random.word() % classes, 1);
  for (const std::uint64_t k : {std::uint64_t{0}, classes / 3, classes - 1})
    b.logits.set(9, k, testing_rows::tying_logit(type));
  b.temperature[7] = 0;
  return b;
}

struct run_on {
  const cpu_row_operations* operations;

  template <class Task>
  void operator()(const Task& task) const {
    run_rows(*operations, task);
  }
};

class every_type : public testing::TestWithParam<number_type> {};
INSTANTIATE_TEST_SUITE_P(instruction_sets, every_type, testing::ValuesIn(all_types),
                         [](const auto& type) { return name_of(type.param); });

TEST_P(every_type, short_rows) {
  for (std::uint64_t classes = 1; classes <= 200 && !HasFailure(); ++classes)
    expect_same_everywhere(every_kind_of_row(GetParam(), classes, classes + classes % 5, classes % 7));
}

// The batches above have the operations of gumbel.hpp. This has all that are in the list, with and without strides.
TEST_P(every_type, every_operation) {
  const auto scalar = testing_rows::strided_operations(run_on{&cpu_rows_scalar});
  for (const cpu_target* target : supported_targets()) {
    const auto operations = testing_rows::strided_operations(run_on{target->rows});
    for (const std::uint64_t classes : {1, 7, 16, 37, 130, 1030})
      for (std::size_t i = 0; i < operations.size(); ++i)
        for (const int layout : {1, 2}) {
          testing_rows::strided_call expected(GetParam(), 3, classes, layout, true),
              found(GetParam(), 3, classes, layout, false);
          scalar[i].call(expected);
          operations[i].call(found);
          EXPECT_TRUE(found.is_as(expected)) << target->name << ", " << operations[i].name << ", " << classes
                                             << " classes, layouts from " << layout << " on";
        }
  }
}

// Lengths on both sides of whole vectors, of powers of two, and of the largest number of slots.
TEST_P(every_type, long_rows) {
  for (std::uint64_t classes : {255, 257, 1000, 1025, 2047, 4096, 5000, 32767, 32769, 70001})
    if (!HasFailure()) expect_same_everywhere(every_kind_of_row(GetParam(), classes, 0, classes % 3));
}

// All scores are equal and no class is left out. The scratch memory then holds every class with its remainder, which is
// more than slots and values take.
TEST_P(every_type, all_of_a_long_row_that_ties) {
  const std::uint64_t classes = max_row_slots + 1000;
  testing_rows::row_batch logits(GetParam(), 1, classes);
  for (std::uint64_t k = 0; k < classes; ++k) logits.set(0, k, GetParam() == number_type::float64 ? 1e15 : 32768);
  const auto drawn = [&](const cpu_row_operations& operations) {
    std::vector<std::int64_t> index(classes);
    run_rows(operations, gumbel_top_k_task{.rows = 1,
                                           .classes = classes,
                                           .type = GetParam(),
                                           .noise = {.seed = 7},
                                           .logits = logits.in(),
                                           .k = classes,
                                           .index = index.data()});
    return index;
  };
  const std::vector<std::int64_t> expected = drawn(cpu_rows_scalar);
  std::vector<bool> seen(classes);
  for (const std::int64_t k : expected) {
    ASSERT_TRUE(k >= 0 && std::uint64_t(k) < classes && !seen[std::size_t(k)]) << k;
    seen[std::size_t(k)] = true;
  }
  for (const cpu_target* target : supported_targets()) EXPECT_EQ(drawn(*target->rows), expected) << target->name;
}

// Words that have extension words: found in the stream, and moved through all elements of a vector.
TEST_P(every_type, words_in_the_tail) {
  const noise_address address = batch(GetParam(), 1, 1).address;
  const row_noise noise = noise_of_row(address, 0);
  int found = 0;
  for (std::uint64_t quad = 64; found < 3; ++quad) {
    if (!in_tail(noise.words(quad))) continue;
    ++found;
    for (std::uint64_t before = 0; before < 40 && !HasFailure(); before += 3) {
      batch b(GetParam(), 1, 171);
      b.address.offset = address.offset + 4 * (quad - before);
      expect_same_everywhere(b);
    }
  }
}

// The upper half of the block number changes within a vector.
TEST_P(every_type, carry) {
  for (std::uint64_t before = 0; before < 24 && !HasFailure(); ++before) {
    batch b(GetParam(), 2, 101);
    b.address.offset = 4 * ((std::uint64_t{1} << 32) - before);
    expect_same_everywhere(b);
  }
}

}  // namespace
}  // namespace gumbelcuda
