// SPDX-License-Identifier: Apache-2.0
// Checks a task before any work: what its description (detail/describe.hpp) says, and the few rules that a description
// cannot express. Each check throws invalid_argument.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/api/task_arrays.hpp"

namespace gumbelcuda {

// Rules that a description cannot express.
void check_more(const gumbel_softmax_task& task);
void check_more(const relaxed_k_hot_task& task);
void check_more(const gumbel_max_shard_task& task);
template <class Task>
void check_more(const Task&) {}

namespace checking {

template <class Task, class Member>
void check_setting(const Task& task, const task_field<Task, Member>& field) {
  const field_rules<Task>& rules = field.rules;
  if constexpr (is_noise<Member>) {
    if (is_used(task, rules)) check_noise(task.*field.member);
  } else if constexpr (std::is_same_v<Member, noise_law>) {
    check_law(task.*field.member);
  } else if constexpr (std::is_integral_v<Member> && !std::is_same_v<Member, bool>) {
    const std::string_view name = field.name;
    if (name == "rows" || !is_used(task, rules)) return;
    if (name == "classes") {
      check_classes(std::uint64_t(task.*field.member), rules.least);
      if constexpr (requires { task.index_int32; })
        if (task.index_int32 && task.classes > std::uint64_t{1} << 31)
          throw invalid_argument(field.name, std::to_string(task.classes) +
                                                 " is more than the 2147483648 that "
                                                 "index_int32 can number; use index");
      return;
    }
    if (rules.numbers == allowed_numbers::multiple_of_4 && task.*field.member % 4 != 0)
      throw invalid_argument(field.name, std::to_string(task.*field.member) + " is not a multiple of 4");
    std::uint64_t most = rules.most;
    if constexpr (requires { task.classes; })
      if (rules.at_most_classes) most = task.classes;
    if (std::cmp_less(task.*field.member, rules.least) || std::cmp_greater(task.*field.member, most))
      refuse_setting(field.name, std::to_string(task.*field.member), rules.least, most, rules.at_most_classes);
  }
}

// At least one of the results marked one_of must be requested.
template <class Task>
void check_one_of(const Task& task) {
  bool exists = false, given = false;
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    if constexpr (is_array<Member>)
      if (field.rules.one_of) exists = true, given = given || pointer_of(task.*field.member);
  });
  if (!exists || given) return;
  std::vector<std::string> names;
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    if (field.rules.one_of) names.push_back(field.name + std::string(suffix_of<Member>));
  });
  refuse_nothing(names);
}

template <class Task, class Member>
void check_array(const Task& task, const task_field<Task, Member>& field) {
  const field_rules<Task>& rules = field.rules;
  if (!is_followed(task, field)) return;
  const Member& member = task.*field.member;
  const bool may_be_null = rules.optional || rules.one_of;
  if constexpr (is_rows<Member> || is_parameter<Member>) {
    if constexpr (is_parameter<Member>) check_shape(field.name, member.shape);
    if (const std::optional<const_rows> rows = rows_of(member)) {
      if (may_be_null && !rows->data) return;
      if (!is_input<Member>) check_not_repeated(field.name, *rows);
      check_rows(field.name, *rows, task.rows, task.classes, size_of(task.type));
    } else {
      const std::string name = field.name + std::string(suffix_of<Member>);
      if (!may_be_null) check_pointer(name, member.data);
      check_alignment(name, member.data, is_input<Member> ? size_of(task.type) : computed_size_of(task.type));
    }
  } else if constexpr (std::is_pointer_v<Member>) {
    using T = std::remove_const_t<std::remove_pointer_t<Member>>;
    if (!may_be_null) check_pointer(field.name, member);
    using number = std::conditional_t<std::is_void_v<T>, double, T>;  // void: the type that is computed with
    check_alignment(field.name, member, std::is_void_v<T> ? computed_size_of(task.type) : alignof(number));
    if (!member) return;
    if (!rules.of_each_row) return check_count("", 1, task.rows, sizeof(number));
    for_each_field<Task>([&]<class Other>(const task_field<Task, Other>& each) {
      if constexpr (std::is_same_v<Other, std::uint64_t>)
        if (each.member == rules.of_each_row) check_count(each.name, task.*each.member, task.rows, sizeof(number));
    });
  }
}

// Reads the numbers themselves, so only in host memory, and only after the size of the array has been checked.
template <class Task, class Member>
void check_numbers_of(const Task& task, const task_field<Task, Member>& field) {
  if constexpr (is_noise<Member>)
    if (const std::uint64_t* const offsets = (task.*field.member).row_offset; offsets && is_used(task, field.rules))
      check_numbers("noise.row_offset", offsets, task.rows, allowed_numbers::multiple_of_4);
  if constexpr (std::is_same_v<Member, const float*> || std::is_same_v<Member, const std::uint64_t*>)
    if (task.*field.member && is_used(task, field.rules))
      check_numbers(field.name, task.*field.member, numbers_of(task, field.rules), field.rules.numbers);
}

template <class Task>
void check_memory(const Task& task) {
  std::array<task_array, std::tuple_size_v<decltype(describe(static_cast<const Task*>(nullptr)))> + noise_arrays>
      arrays;
  std::size_t count = 0;
  std::uint64_t classes = 1;
  if constexpr (requires { task.classes; }) classes = task.classes;
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    if constexpr (is_array<Member>) {
      const Member& member = task.*field.member;
      if (!pointer_of(member) || !is_followed(task, field)) return;
      arrays[count++] = {field.name,        suffix_of<Member>, pointer_of(member),
                         !is_input<Member>, rows_of(member),   field.rules.may_be};
    } else if constexpr (is_noise<Member>) {
      if (!is_followed(task, field)) return;
      for_each_noise_array(task.*field.member, [&](const char* suffix, const std::uint64_t* pointer, bool) {
        if (pointer) arrays[count++] = {field.name, suffix, pointer};
      });
    }
  });
  check_distinct(arrays.data(), count, task.rows, classes);
}

}  // namespace checking

// Whether every name in may_be is that of an input.
template <class Task>
consteval bool names_inputs() {
  bool all = true;
  for_each_field<Task>([&](const auto& result) {
    for (const char* const name : result.rules.may_be) {
      bool found = !name;
      for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& input) {
        if constexpr (is_rows<Member> || is_parameter<Member>)
          found = found || (is_input<Member> && std::string_view(name) == input.name);
      });
      all = all && found;
    }
  });
  return all;
}

template <class Task>
void check_task(const Task& task, bool on_device) {
  static_assert(names_inputs<Task>(), "a name in may_be is none of an input of this task");
  size_of(task.type);
  for_each_field<Task>([&](const auto& field) { checking::check_setting(task, field); });
  check_more(task);
  if (task.rows == 0) return;
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    if constexpr (is_array<Member>) checking::check_array(task, field);
    if constexpr (is_noise<Member>)
      if (is_used(task, field.rules)) check_noise_rows(task.*field.member, task.rows);
  });
  if (!on_device) for_each_field<Task>([&](const auto& field) { checking::check_numbers_of(task, field); });
  checking::check_one_of(task);
  checking::check_memory(task);
}

}  // namespace gumbelcuda
