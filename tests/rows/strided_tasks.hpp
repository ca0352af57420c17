// SPDX-License-Identifier: Apache-2.0
// Every operation on rows of classes, as calls whose arrays may have any layout (strided_call.hpp). A task's
// description tells which arrays it has; their names tell which numbers they may hold; settings are listed here.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/rows/described_arrays.hpp"
#include "tests/rows/strided_call.hpp"

namespace gumbelcuda::testing_rows {

// Functions that set members which are no arrays, or optional arrays. There is one call for each function.
template <class Task>
using settings = std::vector<void (*)(const strided_call&, Task&)>;

template <class Task>
settings<Task> settings_of(const Task*) {
  if constexpr (requires(Task t) { t.law; })
    return {[](const strided_call&, Task& t) { t.law = noise_law::gumbel; },
            [](const strided_call&, Task& t) { t.law = noise_law::gaussian; }};
  return {[](const strided_call&, Task& t) {
    if constexpr (requires { t.draws; }) t.draws = 3;
  }};
}
inline settings<categorical_sample_task> settings_of(const categorical_sample_task*) {
  return {[](const strided_call&, auto& t) { t.draws = 3; },
          [](const strided_call&, auto& t) {
            static constexpr float top_p = .75f, min_p = .01f;
            static constexpr std::uint32_t top_k = 9;
            t.draws = 3;
            t.top_k = &top_k;
            t.top_p = &top_p;
            t.min_p = &min_p;
            t.reject_probabilities = true;
          }};
}
inline settings<gumbel_softmax_task> settings_of(const gumbel_softmax_task*) {
  return {[](const strided_call&, auto&) {}, [](const strided_call&, auto& t) { t.log_domain = true; }};
}
inline settings<gumbel_top_k_task> settings_of(const gumbel_top_k_task*) {
  return {[](const strided_call& c, auto& t) { t.k = c.classes < 5 ? c.classes : 5; }};
}
inline settings<relaxed_k_hot_task> settings_of(const relaxed_k_hot_task*) {
  return {[](const strided_call& c, auto& t) { t.k = c.classes < 3 ? c.classes : 3; }};
}
inline settings<relaxed_k_hot_vjp_task> settings_of(const relaxed_k_hot_vjp_task*) {
  return {[](const strided_call& c, auto& t) { t.k = c.classes < 3 ? c.classes : 3; }};
}
inline settings<gumbel_max_shard_task> settings_of(const gumbel_max_shard_task*) {
  return {[](const strided_call&, auto& t) { t.first_class = 8, t.log_prob_wanted = true; }};
}
inline settings<gumbel_rao_vjp_task> settings_of(const gumbel_rao_vjp_task*) {
  return {[](const strided_call&, auto& t) { t.inner_samples = 2; }};
}

// An input of this name, filled with valid numbers.
inline row_batch& input_of(strided_call& c, std::string_view name, bool is_written_over) {
  const bool shares = name == "y" || name == "value" || name == "probabilities" || name == "scale";
  if (name.starts_with("d_")) return c.make(-1, 1, !is_written_over);
  return shares ? c.make(0, 1, !is_written_over) : c.make(-4, 4, !is_written_over);
}

inline std::int64_t* some_index(strided_call& c) {
  auto* const index = c.results<std::int64_t>();
  for (std::uint64_t row = 0; row < c.rows; ++row) index[row] = std::int64_t(row % c.classes);
  return index;
}

template <class Member, class Rows>
void put(Member& member, const Rows& rows) {
  member.data = rows.data;
  member.row_stride = rows.row_stride;
  member.class_stride = rows.class_stride;
}

// Gives a task all of its arrays except `without`. In place, the first result that may share its input's memory does.
template <class Task>
void give_arrays(strided_call& c, Task& t, const std::set<std::string>& without, bool in_place) {
  std::string written_over, written;
  for_each_field<Task>([&](const auto& field) {
    const char* const input = field.rules.may_be[0];
    if (!in_place || !written.empty() || !input || without.count(field.name) || without.count(input)) return;
    written = field.name;
    written_over = input;
  });
  row_batch* shared = nullptr;
  const auto give = [&]<class Member>(const task_field<Task, Member>& field, bool inputs) {
    if (without.count(field.name)) return;
    Member& member = t.*field.member;
    if constexpr (is_rows<Member> || is_parameter<Member>) {
      if (is_input<Member> != inputs || !is_used(t, field.rules)) return;
      if constexpr (is_input<Member>) {
        row_batch& made = input_of(c, field.name, field.name == written_over);
        if (field.name == written_over) shared = &made;
        put(member, made.in());
      } else {
        put(member, shared && field.name == written ? shared->out() : c.out());
      }
    } else if constexpr (std::is_pointer_v<Member>) {
      if (inputs || member) return;
      const std::uint64_t each = field.rules.of_each_row ? t.*field.rules.of_each_row : 1;
      if constexpr (std::is_same_v<Member, const float*>) {
        if (field.rules.optional) return;
        member = c.temperature();
        // Of two temperatures one is the same for all rows.
        if (field.rules.per_row) t.*field.rules.per_row = std::string_view(field.name) != "q_temperature";
      } else if constexpr (std::is_same_v<Member, const std::int64_t*>) {
        member = some_index(c);
      } else if constexpr (std::is_same_v<Member, const void*>) {
        member = c.upstream_of_rows();
      } else if constexpr (std::is_same_v<Member, void*>) {
        member = c.numbers(each);
      } else if constexpr (!std::is_const_v<std::remove_pointer_t<Member>>) {
        member = c.template results<std::remove_pointer_t<Member>>(each);
      }
    }
  };
  for (const bool inputs : {true, false}) for_each_field<Task>([&](const auto& field) { give(field, inputs); });
}

struct strided_operation {
  std::string name;
  std::function<void(strided_call&)> call;
};

template <class Task, class Run>
void add_calls_of(std::vector<strided_operation>& all, Run run) {
  const std::string function = __PRETTY_FUNCTION__;
  const std::string name = function.substr(function.find("Task = "));
  bool has_rows = false, can_be_in_place = false;
  for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
    has_rows = has_rows || is_rows<Member>;
    can_be_in_place = can_be_in_place || field.rules.may_be[0];
  });
  if (!has_rows) return;
  if constexpr (requires(Task t) { t.classes; })
    for (const std::set<std::string>& without : left_out_of(static_cast<const Task*>(nullptr)))
      for (const auto set : settings_of(static_cast<const Task*>(nullptr)))
        for (const bool in_place : {false, true}) {
          if (in_place && !can_be_in_place) continue;
          // y may be logits only without k_hot, which is computed from logits after y is written.
          if constexpr (std::is_same_v<Task, relaxed_k_hot_task>)
            if (in_place && !without.count("k_hot")) continue;
          all.push_back({name + (in_place ? ", in place" : ""), [=](strided_call& c) {
                           Task task = c.template task<Task>();
                           set(c, task);
                           give_arrays(c, task, without, in_place);
                           run(task);
                         }});
        }
}

template <class... Tasks>
struct calls_of_every {
  template <class Run>
  static std::vector<strided_operation> make(Run run) {
    std::vector<strided_operation> all;
    (add_calls_of<Tasks>(all, run), ...);
    return all;
  }
};
// run(task) executes a task.
template <class Run>
std::vector<strided_operation> strided_operations(Run run) {
  return of_every_row_task<calls_of_every>::make(run);
}

struct run_on_the_cpu {
  template <class Task>
  void operator()(const Task& task) const {
    operation_of<Task>()(task, {});
  }
};

}  // namespace gumbelcuda::testing_rows
