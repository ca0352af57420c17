// SPDX-License-Identifier: Apache-2.0
// The checks that the operations on rows share: each throws invalid_argument, naming the argument, its value and what
// is allowed.
#pragma once

#include <cmath>
#include <cstdint>
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
// classes is 1 or more, and a row's bytes have addresses.
void check_classes(std::uint64_t classes);

}  // namespace gumbelcuda
