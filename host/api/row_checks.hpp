// SPDX-License-Identifier: Apache-2.0
// Checks that the operations on rows share. Each throws invalid_argument: the argument, its value, and what is allowed.
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
// The size of what is computed from numbers of this type, and of results per row.
inline std::size_t computed_size_of(number_type type) {
  return type == number_type::float64 ? sizeof(double) : sizeof(float);
}

void check_pointer(const std::string& argument, const void* pointer);
// Null counts as aligned.
void check_alignment(const std::string& argument, const void* pointer, std::size_t size);
void check_offset(const char* argument, std::uint64_t offset);
void check_noise(const noise_address& noise);
// Checks that arrays with a number for each row fit into the address space.
void check_noise_rows(const noise_address& noise, std::uint64_t rows);
void check_law(enum noise_law law);  // `enum`: the self-test has a function of this name
void check_shape(const char* argument, parameter_shape shape);
// Checks that all bytes of the rows have addresses and that no two numbers share one. `count` and `classes` are 1 or
// more, `size` is that of a number.
void check_rows(const std::string& argument, const const_rows& rows, std::uint64_t count, std::uint64_t classes,
                std::size_t size);
// Rows that are written must not use repeated_row.
void check_not_repeated(const char* argument, const const_rows& rows);
// For numbers in host memory: one for each row, or a single one.
void check_numbers(const char* argument, const float* numbers, std::uint64_t count, allowed_numbers allowed);
void check_numbers(const char* argument, const std::uint64_t* numbers, std::uint64_t count, allowed_numbers allowed);
// Checks that `each` numbers for every row fit into the address space. `argument`: the name of `each`, unless 1.
void check_count(const char* argument, std::uint64_t each, std::uint64_t rows, std::size_t size);
// Checks that `classes` is `least` or more and that a row fits into the address space.
void check_classes(std::uint64_t classes, std::uint64_t least);

// An array of a task. A result may begin where an input in `may_be` begins, if both have a number for each element.
struct task_array {
  const char *name = "", *suffix = "";
  const void* data = nullptr;
  bool is_result = false;
  std::optional<const_rows> rows{};
  std::array<const char*, 3> may_be{};
};
// Checks that no result begins where another result or an input begins: one of two results would be lost, and an input
// is still read for another row or by another thread of the same row. A result that may begin where an input does must
// have the input's strides, as far as they matter.
void check_distinct(const task_array* arrays, std::size_t count, std::uint64_t rows, std::uint64_t classes);

[[noreturn]] void refuse_setting(const char* argument, const std::string& value, std::uint64_t least,
                                 std::uint64_t most, bool most_is_classes);
// None of these results is requested.
[[noreturn]] void refuse_nothing(const std::vector<std::string>& names);

}  // namespace gumbelcuda
