// SPDX-License-Identifier: Apache-2.0
// Every array of every task on rows, by name: what it reads, what it writes, and which of both may be the same.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "gumbelcuda/gumbelcuda.hpp"
#include "gumbelcuda/rows/every_task.hpp"

namespace gumbelcuda::testing_rows {

template <class Task>
struct array_of {
  std::string name;
  bool is_result, has_numbers;  // of the task's type or floats; otherwise zeros do
  std::function<void(Task&, void*)> put;
};

template <class Task>
using operation_on = void (*)(const Task&, const row_execution&);

template <class Task>
struct arrays_case {
  Task task;
  operation_on<Task> run;
  std::vector<array_of<Task>> arrays;
  std::set<std::string> in_place{};  // "result is input"
};

template <class Task, class Member>
array_of<Task> array(const std::string& name, Member Task::*member) {
  if constexpr (requires(Task & t) { (t.*member).data; })
    return {name + ".data", !std::is_same_v<Member, const_rows> && !std::is_same_v<Member, const_parameter>, true,
            [=](Task& t, void* memory) { (t.*member).data = memory; }};
  else
    return {name, !std::is_const_v<std::remove_pointer_t<Member>>,
            std::is_same_v<Member, const float*> || std::is_same_v<Member, const void*>,
            [=](Task& t, void* memory) { t.*member = static_cast<Member>(memory); }};
}
template <class Task>
array_of<Task> device_offset() {
  return {"noise.device_offset", false, false,
          [](Task& t, void* memory) { t.noise.device_offset = static_cast<const std::uint64_t*>(memory); }};
}

#define GUMBELCUDA_ARRAY(name) array(#name, &T::name)

inline auto cases_of(const gumbel_noise_task*) {
  using T = gumbel_noise_task;
  const operation_on<T> run = gumbel_noise;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{}, run, {GUMBELCUDA_ARRAY(out), device_offset<T>()}});
  return cases;
}

inline auto cases_of(const gumbel_max_task*) {
  using T = gumbel_max_task;
  const operation_on<T> run = gumbel_max;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(index), GUMBELCUDA_ARRAY(log_prob),
                    GUMBELCUDA_ARRAY(status), device_offset<T>()}});
  return cases;
}

inline auto cases_of(const gumbel_softmax_task*) {
  using T = gumbel_softmax_task;
  const operation_on<T> run = gumbel_softmax;
  std::vector<arrays_case<T>> cases;
  cases.push_back(
      {{},
       run,
       {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(y), GUMBELCUDA_ARRAY(one_hot),
        GUMBELCUDA_ARRAY(index), GUMBELCUDA_ARRAY(gumbel_out), device_offset<T>()},
       {"y.data is logits.data", "one_hot.data is logits.data", "gumbel_out.data is logits.data"}});
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(gumbel),
                    GUMBELCUDA_ARRAY(y), GUMBELCUDA_ARRAY(one_hot), GUMBELCUDA_ARRAY(index)},
                   {"y.data is logits.data", "one_hot.data is logits.data", "y.data is gumbel.data",
                    "one_hot.data is gumbel.data"}});
  return cases;
}

inline auto cases_of(const gumbel_softmax_vjp_task*) {
  using T = gumbel_softmax_vjp_task;
  const operation_on<T> run = gumbel_softmax_vjp;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(y), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(d_y),
                    GUMBELCUDA_ARRAY(d_logits), GUMBELCUDA_ARRAY(d_temperature)},
                   {"d_logits.data is d_y.data"}});
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(gumbel),
                    GUMBELCUDA_ARRAY(d_y), GUMBELCUDA_ARRAY(d_logits), GUMBELCUDA_ARRAY(d_temperature)},
                   {"d_logits.data is d_y.data"}});
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(d_y),
                    GUMBELCUDA_ARRAY(d_logits), GUMBELCUDA_ARRAY(d_temperature), device_offset<T>()},
                   {"d_logits.data is d_y.data"}});
  return cases;
}

inline auto cases_of(const conditional_gumbel_task*) {
  using T = conditional_gumbel_task;
  const operation_on<T> run = conditional_gumbel;
  std::vector<arrays_case<T>> cases;
  cases.push_back(
      {{}, run, {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(index), GUMBELCUDA_ARRAY(z), device_offset<T>()}});
  return cases;
}

inline auto cases_of(const gumbel_rao_vjp_task*) {
  using T = gumbel_rao_vjp_task;
  const operation_on<T> run = gumbel_rao_vjp;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(index), GUMBELCUDA_ARRAY(temperature),
                    GUMBELCUDA_ARRAY(d_one_hot), GUMBELCUDA_ARRAY(d_logits), device_offset<T>()},
                   {"d_logits.data is d_one_hot.data"}});
  return cases;
}

inline auto cases_of(const relaxed_bernoulli_task*) {
  using T = relaxed_bernoulli_task;
  const operation_on<T> run = relaxed_bernoulli;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(y),
                    GUMBELCUDA_ARRAY(hard), device_offset<T>()},
                   {"y.data is logits.data", "hard.data is logits.data"}});
  return cases;
}

inline auto cases_of(const relaxed_bernoulli_vjp_task*) {
  using T = relaxed_bernoulli_vjp_task;
  const operation_on<T> run = relaxed_bernoulli_vjp;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(y), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(d_y),
                    GUMBELCUDA_ARRAY(d_logits), GUMBELCUDA_ARRAY(d_temperature)},
                   {"d_logits.data is d_y.data"}});
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(d_y),
                    GUMBELCUDA_ARRAY(d_logits), GUMBELCUDA_ARRAY(d_temperature), device_offset<T>()},
                   {"d_logits.data is d_y.data"}});
  return cases;
}

inline auto cases_of(const relaxed_bernoulli_log_prob_task*) {
  using T = relaxed_bernoulli_log_prob_task;
  const operation_on<T> run = relaxed_bernoulli_log_prob;
  std::vector<arrays_case<T>> cases;
  cases.push_back(
      {{},
       run,
       {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(y), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(log_prob)},
       {"log_prob.data is logits.data", "log_prob.data is y.data"}});
  return cases;
}

inline auto cases_of(const gumbel_top_k_task*) {
  using T = gumbel_top_k_task;
  const operation_on<T> run = gumbel_top_k;
  std::vector<arrays_case<T>> cases;
  cases.push_back(
      {{.k = 2},
       run,
       {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(index), GUMBELCUDA_ARRAY(perturbed), GUMBELCUDA_ARRAY(log_prob),
        GUMBELCUDA_ARRAY(log_inclusion), GUMBELCUDA_ARRAY(kappa), GUMBELCUDA_ARRAY(status), device_offset<T>()}});
  return cases;
}

inline auto cases_of(const relaxed_k_hot_task*) {
  using T = relaxed_k_hot_task;
  const operation_on<T> run = relaxed_k_hot;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{.k = 2},
                   run,
                   {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(y),
                    GUMBELCUDA_ARRAY(k_hot), device_offset<T>()},
                   {"k_hot.data is logits.data"}});
  cases.push_back({{.k = 2},
                   run,
                   {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(y)},
                   {"y.data is logits.data"}});
  return cases;
}

inline auto cases_of(const relaxed_k_hot_vjp_task*) {
  using T = relaxed_k_hot_vjp_task;
  const operation_on<T> run = relaxed_k_hot_vjp;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{.k = 2},
                   run,
                   {GUMBELCUDA_ARRAY(y), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(d_y),
                    GUMBELCUDA_ARRAY(d_logits), GUMBELCUDA_ARRAY(d_temperature)},
                   {"d_logits.data is d_y.data"}});
  cases.push_back({{.k = 2},
                   run,
                   {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(d_y),
                    GUMBELCUDA_ARRAY(d_logits), GUMBELCUDA_ARRAY(d_temperature), device_offset<T>()},
                   {"d_logits.data is d_y.data"}});
  return cases;
}

inline auto cases_of(const gumbel_max_shard_task*) {
  using T = gumbel_max_shard_task;
  const operation_on<T> run = gumbel_max_shard;
  std::vector<arrays_case<T>> cases;
  cases.push_back(
      {{.log_prob_wanted = true}, run, {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(partial), device_offset<T>()}});
  return cases;
}

inline auto cases_of(const combine_gumbel_max_task*) {
  using T = combine_gumbel_max_task;
  const operation_on<T> run = combine_gumbel_max;
  std::vector<arrays_case<T>> cases;
  cases.push_back(
      {{.shards = 2},
       run,
       {GUMBELCUDA_ARRAY(partial), GUMBELCUDA_ARRAY(index), GUMBELCUDA_ARRAY(log_prob), GUMBELCUDA_ARRAY(status)}});
  return cases;
}

inline auto cases_of(const categorical_sample_task*) {
  using T = categorical_sample_task;
  const operation_on<T> run = categorical_sample;
  std::vector<arrays_case<T>> cases;
  cases.push_back(
      {{.draws = 2},
       run,
       {GUMBELCUDA_ARRAY(row_seed), GUMBELCUDA_ARRAY(row_offset), GUMBELCUDA_ARRAY(logits),
        GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(top_k), GUMBELCUDA_ARRAY(top_p), GUMBELCUDA_ARRAY(min_p),
        GUMBELCUDA_ARRAY(index), GUMBELCUDA_ARRAY(log_prob), GUMBELCUDA_ARRAY(status), device_offset<T>()}});
  return cases;
}

inline auto cases_of(const categorical_sample_from_probabilities_task*) {
  using T = categorical_sample_from_probabilities_task;
  const operation_on<T> run = categorical_sample_from_probabilities;
  std::vector<arrays_case<T>> cases;
  cases.push_back(
      {{.draws = 2},
       run,
       {GUMBELCUDA_ARRAY(row_seed), GUMBELCUDA_ARRAY(row_offset), GUMBELCUDA_ARRAY(probabilities),
        GUMBELCUDA_ARRAY(index), GUMBELCUDA_ARRAY(log_prob), GUMBELCUDA_ARRAY(status), device_offset<T>()}});
  return cases;
}

}  // namespace gumbelcuda::testing_rows
