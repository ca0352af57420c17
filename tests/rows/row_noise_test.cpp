// SPDX-License-Identifier: Apache-2.0
// Rows with seeds and offsets of their own: for every operation that draws, each row equals that of a separate call
// with its seed and offset.
#include <gtest/gtest.h>

#include "gumbelcuda/sampler.hpp"
#include "tests/rows/described_arrays.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

constexpr std::uint64_t rows = 5;
constexpr std::uint64_t seeds[rows] = {7, 42, 0xfedcba9876543210, 7, 1}, offsets[rows] = {0, 400, 8, 4, 0x3fffffff8};

template <class T>
void move_on(T*& pointer, std::uint64_t bytes) {
  if (pointer) pointer = reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(pointer) + bytes);
}

// The task for row `row` alone.
template <class Task>
Task row_of(Task task, std::uint64_t row) {
  const Task whole = task;
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    Member& member = task.*field.member;
    if constexpr (is_noise<Member>) {
      member.seed = seeds[row];
      member.offset += offsets[row];
    } else if constexpr (std::is_pointer_v<Member>) {
      if (field.rules.per_row && !(whole.*field.rules.per_row)) return;
      const std::uint64_t each = field.rules.of_each_row ? whole.*field.rules.of_each_row : 1;
      move_on(member, bytes_of(whole, member, row * each));
    } else if constexpr (is_rows<Member> || is_parameter<Member>) {
      const bool per_element = rows_of(member).has_value();
      const std::uint64_t size = per_element || is_input<Member> ? size_of(whole.type) : computed_size_of(whole.type);
      move_on(member.data, row * (per_element ? whole.classes : 1) * size);
    }
  });
  task.rows = 1;
  return task;
}

template <class Task>
void expect_of_task() {
  if constexpr (requires(Task t) { t.noise; })
    for (const arrays_case<Task>& of : cases_of<Task>())
      for (const number_type type : {number_type::float32, number_type::float64})
        for (const std::uint64_t classes : {6, 300}) {
          SCOPED_TRACE(__PRETTY_FUNCTION__);
          const auto call_at_one_address = [&] {
            call_of<Task> call(of, rows, classes, type);
            call.task.noise = {.seed = 3, .first_row = 9, .offset = 16};
            return call;
          };
          auto together = call_at_one_address(), one_by_one = call_at_one_address(), plain = call_at_one_address();
          together.task.noise.row_seed = seeds;
          together.task.noise.row_offset = offsets;
          of.run(together.task, {.threads = 2});
          for (std::uint64_t row = 0; row < rows; ++row) of.run(row_of(one_by_one.task, row), {.threads = 1});
          EXPECT_TRUE(together.memory == one_by_one.memory) << int(type) << ' ' << classes;
          // Without row seeds and offsets, the result must differ, unless the task does not use noise.
          of.run(plain.task, {.threads = 1});
          bool is_noise_used = true;
          for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
            if constexpr (is_noise<Member>) is_noise_used = is_used(plain.task, field.rules);
          });
          if constexpr (requires { plain.task.gumbel; }) is_noise_used = is_noise_used && !plain.task.gumbel.data;
          EXPECT_EQ(together.memory != plain.memory, is_noise_used) << int(type) << ' ' << classes;
        }
}

template <class... Tasks>
struct every {
  static void expect() { (expect_of_task<Tasks>(), ...); }
};

TEST(RowNoise, OfARowIsThatOfACallOfItsOwn) { of_every_row_task<every>::expect(); }

TEST(RowNoise, OfASamplerFollowsItsOffset) {
  const float logits[2 * 9] = {};
  std::int64_t first[2], second[2], at_once[2];
  sampler draws({.noise = {.seed = 5, .offset = 8}});
  gumbel_max_args<float> args{.rows = 2, .classes = 9, .logits = {logits}, .index = first};
  args.noise = {.seed = 99, .row_seed = seeds, .row_offset = offsets};
  draws.gumbel_max(args);
  args.index = second;
  const noise_address used = draws.gumbel_max(args);
  EXPECT_EQ(used.seed, 5u) << "of a task's noise only the rows' own count";
  EXPECT_EQ(used.offset, 8u + 12u);
  EXPECT_EQ(used.row_seed, seeds);
  args.index = at_once;
  args.noise.offset = 20;
  gumbel_max(args);
  EXPECT_EQ(std::vector(at_once, at_once + 2), std::vector(second, second + 2));
}

TEST(RowNoise, ThatCannotBeIsRefused) {
  const auto named = [](const noise_address& noise) -> std::string {
    const float logits[3 * 4] = {};
    std::int64_t index[3];
    try {
      gumbel_max<float>({.rows = 3, .classes = 4, .noise = noise, .logits = {logits}, .index = index});
    } catch (const invalid_argument& refusal) {
      return refusal.what();
    }
    return "";
  };
  const std::uint64_t odd[] = {4, 8, 6};
  const auto* const askew = reinterpret_cast<const std::uint64_t*>(reinterpret_cast<std::uintptr_t>(odd) + 4);
  EXPECT_EQ(named({.row_seed = odd}), "");
  EXPECT_EQ(named({.row_offset = odd}), "noise.row_offset: 6 of row 2 is not a multiple of 4");
  EXPECT_EQ(named({.row_seed = askew}).rfind("noise.row_seed: address", 0), 0u);
  EXPECT_EQ(named({.row_offset = askew}).rfind("noise.row_offset: address", 0), 0u);
}

}  // namespace
}  // namespace gumbelcuda
