// SPDX-License-Identifier: Apache-2.0
// For fuzz_arguments.cpp: fills in the structs of arguments in C by the descriptions of their tasks
// (gumbelcuda/detail/describe.hpp); says which sizes must be refused, and by how many words a successful call moves the
// offset.
#pragma once

#include <cctype>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "host/api/task_arrays.hpp"
#include "tests/c_api/fuzz_memory.hpp"

namespace gumbelcuda::testing_c {

#include "c_members.inc"

inline constexpr bool result = true, source = false;

// What a description says of a member in C, for the numbers and flags that the arguments have already.
struct member_rules {
  bool described = false, optional = false, one_of = false, limited = false;
  allowed_numbers numbers = allowed_numbers::any;
  std::uint64_t least = 0;
  std::uint64_t count = 1;  // numbers of an array that is neither rows nor a parameter
};
template <class Task>
member_rules rules_of(const Task& task, std::string_view name) {
  member_rules found;
  for_each_field<Task>([&](const auto& field) {
    if (name != field.name) return;
    const field_rules<Task>& rules = field.rules;
    const std::uint64_t of_each_row = rules.of_each_row ? task.*rules.of_each_row : 1;
    found = {.described = true,
             .optional = rules.optional,
             .one_of = rules.one_of,
             .limited = rules.most != ~std::uint64_t{0},
             .numbers = rules.numbers,
             .least = rules.least,
             .count = rules.per_row && !(task.*rules.per_row) ? 1 : saturating_product(task.rows, of_each_row)};
  });
  return found;
}
// Sets the field of that name and type, if the task has it.
template <class Task, class Member>
void put(Task& task, std::string_view name, const Member& value) {
  for_each_field<Task>([&]<class M>(const task_field<Task, M>& field) {
    if constexpr (std::is_same_v<M, Member>)
      if (name == field.name) task.*field.member = value;
  });
}

// The flag of a task's `temperature_per_row` is GUMBELCUDA_TEMPERATURE_PER_ROW in C.
inline std::uint32_t flag_of(const char* name) {
  std::string in_c = "GUMBELCUDA_";
  for (; *name; ++name) in_c += char(std::toupper(*name));
  for (const auto& [constant, value] : constants)
    if (constant == in_c) return std::uint32_t(value);
  std::fprintf(stderr, "%s: C has no such flag\n", in_c.c_str());
  std::abort();
}
template <class Task>
std::uint32_t known_flags() {
  std::uint32_t flags = 0;
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    if constexpr (std::is_same_v<Member, bool>) flags |= flag_of(field.name);
  });
  return flags;
}
// What fill() and sizes_are_refused() need of the task that the library makes of `args`.
template <class Task, class Args>
Task task_of(const Args& args) {
  Task task{};
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    if constexpr (std::is_same_v<Member, bool>) task.*field.member = args.flags & flag_of(field.name);
  });
  for_each_member(args, [&]<class Member>(const char* name, const Member& member) {
    if constexpr (std::is_same_v<Member, std::uint64_t>)
      put(task, name, member);
    else if constexpr (std::is_same_v<Member, gumbelcuda_const_rows>)
      put(task, name, const_rows{member.data, member.row_stride, member.class_stride});
    else if constexpr (std::is_same_v<Member, gumbelcuda_rows>)
      put(task, name, mutable_rows{member.data, member.row_stride, member.class_stride});
  });
  return task;
}

// Mostly the values of value(byte), and sometimes random bytes.
template <class T, class Value>
const T* mostly(input& in, arrays& of, std::uint64_t count, Value value) {
  auto* const values = of.vector(count, sizeof(T), source);
  if (values && of.all_fit() && !in.once_in(4))
    for (std::uint64_t i = 0; i < count; ++i) {
      const T one = value(in.byte());
      std::memcpy(static_cast<char*>(values) + i * sizeof one, &one, sizeof one);
    }
  return static_cast<const T*>(values);
}
template <class Noise>
void fill_noise(input& in, arrays& of, std::uint64_t rows, Noise& noise) {
  // The offset of an earlier call, for its noise.
  if constexpr (requires { noise.offset; }) noise.offset = in.once_in(8) ? in.word() : 4 * in.byte();
  if (in.once_in(4)) noise.row_seed = static_cast<std::uint64_t*>(of.vector(rows, 8, source));
  if (in.once_in(4)) noise.row_offset = mostly<std::uint64_t>(in, of, rows, [](unsigned byte) { return 4 * byte; });
}
// A parameter, or a parameter's derivative, which has at least one number for each row.
template <class Parameter>
void fill_parameter(input& in, arrays& of, std::uint64_t rows, Parameter& to) {
  constexpr bool is_result = std::is_same_v<Parameter, gumbelcuda_parameter>;
  to.shape = in.once_in(16) ? int(in.byte()) - 128 : int(in.byte() % 3);
  to.reserved = in.once_in(64);
  if (to.shape == GUMBELCUDA_PER_ELEMENT)
    to.data = of.rows(to.row_stride, to.class_stride, is_result);
  else if (is_result)
    to.data = of.few(rows, of.computed_size(), result);
  else
    to.data = of.few(to.shape == GUMBELCUDA_PER_ROW ? rows : 1, of.size(), source);
}
inline std::uint64_t a_number(input& in, const member_rules& rules) {
  if (rules.numbers == allowed_numbers::multiple_of_4) return in.once_in(8) ? in.number(255) : 4 * in.byte();
  return in.once_in(2) ? rules.least + in.byte() % 4 : in.number(70);
}
// A number from `least` on, or one of an enumeration's two.
inline int a_choice(input& in, const member_rules& rules) {
  return in.once_in(16) ? int(in.byte()) - 128 : int(rules.least + in.byte() % (rules.limited ? 5 : 2));
}
// An array of its own for `to`. Results of which one is enough, and those that may be null, are not always there.
template <class Member>
void fill_array(input& in, arrays& of, const member_rules& rules, std::uint64_t rows, std::uint64_t classes,
                Member& to) {
  constexpr bool is_result = std::is_same_v<Member, gumbelcuda_rows> || std::is_same_v<Member, gumbelcuda_parameter> ||
                             (std::is_pointer_v<Member> && !std::is_const_v<std::remove_pointer_t<Member>>);
  if ((rules.optional || rules.one_of) && (is_result ? in.once_in(4) : in.once_in(2))) return;
  if constexpr (std::is_same_v<Member, gumbelcuda_rows> || std::is_same_v<Member, gumbelcuda_const_rows>)
    of.rows(to);
  else if constexpr (!std::is_pointer_v<Member>)
    fill_parameter(in, of, rows, to);
  else if constexpr (std::is_same_v<Member, const float*>)
    to = mostly<float>(in, of, rules.count, [&](unsigned byte) {
      const bool share = rules.numbers == allowed_numbers::share || rules.numbers == allowed_numbers::share_above_zero;
      return float(1 + byte % 64) / (share ? 64 : 16);
    });
  else if constexpr (std::is_same_v<Member, const std::uint32_t*>)
    to = mostly<std::uint32_t>(in, of, rules.count, [](unsigned byte) { return byte % 16; });
  else if constexpr (std::is_same_v<Member, const std::int64_t*>)  // classes that were drawn, or none
    to = mostly<std::int64_t>(in, of, rules.count, [=](unsigned byte) {
      return byte == 0 || classes == 0 ? -1 : std::int64_t(byte % classes);
    });
  else if constexpr (std::is_void_v<std::remove_pointer_t<Member>>)
    to = of.vector(rules.count, of.computed_size(), is_result);
  else
    to = static_cast<Member>(of.vector(rules.count, sizeof *to, is_result));
}

// Numbers first: they say how large arrays are. What a description does not have is C's alone.
template <class Task, class Args>
void fill(input& in, arrays& of, Args& args) {
  for_each_member(args, [&]<class Member>(std::string_view name, Member& member) {
    const member_rules rules = rules_of(Task{}, name);
    if (name == "struct_size" || name == "rows" || name == "classes" || name == "type" || name == "flags") return;
    if constexpr (std::is_same_v<Member, std::uint64_t>) {
      if (rules.described) member = a_number(in, rules);
    } else if constexpr (std::is_same_v<Member, std::int32_t>) {
      member = a_choice(in, rules);
    } else if constexpr (std::is_same_v<Member, std::uint32_t>) {
      member = in.once_in(32);
    }
    REQUIRE(rules.described || name == "reserved" || name == "row_classes");
  });
  if constexpr (requires { args.row_classes; })
    args.row_classes = in.once_in(3) ? in.number(70) : args.first_class + args.classes + in.byte() % 8;
  const Task task = task_of<Task>(args);
  std::uint64_t classes = 0;
  if constexpr (requires { args.classes; }) classes = args.classes;
  for_each_member(args, [&]<class Member>(const char* name, Member& member) {
    if constexpr (std::is_same_v<Member, gumbelcuda_noise> || std::is_same_v<Member, gumbelcuda_row_noise>)
      fill_noise(in, of, args.rows, member);
    else if constexpr (!std::is_arithmetic_v<Member>)
      fill_array(in, of, rules_of(task, name), args.rows, classes, member);
  });
  if constexpr (requires { args.gumbel_out; })
    if (args.gumbel_out.data && in.once_in(16)) args.gumbel_out.data = in.once_in(2) ? args.y.data : args.one_hot.data;
}
// The one that is not on rows.
inline void fill(input& in, arrays& of, gumbelcuda_evaluate_schedule_args& a) {
  a.schedule.shape = in.once_in(16) ? int(in.byte()) - 128 : int(in.byte() % 3);
  a.schedule.knot_count = in.once_in(16) ? int(in.byte()) - 128 : 1 + int(in.byte() % 8);
  std::uint64_t step = in.byte();
  for (gumbelcuda_temperature_knot& knot : a.schedule.knots) {
    knot = {step, float(in.byte()) / 64, in.once_in(64)};
    step = in.once_in(32) ? in.word() : step + 1 + in.byte();
  }
  a.device_step = mostly<std::uint64_t>(in, of, 1, [](unsigned byte) { return 8 * byte; });
  a.device_temperature = static_cast<float*>(of.vector(1, sizeof(float), result));
}

// Whether arguments that are valid alone must be refused together.
template <class Args>
bool contradicts_itself(const Args& a) {
  if constexpr (requires { a.gumbel_out; })
    return a.rows > 0 && a.gumbel_out.data &&
           (a.gumbel.data || a.gumbel_out.data == a.y.data || a.gumbel_out.data == a.one_hot.data);
  else
    return false;
}

// The rows that the description names first of those that a call uses: the library checks their strides first, or at
// least before it reads any element.
template <class Task, class Args>
const_rows first_rows(const Args& args) {
  const Task task = task_of<Task>(args);
  const_rows first{};
  bool found = false;
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    if constexpr (is_rows<Member>) {
      const Member& rows = task.*field.member;
      if (found || !is_used(task, field.rules) || (field.rules.optional && !rows.data)) return;
      first = {rows.data, rows.row_stride, rows.class_stride};
      found = true;
    }
  });
  return first;
}

// Whether the sizes alone must be refused, before any element is read.
template <class Task, class Args>
bool sizes_are_refused(const Args& a) {
  const std::uint64_t most = 1ull << 62;
  if constexpr (!requires { a.rows; }) {
    return false;
  } else if constexpr (requires { a.shards; }) {
    return a.rows > 0 && a.shards > 0 && saturating_product(a.rows, a.shards) > most / sizeof *a.partial;
  } else {
    if (a.classes > 1ull << 59) return true;
    if (a.rows == 0) return false;
    if constexpr (requires { a.partial; })
      if (a.rows > most / sizeof *a.partial) return true;
    if constexpr (requires { a.draws; }) {
      const bool wide = a.index || (a.log_prob && a.type == GUMBELCUDA_FLOAT64);
      if (a.classes > 0 && a.draws > most / (wide ? 8 : 4) / a.rows) return true;
    }
    if constexpr (requires { a.k; })
      if (a.k > a.classes && (a.classes == 0 || !std::is_same_v<Args, gumbelcuda_relaxed_k_hot_vjp_args>)) return true;
    if (a.classes == 0) return false;
    const const_rows first = first_rows<Task>(a);
    const std::uint64_t of_class = first.class_stride == 0 ? 1 : first.class_stride;
    if (saturating_product(of_class, a.classes) > most) return true;
    if (first.row_stride == GUMBELCUDA_REPEATED_ROW) return false;
    const std::uint64_t of_row = first.row_stride == 0 ? a.classes * of_class : first.row_stride;
    return saturating_product(of_row, a.rows) > most ||
           (of_row <= (a.classes - 1) * of_class && of_class <= (a.rows - 1) * of_row);
  }
}

// Of a call that draws, whose noise has no offset of its own: one word for each class, in each of its draws or samples.
template <class Args>
std::uint64_t words(const Args& a) {
  if constexpr (
      !requires { a.noise; } || requires { a.noise.offset; })
    return 0;
  else if constexpr (requires { a.row_classes; })
    return (a.row_classes + 3) / 4 * 4;
  else if constexpr (requires { a.draws; })
    return a.draws * ((a.classes + 3) / 4 * 4);
  else if constexpr (requires { a.samples; })
    return std::uint64_t(a.samples) * ((a.classes + 3) / 4 * 4);
  else if constexpr (requires { a.gumbel; })
    return a.gumbel.data ? 0 : (a.classes + 3) / 4 * 4;
  else
    return (a.classes + 3) / 4 * 4;
}

}  // namespace gumbelcuda::testing_c
