// SPDX-License-Identifier: Apache-2.0
// Arguments that the functions of gumbel.hpp refuse: by name, and before anything has been written.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "tests/rows/every_operation.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::batch, testing_rows::infinity, testing_rows::not_a_number;

template <class Task>
using operation = void (*)(const Task&, const row_execution&);

// Changes a valid task of 5 rows, or how it runs. `argument` must then be refused by name, before anything is written.
template <class Task>
void expect_refused(operation<Task> run, Task (batch::*task_of)(), const std::string& argument,
                    const std::function<void(Task&, row_execution&)>& spoil) {
  for (const number_type type : {number_type::float32, number_type::float64}) {
    batch good(type, 5, 6);
    const batch before = good;
    Task task = (good.*task_of)();
    row_execution execution;
    EXPECT_NO_THROW(run(task, execution));
    good = before;
    task = (good.*task_of)();
    spoil(task, execution);
    try {
      run(task, execution);
      ADD_FAILURE() << argument << " was accepted";
    } catch (const invalid_argument& refusal) {
      EXPECT_EQ(refusal.argument(), argument);
      EXPECT_EQ(std::string(refusal.what()).rfind(argument + ": ", 0), 0u) << refusal.what();
    }
    EXPECT_TRUE(good.results() == before.results()) << argument;
  }
}

template <class Pointer>
Pointer off_by(Pointer pointer, std::size_t bytes) {
  return reinterpret_cast<Pointer>(reinterpret_cast<std::uintptr_t>(pointer) + bytes);
}

// Refusals that all operations share; `rows` is one of the task's arrays of rows.
template <class Task, class Rows>
void expect_refused_everywhere(operation<Task> run, Task (batch::*task)(), const std::string& name, Rows Task::*rows) {
  const auto refused = [&](const std::string& argument, std::function<void(Task&, row_execution&)> spoil) {
    expect_refused(run, task, argument, spoil);
  };
  refused("backend", [](Task&, row_execution& e) { e.backend = backend_kind::automatic; });
  refused("threads", [](Task&, row_execution& e) { e.threads = -1; });
  refused("threads", [](Task&, row_execution& e) { e.threads = 4097; });
  refused("type", [](Task& t, row_execution&) { t.type = number_type(4); });
  refused("classes", [](Task& t, row_execution&) { t.classes = (std::uint64_t{1} << 59) + 1; });
  for (const std::uint64_t offset : {1, 2, 3, 6})
    refused("noise.offset", [=](Task& t, row_execution&) { t.noise.offset = offset; });
  const std::uint64_t offsets[2] = {};
  refused("noise.device_offset", [&](Task& t, row_execution&) { t.noise.device_offset = off_by(&offsets[0], 4); });
  refused(name + ".data", [=](Task& t, row_execution&) { (t.*rows).data = nullptr; });
  refused(name + ".data", [=](Task& t, row_execution&) { (t.*rows).data = off_by((t.*rows).data, 2); });
  refused(name + ".row_stride", [=](Task& t, row_execution&) { (t.*rows).row_stride = 5; });
  refused(name + ".row_stride", [=](Task& t, row_execution&) { (t.*rows).row_stride = std::size_t{1} << 60; });
  refused(name + ".row_stride", [=](Task& t, row_execution&) { t.rows = std::uint64_t{1} << 59; });
}

TEST(Sampling, RefusesWhatIsWrongWithNoise) {
  expect_refused_everywhere(gumbel_noise, &batch::noise_task, "out", &gumbel_noise_task::out);
}

TEST(Sampling, RefusesWhatIsWrongWithMax) {
  using task = gumbel_max_task;
  expect_refused_everywhere(gumbel_max, &batch::max_task, "logits", &task::logits);
  const auto refused = [](const std::string& argument, std::function<void(task&, row_execution&)> spoil) {
    expect_refused(gumbel_max, &batch::max_task, argument, spoil);
  };
  refused("classes", [](task& t, row_execution&) { t.classes = 0; });
  refused("index", [](task& t, row_execution&) { t.index = nullptr; });
  refused("index", [](task& t, row_execution&) { t.index = off_by(t.index, 4); });
  std::int32_t indices[5] = {};
  refused("index_int32", [&](task& t, row_execution&) { t.index_int32 = off_by(&indices[0], 2); });
  refused("index_int32", [](task& t, row_execution&) { t.index_int32 = reinterpret_cast<std::int32_t*>(t.index); });
  refused("classes", [&](task& t, row_execution&) {
    t.index_int32 = indices;
    t.classes = (std::uint64_t{1} << 31) + 1;
  });
  refused("log_prob", [](task& t, row_execution&) { t.log_prob = off_by(t.log_prob, 2); });
}

// Refusals of Gumbel-softmax and its backward pass.
template <class Task>
void expect_temperatures_refused(operation<Task> run, Task (batch::*task)()) {
  const auto refused = [&](const std::string& argument, std::function<void(Task&, row_execution&)> spoil) {
    expect_refused(run, task, argument, spoil);
  };
  refused("classes", [](Task& t, row_execution&) { t.classes = 0; });
  refused("temperature", [](Task& t, row_execution&) { t.temperature = nullptr; });
  refused("temperature", [](Task& t, row_execution&) { t.temperature = off_by(t.temperature, 2); });
  for (const double wrong : {not_a_number, -1e-45, -1., infinity, -infinity})
    for (const bool of_last_row : {false, true}) {
      const std::vector<float> temperatures = {of_last_row ? 1 : float(wrong), 1, 1, 1, float(wrong)};
      refused("temperature", [&](Task& t, row_execution&) {
        t.temperature = temperatures.data();
        t.temperature_per_row = of_last_row;
      });
    }
}

TEST(Sampling, RefusesWhatIsWrongWithSoftmax) {
  using task = gumbel_softmax_task;
  expect_refused_everywhere(gumbel_softmax, &batch::softmax_task, "logits", &task::logits);
  expect_temperatures_refused(gumbel_softmax, &batch::softmax_task);
  const auto refused = [](const std::string& argument, std::function<void(task&, row_execution&)> spoil) {
    expect_refused(gumbel_softmax, &batch::softmax_task, argument, spoil);
  };
  refused("y.data", [](task& t, row_execution&) { t.y.data = t.one_hot.data = t.index = nullptr; });
  refused("y.data", [](task& t, row_execution&) { t.y.data = off_by(t.y.data, 2); });
  refused("y.row_stride", [](task& t, row_execution&) { t.y.row_stride = 1; });
  refused("one_hot.data", [](task& t, row_execution&) { t.one_hot.data = off_by(t.one_hot.data, 2); });
  refused("one_hot.row_stride", [](task& t, row_execution&) { t.one_hot.row_stride = 1; });
  refused("one_hot.data", [](task& t, row_execution&) { t.one_hot.data = t.y.data; });
  refused("index", [](task& t, row_execution&) { t.index = off_by(t.index, 4); });
  const std::vector<double> g(40);
  refused("gumbel.data", [&](task& t, row_execution&) { t.gumbel.data = off_by(g.data(), 2); });
  refused("gumbel.row_stride", [&](task& t, row_execution&) { t.gumbel = {g.data(), 5}; });
}

TEST(Sampling, RefusesWhatIsWrongWithTheBackwardPass) {
  using task = gumbel_softmax_vjp_task;
  expect_refused_everywhere(gumbel_softmax_vjp, &batch::vjp_task, "logits", &task::logits);
  expect_temperatures_refused(gumbel_softmax_vjp, &batch::vjp_task);
  const auto refused = [](const std::string& argument, std::function<void(task&, row_execution&)> spoil) {
    expect_refused(gumbel_softmax_vjp, &batch::vjp_task, argument, spoil);
  };
  const std::vector<double> y(40);
  refused("y.data", [&](task& t, row_execution&) { t.y.data = off_by(y.data(), 2); });
  refused("y.row_stride", [&](task& t, row_execution&) { t.y = {y.data(), 1}; });
  refused("gumbel.data", [&](task& t, row_execution&) { t.gumbel.data = off_by(y.data(), 2); });
  refused("gumbel.row_stride", [&](task& t, row_execution&) { t.gumbel = {y.data(), 5}; });
  refused("d_y.data", [](task& t, row_execution&) { t.d_y.data = nullptr; });
  refused("d_y.row_stride", [](task& t, row_execution&) { t.d_y.row_stride = 5; });
  refused("d_logits.data", [](task& t, row_execution&) { t.d_logits.data = nullptr; });
  refused("d_logits.data", [](task& t, row_execution&) { t.d_logits.data = off_by(t.d_logits.data, 2); });
  refused("d_logits.row_stride", [](task& t, row_execution&) { t.d_logits.row_stride = 5; });
  refused("d_logits.row_stride", [](task& t, row_execution&) {
    t.d_logits.data = const_cast<void*>(t.d_y.data);
    t.d_logits.row_stride = t.classes + 1;
  });
  refused("d_temperature", [](task& t, row_execution&) { t.d_temperature = off_by(t.d_temperature, 2); });
}

TEST(Sampling, RefusesToAdvanceAnOffsetThatIsNone) {
  std::uint64_t offsets[2] = {8, 8};
  for (const auto& [offset, argument] : {std::pair{static_cast<std::uint64_t*>(nullptr), "device_offset"},
                                         std::pair{off_by(&offsets[0], 4), "device_offset"}}) {
    try {
      advance_noise(offset, 4);
      ADD_FAILURE() << "was accepted";
    } catch (const invalid_argument& refusal) {
      EXPECT_EQ(refusal.argument(), argument);
    }
  }
  EXPECT_THROW(advance_noise(offsets, 4, {.backend = backend_kind::automatic}), invalid_argument);
  EXPECT_EQ(offsets[0], 8u);
  EXPECT_EQ(offsets[1], 8u);
}

// Classes and arguments are still checked.
TEST(Sampling, OfNoRowsSucceedsWithoutMemory) {
  for (const number_type type : testing_rows::all_types) {
    EXPECT_NO_THROW(gumbel_noise({.classes = 5, .type = type}));
    EXPECT_NO_THROW(gumbel_noise({.rows = 5, .type = type})) << "no classes are no numbers";
    EXPECT_NO_THROW(gumbel_max({.classes = 5, .type = type}));
    EXPECT_NO_THROW(gumbel_softmax({.classes = 5, .type = type}));
    EXPECT_NO_THROW(gumbel_softmax_vjp({.classes = 5, .type = type}));
  }
  EXPECT_THROW(gumbel_max({}), invalid_argument);
  EXPECT_THROW(gumbel_softmax({.classes = 5, .type = number_type::float32, .noise = {.offset = 2}}), invalid_argument);
  EXPECT_THROW(gumbel_softmax_vjp({.classes = 5, .type = number_type(4)}), invalid_argument);
  EXPECT_THROW(gumbel_noise({.type = number_type(4)}), invalid_argument);
}

}  // namespace
}  // namespace gumbelcuda
