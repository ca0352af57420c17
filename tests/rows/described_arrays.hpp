// SPDX-License-Identifier: Apache-2.0
// Every array of every task on rows, found by the task's description: whether the operation reads or writes it, and
// which results may share memory with which inputs. The cases of a task differ in the arrays that they leave out, and
// in the shape of parameters.
#pragma once

#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "gumbelcuda/detail/every_operation.hpp"
#include "gumbelcuda/gumbelcuda.hpp"
#include "host/api/task_arrays.hpp"

namespace gumbelcuda::testing_rows {

enum class array_numbers { zeros, floats, of_the_type };  // what an input holds: floats whatever the task's type is

template <class Task>
struct array_of {
  std::string name;
  bool is_result;
  array_numbers numbers;
  std::function<void(Task&, void*)> put;
};

template <class Task>
struct arrays_case {
  Task task;
  operation_on<Task> run;
  std::vector<array_of<Task>> arrays;
  std::set<std::string> in_place{};  // entries "result is input"
};

// For each case, the names of the arrays that it leaves out.
using left_out = std::vector<std::set<std::string>>;
template <class Task>
left_out left_out_of(const Task*) {
  if constexpr (requires(Task t) {
                  t.y.data;
                  t.d_y.data;
                })
    return {{}, {"y"}};
  return {{}};
}
inline left_out left_out_of(const gumbel_softmax_task*) { return {{"gumbel"}, {"gumbel_out"}}; }
inline left_out left_out_of(const gumbel_softmax_vjp_task*) { return {{}, {"y"}, {"y", "gumbel"}}; }
inline left_out left_out_of(const relaxed_k_hot_task*) { return {{}, {"k_hot"}}; }

template <class Task>
arrays_case<Task> case_without(const std::set<std::string>& without, bool parameters_per_element) {
  arrays_case<Task> of{{}, operation_of<Task>(), {}, {}};
  static constexpr char somewhere = 0;  // not null, so that fields which are unused with y are skipped
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    Member& member = of.task.*field.member;
    if (field.rules.of_each_row) of.task.*field.rules.of_each_row = 2;
    if constexpr (std::is_same_v<Member, std::uint64_t>)
      if (field.rules.at_most_classes) member = 2;
    if constexpr (is_parameter<Member>)
      if (!parameters_per_element) member.shape = parameter_shape::per_row;
    if constexpr (std::is_same_v<Member, const_rows>)
      if (!without.count(field.name)) member.data = &somewhere;
  });
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    if constexpr (is_array<Member>) {
      if (without.count(field.name) || !is_used(of.task, field.rules)) return;
      constexpr bool is_pointer = std::is_pointer_v<Member>;
      using pointer = std::remove_reference_t<decltype(pointer_of(of.task.*field.member))>;
      const auto put = [member = field.member](Task& t, void* memory) {
        pointer_of(t.*member) = static_cast<pointer>(memory);
      };
      const auto numbers = std::is_same_v<Member, const float*>                 ? array_numbers::floats
                           : is_pointer && !std::is_same_v<Member, const void*> ? array_numbers::zeros
                                                                                : array_numbers::of_the_type;
      of.arrays.push_back({field.name + std::string(suffix_of<Member>), !is_input<Member>, numbers, put});
      for_each_field<Task>([&]<class Input>(const task_field<Task, Input>& input) {
        for (const char* const name : field.rules.may_be)
          if (name && std::string(name) == input.name && !without.count(name) && rows_of(of.task.*field.member) &&
              rows_of(of.task.*input.member))
            of.in_place.insert(field.name + std::string(".data is ") + name + ".data");
      });
    } else if constexpr (is_noise<Member>) {
      if (!is_used(of.task, field.rules)) return;
      for_each_noise_array(of.task.*field.member, [&](const char* suffix, auto&, bool) {
        const auto put = [member = field.member, suffix = std::string(suffix)](Task& t, void* memory) {
          for_each_noise_array(t.*member, [&](const char* name, auto& pointer, bool) {
            if (suffix == name) pointer = static_cast<const std::uint64_t*>(memory);
          });
        };
        of.arrays.push_back({field.name + std::string(suffix), false, array_numbers::zeros, put});
      });
    }
  });
  if constexpr (std::is_same_v<Task, relaxed_k_hot_task>)
    if (!without.count("k_hot")) of.in_place.erase("y.data is logits.data");
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    if constexpr (std::is_same_v<Member, const_rows>) (of.task.*field.member).data = nullptr;
  });
  return of;
}

template <class Task>
std::vector<arrays_case<Task>> cases_of() {
  std::vector<arrays_case<Task>> cases;
  bool has_parameters = false;
  for_each_field<Task>(
      [&]<class Member>(const task_field<Task, Member>&) { has_parameters = has_parameters || is_parameter<Member>; });
  for (const std::set<std::string>& without : left_out_of(static_cast<const Task*>(nullptr))) {
    cases.push_back(case_without<Task>(without, true));
    if (has_parameters) cases.push_back(case_without<Task>(without, false));
  }
  return cases;
}

// A task for float32 or float64, with memory of its own for each of its arrays, large enough for any of them. Inputs
// hold valid numbers.
template <class Task>
struct call_of {
  Task task;
  std::vector<std::vector<std::uint64_t>> memory;

  call_of(const arrays_case<Task>& of, std::uint64_t rows, std::uint64_t classes, number_type type) : task(of.task) {
    task.rows = rows;
    task.type = type;
    if constexpr (requires { task.classes; }) task.classes = classes;
    for (const array_of<Task>& array : of.arrays) {
      std::vector<std::uint64_t>& words = memory.emplace_back(rows * classes + 64, array.is_result ? ~0ull : 0);
      array.put(task, words.data());
      if (array.is_result || array.numbers == array_numbers::zeros) continue;
      if (type == number_type::float64 && array.numbers == array_numbers::of_the_type)
        fill_with<double>(words);
      else
        fill_with<float>(words);
    }
  }

 private:
  template <class T>
  void fill_with(std::vector<std::uint64_t>& words) {
    for (std::size_t i = 0; i < words.size() * sizeof words[0] / sizeof(T); ++i) {
      const T number = T(.25) + T((i + memory.size()) * 7 % 23) / 32;
      std::memcpy(reinterpret_cast<char*>(words.data()) + i * sizeof number, &number, sizeof number);
    }
  }
};

}  // namespace gumbelcuda::testing_rows
