// SPDX-License-Identifier: Apache-2.0
// The arrays that a task points to, derived from its description (detail/describe.hpp): which exist, which are read or
// written, and how large each is.
#pragma once

#include <optional>
#include <type_traits>

#include "gumbelcuda/detail/every_operation.hpp"
#include "gumbelcuda/detail/rows/strides.hpp"
#include "host/api/row_checks.hpp"

namespace gumbelcuda {

// Kinds of a task's members: rows of classes; a parameter; any array; an array that is read. Noise has its own arrays.
template <class Member>
inline constexpr bool is_rows = std::is_same_v<Member, const_rows> || std::is_same_v<Member, mutable_rows>;
template <class Member>
inline constexpr bool is_parameter =
    std::is_same_v<Member, const_parameter> || std::is_same_v<Member, mutable_parameter>;
template <class Member>
inline constexpr bool is_array = is_rows<Member> || is_parameter<Member> || std::is_pointer_v<Member>;
template <class Member>
inline constexpr bool is_noise = std::is_same_v<Member, noise_address>;
template <class Member>
inline constexpr bool is_input = !std::is_same_v<Member, mutable_rows> && !std::is_same_v<Member, mutable_parameter> &&
                                 (!std::is_pointer_v<Member> || std::is_const_v<std::remove_pointer_t<Member>>);

// How messages name such a member's pointer: the member's name with this suffix.
template <class Member>
inline constexpr const char* suffix_of = std::is_pointer_v<Member> ? "" : ".data";
template <class Member>
auto& pointer_of(Member& member) {
  if constexpr (std::is_pointer_v<std::remove_const_t<Member>>)
    return member;
  else
    return member.data;
}

// Calls visit(suffix, pointer, per_row) for each array of a noise address.
template <class Noise, class Visit>
void for_each_noise_array(Noise& noise, Visit visit) {
  visit(".device_offset", noise.device_offset, false);
  visit(".row_seed", noise.row_seed, true);
  visit(".row_offset", noise.row_offset, true);
}
inline constexpr std::size_t noise_arrays = 3;

// The strides of a member that has a number for each element; otherwise nothing.
template <class Member>
std::optional<const_rows> rows_of(const Member& member) {
  if constexpr (is_rows<Member>)
    return const_rows{member.data, member.row_stride, member.class_stride};
  else if constexpr (is_parameter<Member>)
    if (member.shape == parameter_shape::per_element)
      return const_rows{member.data, member.row_stride, member.class_stride};
  return std::nullopt;
}

template <class Task>
bool is_used(const Task& task, const field_rules<Task>& rules) {
  return !(rules.unless && (task.*rules.unless).data) && !(rules.or_unless && (task.*rules.or_unless).data);
}

// Whether a call follows the field's pointer. Rows without classes are not followed.
template <class Task, class Member>
bool is_followed(const Task& task, const task_field<Task, Member>& field) {
  if constexpr (is_rows<Member>)
    if (task.classes == 0) return false;
  return is_used(task, field.rules);
}

// The size of an array that is neither rows nor a parameter.
template <class Task>
std::uint64_t numbers_of(const Task& task, const field_rules<Task>& rules) {
  if (rules.per_row && !(task.*rules.per_row)) return 1;
  return task.rows * (rules.of_each_row ? task.*rules.of_each_row : 1);
}

// Calls visit(member, numbers) for each array that a call follows, even null ones; `numbers` is 0 for rows and
// parameters.
template <class Task, class Visit>
void for_each_array(Task& task, Visit visit) {
  for_each_field<std::remove_const_t<Task>>([&]<class T, class Member>(const task_field<T, Member>& field) {
    if (!is_followed(task, field)) return;
    if constexpr (is_noise<Member>)
      for_each_noise_array(task.*field.member,
                           [&](const char*, auto& pointer, bool per_row) { visit(pointer, per_row ? task.rows : 1); });
    else if constexpr (std::is_pointer_v<Member>)
      visit(task.*field.member, numbers_of(task, field.rules));
    else if constexpr (is_array<Member>)
      visit(task.*field.member, 0);
  });
}

// Arrays of void have numbers of the type that is computed with.
template <class Task, class T>
std::uint64_t bytes_of(const Task& task, T* const&, std::uint64_t numbers) {
  if constexpr (std::is_void_v<T>)
    return numbers * computed_size_of(task.type);
  else
    return numbers * sizeof(T);
}
template <class Task, class Rows>
std::uint64_t bytes_of(const Task& task, const Rows& rows, std::uint64_t) {
  if (task.rows == 0) return 0;
  if constexpr (is_parameter<Rows>) {
    // A derivative that is not per element is a sum for each row.
    if (rows.shape != parameter_shape::per_element && !is_input<Rows>) return task.rows * computed_size_of(task.type);
    if (rows.shape == parameter_shape::per_row) return task.rows * size_of(task.type);
    if (rows.shape == parameter_shape::one_for_all) return size_of(task.type);
  }
  const std::uint64_t from_row = (task.rows - 1) * row_stride_of(rows, task.classes);
  return (from_row + (task.classes - 1) * class_stride_of(rows) + 1) * size_of(task.type);
}

}  // namespace gumbelcuda
