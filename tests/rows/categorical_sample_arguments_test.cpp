// SPDX-License-Identifier: Apache-2.0
// Draws from categorical distributions: an invalid argument is named before any work is done.
#include <gtest/gtest.h>

#include "gumbelcuda/categorical_sample.hpp"
#include "tests/rows/categorical_sample_rows.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

// Returns the name of the refused argument, or "" if there is none. After a refusal, no result may have been written.
template <class Task, class Call>
std::string refused(const Task& task, const std::vector<std::int64_t>& index, Call call,
                    const row_execution& execution = {}) {
  try {
    call(task, execution);
  } catch (const invalid_argument& e) {
    EXPECT_EQ(index, std::vector<std::int64_t>(index.size(), -7)) << e.what();
    EXPECT_EQ(std::string(e.what()).rfind(e.argument() + ": ", 0), 0u) << e.what();
    return e.argument();
  }
  return "";
}

// Refusals that both operations share; `rows` is the array that they read.
template <class Task, class Call>
void expect_common_refusals(const Task& good, const_rows Task::*rows, const std::string& name,
                            const std::vector<std::int64_t>& index, Call call) {
  const auto spoiled = [&](auto spoil) {
    Task task = good;
    spoil(task);
    return refused(task, index, call);
  };
  const std::uint64_t offsets[] = {0, 4, 6}, odd = 0;
  const auto off = [](auto* pointer) {
    return reinterpret_cast<decltype(pointer)>(reinterpret_cast<std::uintptr_t>(pointer) + 1);
  };
  EXPECT_EQ(refused(good, index, call, {.threads = -1}), "threads");
  EXPECT_EQ(refused(good, index, call, {.backend = backend_kind::automatic}), "backend");
  EXPECT_EQ(spoiled([](Task& t) { t.type = number_type(4); }), "type");
  EXPECT_EQ(spoiled([](Task& t) { t.classes = 0; }), "classes");
  EXPECT_EQ(spoiled([](Task& t) { t.classes = (std::uint64_t{1} << 59) + 1; }), "classes");
  EXPECT_EQ(spoiled([](Task& t) { t.noise.offset = 2; }), "noise.offset");
  EXPECT_EQ(spoiled([&](Task& t) { t.noise.device_offset = off(&odd); }), "noise.device_offset");
  EXPECT_EQ(spoiled([&](Task& t) { (t.*rows).data = nullptr; }), name + ".data");
  EXPECT_EQ(spoiled([&](Task& t) { (t.*rows).data = static_cast<const char*>((t.*rows).data) + 1; }), name + ".data");
  EXPECT_EQ(spoiled([&](Task& t) { (t.*rows).row_stride = t.classes - 1; }), name + ".row_stride");
  EXPECT_EQ(spoiled([](Task& t) { t.draws = 0; }), "draws");
  EXPECT_EQ(spoiled([](Task& t) { t.draws = std::uint64_t{1} << 60; }), "draws");
  EXPECT_EQ(spoiled([&](Task& t) { t.noise.row_seed = off(offsets); }), "noise.row_seed");
  EXPECT_EQ(spoiled([&](Task& t) { t.noise.row_offset = off(offsets); }), "noise.row_offset");
  EXPECT_EQ(spoiled([&](Task& t) { t.noise.row_offset = offsets; }), "noise.row_offset");
  EXPECT_EQ(spoiled([](Task& t) { t.index = nullptr, t.index_int32 = nullptr; }), "index");
  EXPECT_EQ(spoiled([&](Task& t) { t.index_int32 = off(t.index_int32); }), "index_int32");
  EXPECT_EQ(spoiled([](Task& t) { t.classes = (std::uint64_t{1} << 31) + 1; }), "classes");
  EXPECT_EQ(spoiled([&](Task& t) { t.index = off(t.index); }), "index");
  EXPECT_EQ(spoiled([&](Task& t) { t.log_prob = off(static_cast<char*>(t.log_prob)); }), "log_prob");
  EXPECT_EQ(spoiled([](Task& t) {
              t.rows = 0;
              t.index = nullptr;
            }),
            "");
}

TEST(CategoricalSample, ArgumentsAreNamed) {
  row_batch logits(number_type::float32, 3, 5);
  for (std::uint64_t i = 0; i < 15; ++i) logits.set(i / 5, i % 5, double(i));
  const categorical_sample_task task = sample_task(logits, {}, 2);
  categorical_draws drawn(task);
  const categorical_sample_task good = drawn.into(task);
  const auto call = [](const categorical_sample_task& t, const row_execution& e) { categorical_sample(t, e); };
  expect_common_refusals(good, &categorical_sample_task::logits, "logits", drawn.index, call);

  const auto spoiled = [&](auto spoil) {
    categorical_sample_task to = good;
    spoil(to);
    return refused(to, drawn.index, call);
  };
  using task_t = categorical_sample_task;
  const auto off = [](auto* pointer) {
    return reinterpret_cast<decltype(pointer)>(reinterpret_cast<std::uintptr_t>(pointer) + 1);
  };
  for (const double bad : {-1., infinity, not_a_number}) {
    const float values[] = {.5f, .25f, float(bad)};
    EXPECT_EQ(spoiled([&](task_t& t) { t.temperature = values, t.temperature_per_row = true; }), "temperature");
    EXPECT_EQ(spoiled([&](task_t& t) { t.temperature = values + 2; }), "temperature");
    EXPECT_EQ(spoiled([&](task_t& t) { t.top_p = values, t.top_p_per_row = true; }), "top_p");
    EXPECT_EQ(spoiled([&](task_t& t) { t.top_p = values + 2; }), "top_p");
    EXPECT_EQ(spoiled([&](task_t& t) { t.min_p = values, t.min_p_per_row = true; }), "min_p");
    EXPECT_EQ(spoiled([&](task_t& t) { t.min_p = values + 2; }), "min_p");
  }
  const float zero = 0, above = 1 + 0x1p-23f;
  EXPECT_EQ(spoiled([&](task_t& t) { t.top_p = &zero; }), "top_p");
  EXPECT_EQ(spoiled([&](task_t& t) { t.top_p = &above; }), "top_p");
  EXPECT_EQ(spoiled([&](task_t& t) { t.min_p = &above; }), "min_p");
  const float p[2] = {.5f, .5f};
  const std::uint32_t k[2] = {0, 0};
  EXPECT_EQ(spoiled([&](task_t& t) { t.temperature = off(p); }), "temperature");
  EXPECT_EQ(spoiled([&](task_t& t) { t.top_p = off(p); }), "top_p");
  EXPECT_EQ(spoiled([&](task_t& t) { t.min_p = off(p); }), "min_p");
  EXPECT_EQ(spoiled([&](task_t& t) { t.top_k = off(k); }), "top_k");
  // Parameters that are not per row are read only at their first element. All other settings here are allowed.
  EXPECT_EQ(spoiled([&](task_t& t) { t.min_p = &zero, t.top_p = p, t.top_k = k, t.temperature = &zero; }), "");
  EXPECT_NE(drawn.index[0], -7);
}

TEST(CategoricalSampleFromProbabilities, ArgumentsAreNamed) {
  row_batch p(number_type::float64, 3, 5);
  for (std::uint64_t i = 0; i < 15; ++i) p.set(i / 5, i % 5, double(i));
  const categorical_sample_from_probabilities_task task{
      .rows = 3, .classes = 5, .type = p.type(), .probabilities = p.in(), .draws = 2};
  categorical_draws drawn(task);
  expect_common_refusals(drawn.into(task), &categorical_sample_from_probabilities_task::probabilities, "probabilities",
                         drawn.index, [](const categorical_sample_from_probabilities_task& t, const row_execution& e) {
                           categorical_sample_from_probabilities(t, e);
                         });
}

TEST(CategoricalSample, WhatIsNotWantedIsNotNeeded) {
  row_batch logits(number_type::float32, 4, 16);
  for (std::uint64_t i = 0; i < 64; ++i) logits.set(i / 16, i % 16, double(i % 7));
  categorical_sample_task task = sample_task(logits, {}, 3);
  std::vector<std::int64_t> index(12);
  task.index = index.data();
  categorical_sample(task);
  EXPECT_EQ(index, draw(task).index);
}

TEST(CategoricalSample, ThreadsDoNotMatter) {
  row_batch logits(number_type::float32, 9, 30000);
  for (std::uint64_t row = 0; row < 9; ++row)
    for (std::uint64_t k = 0; k < 30000; ++k) logits.set(row, k, double((k * 2654435761u + row) % 1000) / 100);
  const float p = .9f;
  categorical_sample_task task = sample_task(logits, {}, 2);
  task.top_p = &p;
  EXPECT_TRUE(same(draw(task, 1), draw(task, 5)));
}

}  // namespace
}  // namespace gumbelcuda
