// SPDX-License-Identifier: Apache-2.0
// The arrays that a task points to, whichever operation it is of: fields of one name mean the same in all of them, and
// what is const is given while the rest are results.
#pragma once

#include <type_traits>

#include "gumbelcuda/reparameterized.hpp"
#include "gumbelcuda/rows/strides.hpp"
#include "host/row_checks.hpp"
#include "host/selftest/other_operations.hpp"

namespace gumbelcuda {

// Calls visit(field, numbers) for each of them, null ones, too: `field` is a pointer to so many numbers, or rows or a
// parameter.
template <class Task, class Visit>
void for_each_array(Task& t, Visit visit) {
  std::uint64_t rows = 1, results = 1;
  if constexpr (requires { t.rows; }) results = rows = t.rows;
  if constexpr (requires { t.draws; }) results *= t.draws;
  if constexpr (requires { t.perturbed; }) results *= t.k;
  if constexpr (requires { t.noise; }) visit(t.noise.device_offset, 1);
  if constexpr (requires { t.row_seed; }) visit(t.row_seed, rows), visit(t.row_offset, rows);
  if constexpr (requires { t.temperature_per_row; }) visit(t.temperature, t.temperature_per_row ? rows : 1);
  if constexpr (requires { t.p_temperature_per_row; }) {
    visit(t.p_temperature, t.p_temperature_per_row ? rows : 1);
    visit(t.q_temperature, t.q_temperature_per_row ? rows : 1);
  }
  if constexpr (requires { t.top_k; }) {
    visit(t.top_k, t.top_k_per_row ? rows : 1);
    visit(t.top_p, t.top_p_per_row ? rows : 1);
    visit(t.min_p, t.min_p_per_row ? rows : 1);
  }
  if constexpr (requires { t.logits; }) visit(t.logits, 0);
  if constexpr (requires { t.p_logits; }) visit(t.p_logits, 0), visit(t.q_logits, 0);
  if constexpr (requires { t.probabilities; }) visit(t.probabilities, 0);
  if constexpr (requires { t.gumbel; }) visit(t.gumbel, 0);
  if constexpr (requires { t.value; }) visit(t.value, 0);
  if constexpr (requires { t.location; }) visit(t.location, 0), visit(t.scale, 0);
  if constexpr (requires { t.d_y; }) visit(t.d_y, 0);
  if constexpr (requires { t.d_one_hot; }) visit(t.d_one_hot, 0);
  if constexpr (requires { t.d_sample; }) visit(t.d_sample, 0);
  if constexpr (requires { t.d_kl; }) visit(t.d_kl, rows);
  if constexpr (requires { t.d_log_prob; }) visit(t.d_log_prob, rows);
  if constexpr (requires { t.y; }) visit(t.y, 0);
  if constexpr (requires { t.index; }) visit(t.index, results);
  if constexpr (requires { t.shards; })
    visit(t.partial, rows * t.shards);
  else if constexpr (requires { t.partial; })
    visit(t.partial, rows);
  if constexpr (requires { t.device_offset; }) visit(t.device_offset, 1);
  if constexpr (requires { t.device_step; }) visit(t.device_step, 1), visit(t.device_temperature, 1);
  // Results only.
  if constexpr (requires { t.out; }) visit(t.out, 0);
  if constexpr (requires { t.one_hot; }) visit(t.one_hot, 0);
  if constexpr (requires { t.k_hot; }) visit(t.k_hot, 0);
  if constexpr (requires { t.hard; }) visit(t.hard, 0);
  if constexpr (requires { t.z; }) visit(t.z, 0);
  if constexpr (requires { t.sample; }) visit(t.sample, 0);
  if constexpr (requires { t.log_prob; }) visit(t.log_prob, results);
  if constexpr (requires { t.perturbed; }) visit(t.perturbed, results), visit(t.log_inclusion, results);
  if constexpr (requires { t.kappa; }) visit(t.kappa, rows);
  if constexpr (requires { t.kl; }) visit(t.kl, rows);
  if constexpr (requires { t.status; }) visit(t.status, rows);
  if constexpr (requires { t.d_logits; }) visit(t.d_logits, 0);
  if constexpr (requires { t.d_p_logits; }) visit(t.d_p_logits, 0), visit(t.d_q_logits, 0);
  if constexpr (requires { t.d_value; }) visit(t.d_value, 0);
  if constexpr (requires { t.d_location; }) visit(t.d_location, 0), visit(t.d_scale, 0);
  if constexpr (requires { t.d_temperature; }) visit(t.d_temperature, rows);
  if constexpr (requires { t.d_p_temperature; }) visit(t.d_p_temperature, rows), visit(t.d_q_temperature, rows);
}

// Of a field of a task. Numbers without a type of their own are one a row, of the type that is computed with.
template <class Field>
inline constexpr bool is_given = !std::is_same_v<Field, mutable_rows> && !std::is_same_v<Field, mutable_parameter> &&
                                 (!std::is_pointer_v<Field> || std::is_const_v<std::remove_pointer_t<Field>>);

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
  if constexpr (requires { rows.shape; }) {
    // A derivative that has no number of its own for each element is the sum of each row.
    if (rows.shape != parameter_shape::per_element && !is_given<Rows>) return task.rows * computed_size_of(task.type);
    if (rows.shape == parameter_shape::per_row) return task.rows * size_of(task.type);
    if (rows.shape == parameter_shape::one_for_all) return size_of(task.type);
  }
  const std::uint64_t from_row = (task.rows - 1) * row_stride_of(rows, task.classes);
  return (from_row + (task.classes - 1) * class_stride_of(rows) + 1) * size_of(task.type);
}

template <class Field>
auto& pointer_of(Field& field) {
  if constexpr (std::is_pointer_v<Field>)
    return field;
  else
    return field.data;
}

}  // namespace gumbelcuda
