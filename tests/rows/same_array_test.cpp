// SPDX-License-Identifier: Apache-2.0
// Results that start where an input or another result starts. If the task's description allows it, the bytes are those
// of separate arrays; otherwise the call is refused by name, before anything is written.
#include <gtest/gtest.h>

#include "tests/rows/described_arrays.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

constexpr std::uint64_t rows = 3;

template <class Task>
void expect_same(const arrays_case<Task>& of, std::uint64_t classes, std::size_t result, std::size_t other) {
  const call_of<Task> before(of, rows, classes, number_type::float32);
  call_of<Task> call(of, rows, classes, number_type::float32);
  of.arrays[result].put(call.task, call.memory[other].data());
  const std::string pair = of.arrays[result].name + " is " + of.arrays[other].name;
  SCOPED_TRACE(pair);
  const bool allowed = of.in_place.count(pair) > 0;
  try {
    of.run(call.task, {.threads = 2});
    if (!allowed) return void(ADD_FAILURE() << "was accepted");
  } catch (const invalid_argument& refusal) {
    EXPECT_FALSE(allowed) << refusal.what();
    EXPECT_TRUE(refusal.argument() == of.arrays[result].name ||
                (of.arrays[other].is_result && refusal.argument() == of.arrays[other].name))
        << refusal.what();
    EXPECT_TRUE(call.memory == before.memory) << "was written";
    return;
  }
  call_of<Task> apart(of, rows, classes, number_type::float32);
  of.run(apart.task, {.threads = 2});
  EXPECT_EQ(std::memcmp(call.memory[other].data(), apart.memory[result].data(), rows * classes * sizeof(float)), 0);
  for (std::size_t i = 0; i < of.arrays.size(); ++i)
    EXPECT_TRUE(i == result || i == other || call.memory[i] == apart.memory[i]) << of.arrays[i].name;
}

template <class Task>
void expect_of_task() {
  for (const arrays_case<Task>& of : cases_of<Task>())
    for (const std::uint64_t classes : {6, 700}) {
      std::set<std::string> pairs;
      for (std::size_t result = 0; result < of.arrays.size(); ++result)
        for (std::size_t other = 0; of.arrays[result].is_result && other < of.arrays.size(); ++other) {
          if (other == result) continue;
          pairs.insert(of.arrays[result].name + " is " + of.arrays[other].name);
          SCOPED_TRACE(__PRETTY_FUNCTION__);
          expect_same(of, classes, result, other);
        }
      for (const std::string& pair : of.in_place) EXPECT_EQ(pairs.count(pair), 1u) << pair;
    }
}

template <class... Tasks>
struct every {
  static void expect() { (expect_of_task<Tasks>(), ...); }
};

TEST(SameArray, IsRefusedWhereATaskDoesNotAllowIt) { of_every_row_task<every>::expect(); }

TEST(SameArray, IsRefusedOfAStepAndItsTemperature) {
  alignas(8) std::uint64_t step = 5;
  try {
    evaluate_schedule(temperature_schedule{}, &step, reinterpret_cast<float*>(&step));
    ADD_FAILURE() << "was accepted";
  } catch (const invalid_argument& refusal) {
    EXPECT_EQ(refusal.argument(), "device_temperature");
  }
  EXPECT_EQ(step, 5u);
}

}  // namespace
}  // namespace gumbelcuda
