// SPDX-License-Identifier: Apache-2.0
// The checks that the operations on rows share: each throws invalid_argument, naming the argument, its value and what
// is allowed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/location_scale.hpp"

namespace gumbelcuda {

std::size_t size_of(number_type type);
// Of what is computed with numbers of this type, and of results per row.
inline std::size_t computed_size_of(number_type type) {
  return type == number_type::float64 ? sizeof(double) : sizeof(float);
}

void check_pointer(const std::string& argument, const void* pointer);
// Null is aligned.
void check_alignment(const std::string& argument, const void* pointer, std::size_t size);
void check_offset(const char* argument, std::uint64_t offset);
void check_noise(const noise_address& noise);
// So many rows of seeds and offsets have addresses.
void check_noise_rows(const noise_address& noise, std::uint64_t rows);
void check_law(enum noise_law law);  // the self-test has a function of this name
void check_shape(const char* argument, parameter_shape shape);
// Every byte of the rows has an address, and no two numbers the same one. count and classes are 1 or more, size is that
// of a number.
void check_rows(const std::string& argument, const const_rows& rows, std::uint64_t count, std::uint64_t classes,
                std::size_t size);
// What is written is not repeated_row.
void check_not_repeated(const char* argument, const const_rows& rows);
// In host memory, [row] or one.
void check_numbers(const char* argument, const float* numbers, std::uint64_t count, allowed_numbers allowed);
void check_numbers(const char* argument, const std::uint64_t* numbers, std::uint64_t count, allowed_numbers allowed);
// `each` numbers of every row have addresses. `argument`: the name of `each`, where it is not 1.
void check_count(const char* argument, std::uint64_t each, std::uint64_t rows, std::size_t size);
// classes is `least` or more, and a row's bytes have addresses.
void check_classes(std::uint64_t classes, std::uint64_t least);

// An array of a task: a result may begin where an input of `may_be` does, if both have a number for each element.
struct task_array {
  const char *name = "", *suffix = "";
  const void* data = nullptr;
  bool is_result = false;
  std::optional<const_rows> rows{};
  std::array<const char*, 3> may_be{};
};
// No result begins where another does, or where an input does: one of two results would be lost, and another row, or
// another thread of the same, still reads an input. Where it may, it has the input's strides, as far as they matter.
void check_distinct(const task_array* arrays, std::size_t count, std::uint64_t rows, std::uint64_t classes);

[[noreturn]] void refuse_setting(const char* argument, const std::string& value, std::uint64_t least,
                                 std::uint64_t most, bool most_is_classes);
// None of these results is wanted.
[[noreturn]] void refuse_nothing(const std::vector<std::string>& names);

}  // namespace gumbelcuda
