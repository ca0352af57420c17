// SPDX-License-Identifier: Apache-2.0
// For every_operation.cpp: runs operations and stores the bytes of their results.
#pragma once

#include "gumbelcuda/gumbel.hpp"
#include "host/api/task_arrays.hpp"
#include "host/selftest/synthetic_rows.hpp"

namespace gumbelcuda {

// Works on one batch. Allocates all results of a task that have no memory yet, so that everything is computed.
class recorder {
 public:
  recorder(const sampler_under_test& sampler, const row_shape& its_shape)
      : shape(its_shape), inputs(its_shape), sampler_(sampler) {}

  template <class Task>
  Task task() const {
    Task t{};
    t.rows = shape.rows;
    t.type = shape.type;
    if constexpr (requires { t.classes; }) t.classes = shape.classes;
    if constexpr (requires { t.noise; }) {
      t.noise = shape.noise;
      if (shape.row_noise) t.noise.row_seed = t.noise.row_offset = inputs.seeds.data();
    }
    if constexpr (requires { t.temperature; }) t.temperature = inputs.temperature.data();
    if constexpr (requires { t.temperature_per_row; }) t.temperature_per_row = true;
    return t;
  }
  template <class Task>
  Task run(const char* name, Task t) {
    for_each_array(t, [&](auto& field, std::uint64_t numbers) {
      if constexpr (!is_input<std::remove_cvref_t<decltype(field)>>) {
        auto& pointer = pointer_of(field);
        if (pointer) return;
        using Pointer = std::remove_cvref_t<decltype(pointer)>;
        if constexpr (requires { field.row_stride; }) field.row_stride = inputs.stride;
        const std::uint64_t bytes = bytes_of(t, field, numbers);
        pointer = static_cast<Pointer>(std::is_same_v<Pointer, std::int32_t*> ? int32_.emplace_back(bytes).data()
                                                                              : room(name, bytes));
      }
    });
    if constexpr (std::is_same_v<Task, gumbel_noise_task>)
      sampler_.noise(t);
    else if constexpr (std::is_same_v<Task, gumbel_max_task>)
      sampler_.draw(t);
    else if constexpr (std::is_same_v<Task, gumbel_softmax_task>)
      sampler_.relax(t);
    else if constexpr (std::is_same_v<Task, gumbel_softmax_vjp_task>)
      sampler_.relax_vjp(t);
    else
      sampler_.run(t);
    return t;
  }
  void* room(const char* name, std::uint64_t bytes) {
    if (kept_.empty() || kept_.back().name != name) kept_.push_back({name, {}});
    return kept_.back().arrays.emplace_back(bytes).data();
  }
  operation_bytes take() const {
    operation_bytes all;
    const auto add = [&](const std::string& name, const std::vector<byte_row>& arrays) {
      byte_row& bytes = all.emplace_back(named_bytes{name, {}}).bytes;
      for (const byte_row& array : arrays) bytes.insert(bytes.end(), array.begin(), array.end());
    };
    for (const kept& k : kept_) add(k.name, k.arrays);
    if (!int32_.empty()) add("index_int32", int32_);
    return all;
  }

  const row_shape shape;
  const synthetic_rows inputs;

 private:
  struct kept {
    std::string name;
    std::vector<byte_row> arrays;
  };
  const sampler_under_test& sampler_;
  std::vector<kept> kept_;
  // Indices of 32 bits, of all operations: the entries that were recorded before they existed stay as they are.
  std::vector<byte_row> int32_;
};

}  // namespace gumbelcuda
