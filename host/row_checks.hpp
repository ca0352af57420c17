// SPDX-License-Identifier: Apache-2.0
// The checks that the operations on rows share: each throws invalid_argument, naming the argument, its value and what
// is allowed.
#pragma once

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/rows/tasks.hpp"

namespace gumbelcuda {

std::size_t size_of(number_type type);
// Of what is computed with numbers of this type, and of results per row.
inline std::size_t computed_size_of(number_type type) {
  return type == number_type::float64 ? sizeof(double) : sizeof(float);
}

void check_pointer(const std::string& argument, const void* pointer);
// Null is aligned.
void check_alignment(const std::string& argument, const void* pointer, std::size_t size);
void check_noise(const noise_address& noise);
// Every byte of the rows has an address, and no two numbers the same one. count and classes are 1 or more, size is that
// of a number. What is written is not repeated_row.
void check_rows(const std::string& argument, const const_rows& rows, std::uint64_t count, std::uint64_t classes,
                std::size_t size);
void check_rows(const std::string& argument, const mutable_rows& rows, std::uint64_t count, std::uint64_t classes,
                std::size_t size);
// [row] temperatures: finite, 0 or more, or above 0. Their values are not looked at on a device.
void check_temperatures(const float* temperature, std::uint64_t count, bool on_device, bool zero_allowed = true,
                        const char* argument = "temperature");
// Where `out`, called `argument`, has the data of `in`, called `source`, it has its strides, as far as they matter.
void check_in_place(const char* argument, const mutable_rows& out, const char* source, const const_rows& in,
                    std::uint64_t rows, std::uint64_t classes);
// An array of a task by its name; null where there is none.
struct named_array {
  const char* name;
  const void* data;
};
// No result begins where another does, or where an input does: one of two results would be lost, and another row, or
// another thread of the same, still reads an input. What a task allows all the same is left out here, and is for
// check_in_place().
void check_apart(std::initializer_list<named_array> results, std::initializer_list<named_array> inputs);
// Of a backward pass that has y, or computes it again from logits and noise. d_logits may be d_y.
template <class Task>
void check_vjp_apart(const Task& task) {
  const named_array d_logits{"d_logits.data", task.d_logits.data}, d_temperature{"d_temperature", task.d_temperature};
  check_apart({d_logits, d_temperature}, {{"temperature", task.temperature}, {"y.data", task.y.data}});
  check_apart({d_temperature}, {{"d_y.data", task.d_y.data}});
  if (task.y.data) return;
  check_apart({d_logits, d_temperature},
              {{"logits.data", task.logits.data}, {"noise.device_offset", task.noise.device_offset}});
  if constexpr (requires { task.gumbel; }) check_apart({d_logits, d_temperature}, {{"gumbel.data", task.gumbel.data}});
}
// classes is 1 or more, and a row's bytes have addresses.
void check_classes(std::uint64_t classes);

}  // namespace gumbelcuda
