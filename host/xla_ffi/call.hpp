// SPDX-License-Identifier: Apache-2.0
// A call from XLA becomes calls of an operation. Its arrays are bound to the task's fields by name, and all else
// follows from the task's description (detail/describe.hpp), so that an operation needs no code of its own here.
//
// Attributes of a call: `operands` and `results`, names of fields with spaces between them, in the order of the
// buffers; `type`, a number_type; `rows` and `classes` of a group (buffers.hpp); and by its name every number of the
// task that is not to keep its default, such as `k`. All numbers are int64.
//
// Buffers lie in row-major order and have, of one group, the shape
//
//   rows of classes      [rows, classes]; to be read also [1, classes], one for all rows
//   parameters           [rows or 1, classes or 1]; derivatives [rows, classes] or, sums over rows, [rows, 1]
//   other arrays         [rows] or [rows, each]; where the task has a number for all rows or one for each: [1] or
//   [rows].
//                        64-bit integers are two uint32, low half first: [rows, 2], [rows, each, 2]
//   seed, first_row      [2]: such integers. `seed` is required of everything that draws; first_row is 0 if absent
//
// Noise of a group is that of a call with its seed and first_row. Groups are worked on together where their arrays and
// noise allow it, otherwise one after the other; the bytes are the same.
#pragma once

#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/api/task_arrays.hpp"
#include "host/xla_ffi/buffers.hpp"

namespace gumbelcuda::xla {

// A call as XLA makes it, without XLA's types.
struct raw_call {
  std::string_view operand_names, result_names;
  std::vector<raw_buffer> operands, results;
  std::function<std::optional<std::int64_t>(std::string_view)> number;  // the attribute of that name
  row_execution execution;
  // Copies numbers of an operand to the host; waits for a device.
  std::function<void(void* to, const void* from, std::size_t bytes)> read;
};

template <class Task>
class call {
 public:
  explicit call(const raw_call& raw) : raw_(raw) {
    task_.type = number_type(required("type"));
    task_.rows = std::uint64_t(required("rows"));
    task_.classes = std::uint64_t(required("classes"));
    for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
      if constexpr (is_setting<Member>)
        if (const auto number = raw_.number(field.name)) task_.*field.member = Member(*number);
    });
    bind(raw_.operand_names, raw_.operands, true);
    bind(raw_.result_names, raw_.results, false);
  }

  void run() {
    if (task_.rows == 0 || groups_.count() == 0) return;
    read_noise();
    if (groups_.count() == 1 || !can_merge()) {
      for (std::uint64_t group = 0; group < groups_.count(); ++group) run(of_group(group));
    } else {
      run(of_all_groups());
    }
  }

 private:
  template <class Member>
  static constexpr bool is_setting = !is_array<Member> && !is_noise<Member> && !std::is_same_v<Member, number_type>;
  static constexpr std::size_t fields = std::tuple_size_v<decltype(describe(static_cast<const Task*>(nullptr)))>;

  std::int64_t required(const char* name) const {
    if (const auto number = raw_.number(name)) return *number;
    throw invalid_argument(name, "is missing");
  }

  // Calls visit(field, buffer) for each of the task's arrays that was given.
  template <class Visit>
  void for_each_given(Visit visit) const {
    std::size_t number = 0;
    for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
      const grouped_buffer& buffer = of_field_[number++];
      if constexpr (is_array<Member>)
        if (buffer) visit(field, buffer);
    });
  }

  // --- binding ---

  void bind(std::string_view names, const std::vector<raw_buffer>& buffers, bool are_operands) {
    for (const raw_buffer& buffer : buffers) {
      const std::size_t end = std::min(names.find(' '), names.size());
      bind(names.substr(0, end), buffer, are_operands);
      names.remove_prefix(std::min(end + 1, names.size()));
    }
    if (!names.empty()) throw invalid_argument(std::string(names), "has no buffer");
  }

  void bind(std::string_view name, const raw_buffer& raw, bool is_operand) {
    bool found = false;
    if constexpr (requires { task_.noise; })
      if (is_operand && (name == "seed" || name == "first_row")) {
        found = true;
        (name == "seed" ? seed_ : first_row_) = grouped_buffer(name, raw, 1, groups_);
        expect(name, (name == "seed" ? seed_ : first_row_).own_bytes() == sizeof(std::uint64_t));
      }
    std::size_t number = 0;
    for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
      grouped_buffer& to = of_field_[number++];
      if constexpr (is_array<Member>)
        if (name == field.name && is_input<Member> == is_operand) {
          found = true;
          to = grouped_buffer(name, raw, own_rank(field), groups_);
          check_size(field, to);
        }
    });
    if (!found) throw invalid_argument(std::string(name), "is no array of this operation");
  }

  static void expect(std::string_view name, bool holds) {
    if (!holds) throw invalid_argument(std::string(name), "its shape or type is not that of this array");
  }

  template <class Member>
  static std::size_t own_rank(const task_field<Task, Member>& field) {
    if constexpr (is_rows<Member> || is_parameter<Member>)
      return 2;
    else
      return 1 + (field.rules.of_each_row ? 1 : 0) + (number_bytes<Member>() == sizeof(std::uint64_t) ? 1 : 0);
  }
  // Of an array that is a pointer; 0: of the type that is computed with.
  template <class Member>
  static constexpr std::size_t number_bytes() {
    using T = std::remove_pointer_t<Member>;
    if constexpr (std::is_void_v<T>)
      return 0;
    else
      return sizeof(T);
  }

  template <class Member>
  void check_size(const task_field<Task, Member>& field, const grouped_buffer& buffer) const {
    const std::uint64_t rows = std::uint64_t(buffer.own()[0]);
    const bool one_for_all = rows == 1;
    if constexpr (is_rows<Member>) {
      expect(field.name, (rows == task_.rows || (is_input<Member> && one_for_all)) &&
                             buffer.own_bytes() == rows * task_.classes * size_of(task_.type));
    } else if constexpr (is_parameter<Member>) {
      const std::uint64_t columns = std::uint64_t(buffer.own()[1]);
      const bool is_sum = !is_input<Member> && columns != task_.classes;
      expect(field.name,
             (rows == task_.rows || (is_input<Member> && one_for_all)) && (columns == task_.classes || columns == 1) &&
                 buffer.own_bytes() == rows * columns * (is_sum ? computed_size_of(task_.type) : size_of(task_.type)));
    } else {
      const std::size_t bytes = number_bytes<Member>() ? number_bytes<Member>() : computed_size_of(task_.type);
      const std::uint64_t each = field.rules.of_each_row ? task_.*field.rules.of_each_row : 1;
      expect(field.name,
             (rows == task_.rows || (field.rules.per_row && one_for_all)) && buffer.own_bytes() == rows * each * bytes);
    }
  }

  // --- noise ---

  bool is_given(const_rows Task::*rows) const {
    bool given = false;
    for_each_given([&]<class Member>(const task_field<Task, Member>& field, const grouped_buffer&) {
      if constexpr (std::is_same_v<Member, const_rows>) given = given || field.member == rows;
    });
    return given;
  }
  bool draws() const {
    bool used = false;
    for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
      if constexpr (is_noise<Member>)
        used = !(field.rules.unless && is_given(field.rules.unless)) &&
               !(field.rules.or_unless && is_given(field.rules.or_unless));
    });
    return used;
  }

  // Whether groups are rows of streams of their own, so that the operation itself can read their seeds.
  bool are_own_streams() const { return task_.rows == 1 && !first_row_ && seed_.is_full(groups_); }

  // Reads where the noise of each group is, unless the operation does.
  void read_noise() {
    if (!(draws_ = draws())) return;
    if (!seed_) throw invalid_argument("seed", "is missing");
    if (are_own_streams()) return;
    addresses_.resize(groups_.count());
    const std::vector<std::uint64_t> seeds = numbers_of(seed_), rows = numbers_of(first_row_);
    for (std::uint64_t group = 0; group < groups_.count(); ++group)
      addresses_[group] = {seeds[seeds.size() == 1 ? 0 : group], rows[rows.size() == 1 ? 0 : group]};
  }
  // One for each group, or one for all.
  std::vector<std::uint64_t> numbers_of(const grouped_buffer& buffer) const {
    if (!buffer) return {0};
    std::vector<std::uint64_t> numbers(buffer.is_shared() ? 1 : groups_.count());
    if (buffer.is_shared() || buffer.is_full(groups_))
      raw_.read(numbers.data(), buffer.at(groups_, 0), numbers.size() * sizeof(std::uint64_t));
    else
      for (std::uint64_t group = 0; group < numbers.size(); ++group)
        raw_.read(&numbers[group], buffer.at(groups_, group), sizeof(std::uint64_t));
    return numbers;
  }

  struct address {
    std::uint64_t seed, first_row;
  };
  // Whether the groups' rows follow one another in one stream, as far as addresses were read.
  bool is_one_stream() const {
    for (std::uint64_t group = 0; group < addresses_.size(); ++group)
      if (addresses_[group].seed != addresses_[0].seed ||
          addresses_[group].first_row != addresses_[0].first_row + group * task_.rows)
        return false;
    return true;
  }

  void place_noise(Task& task, std::uint64_t group) const {
    if constexpr (requires { task.noise; }) {
      if (!addresses_.empty())
        task.noise = {.seed = addresses_[group].seed, .first_row = addresses_[group].first_row};
      else if (draws_)
        task.noise = {.row_seed = reinterpret_cast<const std::uint64_t*>(seed_.at(groups_, group))};
    }
  }

  // --- running ---

  // Whether one call can have the rows of all groups.
  bool can_merge() const {
    bool all = is_one_stream();
    for_each_given([&]<class Member>(const task_field<Task, Member>& field, const grouped_buffer& buffer) {
      const bool has_all_rows = std::uint64_t(buffer.own()[0]) == task_.rows;  // of a group
      bool is_one = buffer.is_shared() && buffer.own()[0] == 1;                // number or row for all groups
      if constexpr (is_parameter<Member>) is_one = is_one && buffer.own()[1] == 1;
      if constexpr (std::is_pointer_v<Member>) is_one = is_one && field.rules.per_row;
      all = all && ((buffer.is_full(groups_) && has_all_rows) || is_one);
    });
    return all;
  }

  Task of_group(std::uint64_t group) const {
    Task task = task_;
    place_noise(task, group);
    for_each_given([&](const auto& field, const grouped_buffer& buffer) {
      place(task, field, buffer, buffer.at(groups_, group), std::uint64_t(buffer.own()[0]) == task_.rows);
    });
    return task;
  }

  Task of_all_groups() const {
    Task task = task_;
    task.rows *= groups_.count();
    place_noise(task, 0);
    for_each_given([&](const auto& field, const grouped_buffer& buffer) {
      place(task, field, buffer, buffer.at(groups_, 0), buffer.is_full(groups_));
    });
    return task;
  }

  // `per_row`: there is a number or a row of classes for each of the task's rows, not one for all.
  template <class Member>
  void place(Task& task, const task_field<Task, Member>& field, const grouped_buffer& buffer, char* data,
             bool per_row) const {
    Member& member = task.*field.member;
    if constexpr (is_rows<Member>) {
      member.data = data;
      if constexpr (is_input<Member>) member.row_stride = per_row ? 0 : repeated_row;
    } else if constexpr (is_parameter<Member>) {
      const bool per_class = std::uint64_t(buffer.own()[1]) == task.classes;
      member.data = data;
      member.shape = per_class ? parameter_shape::per_element
                     : per_row ? parameter_shape::per_row
                               : parameter_shape::one_for_all;
      if (per_class && !per_row) member.row_stride = repeated_row;
    } else {
      std::memcpy(&member, &data, sizeof member);  // from a pointer to bytes
      if (field.rules.per_row) task.*field.rules.per_row = per_row;
    }
  }

  void run(const Task& task) const { operation_of<Task>()(task, raw_.execution); }

  const raw_call& raw_;
  Task task_{};
  groups groups_;
  std::array<grouped_buffer, fields> of_field_;
  grouped_buffer seed_, first_row_;
  bool draws_ = false;
  std::vector<address> addresses_;  // of each group; empty if there is nothing to draw or the operation reads seeds
};

}  // namespace gumbelcuda::xla
