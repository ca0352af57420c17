// SPDX-License-Identifier: Apache-2.0
// The description of a task: what its fields are, said once, next to its struct. The checks of every call, the pointer
// checks of the C API, and the arrays of the self-test and of the tests are derived from it. A task with a field that
// is not described does not compile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

namespace gumbelcuda {

template <class Number>
struct basic_const_rows;

// The number type of a struct of arguments: float for Args<float>.
template <class Args>
struct number_in;
template <template <class> class Args, class Number>
struct number_in<Args<Number>> {
  using type = Number;
};

// The numbers that an input array may hold. On a device they are not checked.
enum class allowed_numbers { any, zero_or_more, above_zero, share, share_above_zero, multiple_of_4 };

template <class Task>
struct field_rules {
  bool optional = false;  // may be null
  bool one_of = false;    // may be null, but not all of the task's fields that have this rule
  // The field is ignored if the caller supplies these rows.
  basic_const_rows<typename number_in<Task>::type> Task::*unless = nullptr;
  basic_const_rows<typename number_in<Task>::type> Task::*or_unless = nullptr;  // likewise, these
  bool Task::*per_row = nullptr;               // an array: one number per row if this is set, otherwise one for all
  std::uint64_t Task::*of_each_row = nullptr;  // an array: this many numbers per row
  allowed_numbers numbers = allowed_numbers::any;
  std::uint64_t least = 0, most = ~std::uint64_t{0};  // the range of a number in the task itself
  bool at_most_classes = false;                       // such a number is at most `classes`
  std::array<const char*, 3> may_be{};                // inputs that a result may overwrite, with the same strides
};

template <class Task, class Member>
struct task_field {
  const char* name;
  Member Task::*member;
  field_rules<Task> rules;
};
namespace describing {

template <class Task, class Member>
constexpr task_field<Task, Member> field(const char* name, Member Task::*member, field_rules<Task> rules = {}) {
  return {name, member, rules};
}

struct any_member {
  template <class T>
  constexpr operator T() const;  // declared only
};
template <class Task, class... Members>
constexpr std::size_t count_members() {
  if constexpr (requires { Task{std::declval<Members>()..., any_member{}}; })
    return count_members<Task, Members..., any_member>();
  else
    return sizeof...(Members);
}
template <class... Fields>
constexpr bool are_different(const Fields&... fields) {
  const std::string_view names[] = {fields.name...};
  for (std::size_t i = 0; i < sizeof...(Fields); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (names[i] == names[j]) return false;
  return true;
}

}  // namespace describing

// What describe(const Task*) returns: a task_field<Task, …> for every member.
template <class Task, class... Members>
constexpr std::tuple<task_field<Task, Members>...> all_fields(task_field<Task, Members>... fields) {
  static_assert(sizeof...(Members) == describing::count_members<Task>(), "a field of this task is not described");
  return {fields...};
}

// Calls visit(task_field) for each field of Task, in the order of its description.
template <class Task, class Visit>
constexpr void for_each_field(Visit visit) {
  constexpr auto fields = describe(static_cast<const Task*>(nullptr));
  static_assert(std::apply([](const auto&... f) { return describing::are_different(f...); }, fields),
                "a field of this task is described twice");
  std::apply([&](const auto&... f) { (visit(f), ...); }, fields);
}

}  // namespace gumbelcuda

// In the body of describe(const task*), where `task` is the struct: its field of that name, with its rules.
#define GUMBELCUDA_FIELD(name, ...) ::gumbelcuda::describing::field(#name, &task::name, {__VA_ARGS__})
