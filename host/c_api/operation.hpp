// SPDX-License-Identifier: Apache-2.0
// What every operation in C does around its task. docs/design.md says how one is added.
#pragma once

#include <array>
#include <initializer_list>
#include <type_traits>

#include "gumbelcuda/detail/every_operation.hpp"
#include "host/api/task_arrays.hpp"
#include "host/c_api/answer.hpp"
#include "host/c_api/handle.hpp"
#include "host/c_api/pointers.hpp"

namespace gumbelcuda::c_api {

// One call of an operation.
class operation_call {
 public:
  explicit operation_call(gumbelcuda_handle& handle) : handle_(handle) {}

  // Throws invalid_argument for the first pointer that the backend cannot access.
  void check(std::initializer_list<named_pointer> pointers) const {
    if (handle_.checks_pointers) check_pointers(options(), pointers.begin(), pointers.end());
  }
  // Draws with the handle's next noise.
  template <class Task>
  void draw(const Task& task) {
    check_arrays(task);
    handle_.sampler.draw(task, operation_of<Task>());
  }
  template <class Task>
  void draw(const Task& task, std::uint64_t words) {
    check_arrays(task);
    handle_.sampler.draw(task, operation_of<Task>(), words);
  }
  template <class Task>
  void run(const Task& task) {
    check_arrays(task);
    handle_.sampler.run(task, operation_of<Task>());
  }

  const sampler_options& options() const { return handle_.sampler.options(); }
  // The handle's noise as it was before a forward pass. The caller supplies that pass's offset and seeds.
  noise_address noise_of(const gumbelcuda_noise& c) const {
    noise_address noise = options().noise;
    noise.offset = c.offset;
    noise.row_seed = c.row_seed;
    noise.row_offset = c.row_offset;
    return noise;
  }

 private:
  // Checks a task's pointers, if it has rows: otherwise none is followed.
  template <class Task>
  void check_arrays(const Task& task) const {
    if (task.rows == 0 || !handle_.checks_pointers) return;
    std::array<named_pointer, std::tuple_size_v<decltype(describe(&task))> + noise_arrays> pointers;
    std::size_t count = 0;
    for_each_field<Task>([&]<class Member>(const task_field<Task, Member>& field) {
      if (!is_followed(task, field)) return;
      if constexpr (is_array<Member>)
        pointers[count++] = {field.name, pointer_of(task.*field.member), suffix_of<Member>};
      // The handle's device_offset is checked for every call, under its name in C.
      if constexpr (is_noise<Member>)
        for_each_noise_array(task.*field.member, [&](const char* suffix, const std::uint64_t* pointer, bool per_row) {
          if (per_row) pointers[count++] = {field.name, pointer, suffix};
        });
    });
    check_pointers(options(), pointers.data(), pointers.data() + count);
  }

  gumbelcuda_handle& handle_;
};

// Calls work(call, arguments).
template <class Args, class Work>
gumbelcuda_status with(gumbelcuda_handle* handle, const Args* args, Work work) {
  return answer([&] {
    check_not_null("handle", handle);
    const Args whole = read(args);
    work(operation_call(*handle), whole);
  });
}

inline const_rows from_c(const gumbelcuda_const_rows& rows) { return {rows.data, rows.row_stride, rows.class_stride}; }
inline mutable_rows from_c(const gumbelcuda_rows& rows) { return {rows.data, rows.row_stride, rows.class_stride}; }

// The part of the noise that a drawing call sets; the rest is the handle's.
inline noise_address from_c(const gumbelcuda_row_noise& noise) {
  return {.row_seed = noise.row_seed, .row_offset = noise.row_offset};
}

inline bool has(std::uint32_t flags, std::uint32_t flag) { return (flags & flag) != 0; }

// In C, row_status is a number; gumbelcuda.h lists its values.
inline row_status* status_of(std::uint8_t* status) { return reinterpret_cast<row_status*>(status); }
static_assert(GUMBELCUDA_ROW_DRAWN == int(row_status::drawn) &&
              GUMBELCUDA_ROW_NOTHING_TO_DRAW == int(row_status::nothing_to_draw) &&
              GUMBELCUDA_ROW_NOT_FINITE == int(row_status::not_finite) &&
              GUMBELCUDA_ROW_LOOKS_LIKE_PROBABILITIES == int(row_status::looks_like_probabilities) &&
              GUMBELCUDA_ROW_BAD_PARAMETER == int(row_status::bad_parameter));
static_assert(GUMBELCUDA_REPEATED_ROW == repeated_row);
static_assert(GUMBELCUDA_FLOAT32 == int(number_type::float32) && GUMBELCUDA_FLOAT16 == int(number_type::float16) &&
              GUMBELCUDA_BFLOAT16 == int(number_type::bfloat16) && GUMBELCUDA_FLOAT64 == int(number_type::float64));

}  // namespace gumbelcuda::c_api
