// SPDX-License-Identifier: Apache-2.0
#include "host/api/row_checks.hpp"

#include <cmath>
#include <limits>
#include <string_view>

#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/detail/rows/strides.hpp"
#include "gumbelcuda/error.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {

std::size_t size_of(number_type type) {
  switch (type) {
    case number_type::float32:
      return 4;
    case number_type::float16:
    case number_type::bfloat16:
      return 2;
    case number_type::float64:
      return 8;
  }
  if (type == missing_type<any_number>()) throw invalid_argument("type", "is not set");
  throw invalid_argument("type", std::to_string(int(type)) + " is not a number_type");
}

void check_pointer(const std::string& argument, const void* pointer) {
  if (!pointer) throw invalid_argument(argument, "is null");
}

void check_alignment(const std::string& argument, const void* pointer, std::size_t size) {
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  if (address % size != 0)
    throw invalid_argument(argument, "address " + std::to_string(address) + " is not a multiple of " +
                                         std::to_string(size) + ", the size of its elements");
}

void check_rows(const std::string& argument, const const_rows& rows, std::uint64_t count, std::uint64_t classes,
                std::size_t size) {
  check_pointer(argument + ".data", rows.data);
  check_alignment(argument + ".data", rows.data, size);
  const std::uint64_t most = (std::uint64_t{1} << 62) / size, class_stride = class_stride_of(rows);
  if (class_stride > most / classes)
    throw invalid_argument(argument + ".class_stride", std::to_string(classes) + " classes, " +
                                                           std::to_string(class_stride) +
                                                           " numbers apart, do not fit into an address space");
  if (rows.row_stride == repeated_row) {
    if (count > most)
      throw invalid_argument("rows", std::to_string(count) + " rows of results do not fit into an address space");
    return;
  }
  const std::uint64_t stride = row_stride_of(rows, classes);
  const std::uint64_t of_row = (classes - 1) * class_stride + 1;
  const std::uint64_t of_class = saturating_sum(saturating_product(count - 1, stride), 1);
  if (stride < of_row && class_stride < of_class) {
    if (class_stride == 1)
      throw invalid_argument(argument + ".row_stride",
                             std::to_string(stride) + " is below the " + std::to_string(classes) + " classes of a row");
    throw invalid_argument(argument + ".row_stride", std::to_string(stride) + " is below the " +
                                                         std::to_string(of_row) + " that " + std::to_string(classes) +
                                                         " classes take, and their " + std::to_string(class_stride) +
                                                         " below the " + std::to_string(of_class) + " that " +
                                                         std::to_string(count) + " rows take: numbers overlap");
  }
  if (stride > most / count)
    throw invalid_argument(argument + ".row_stride", std::to_string(count) + " rows, " + std::to_string(stride) +
                                                         " numbers apart, do not fit into an address space");
}

void check_not_repeated(const char* argument, const const_rows& rows) {
  if (rows.row_stride == repeated_row)
    throw invalid_argument(std::string(argument) + ".row_stride", "is repeated_row, which only inputs may have");
}

namespace {

void check_in_place(const task_array& result, const task_array& input, std::uint64_t rows, std::uint64_t classes) {
  const auto check = [&](const char* name, std::uint64_t stride, std::uint64_t needed) {
    if (stride != needed)
      throw invalid_argument(std::string(result.name) + name, std::to_string(stride) + " is not the " +
                                                                  std::to_string(needed) + " of " + input.name +
                                                                  ", which has the same data");
  };
  if (rows > 1) {
    if (input.rows->row_stride == repeated_row)
      throw invalid_argument(std::string(result.name) + ".data",
                             std::string("is ") + input.name + ".data, whose rows are repeated");
    check(".row_stride", row_stride_of(*result.rows, classes), row_stride_of(*input.rows, classes));
  }
  if (classes > 1) check(".class_stride", class_stride_of(*result.rows), class_stride_of(*input.rows));
}

bool may_be(const task_array& result, const task_array& input) {
  if (!result.rows || !input.rows) return false;
  for (const char* const name : result.may_be)
    if (name && std::string_view(name) == input.name) return true;
  return false;
}

}  // namespace

void check_distinct(const task_array* arrays, std::size_t count, std::uint64_t rows, std::uint64_t classes) {
  const auto whole_name = [](const task_array& array) { return std::string(array.name) + array.suffix; };
  for (const task_array* result = arrays; result != arrays + count; ++result) {
    if (!result->is_result) continue;
    for (const task_array* other = arrays; other != arrays + count; ++other) {
      if (other->data != result->data || other == result) continue;
      if (!other->is_result) {
        if (may_be(*result, *other))
          check_in_place(*result, *other, rows, classes);
        else
          throw invalid_argument(whole_name(*result), "is " + whole_name(*other) + ", which is still read");
      } else if (other < result) {
        throw invalid_argument(whole_name(*result),
                               "is " + whole_name(*other) + ": one result would overwrite the other");
      }
    }
  }
}

void check_classes(std::uint64_t classes, std::uint64_t least) {
  if (classes < least) throw invalid_argument("classes", "0 is not 1 or more");
  // More would not fit into 2^62 bytes. A row's number of quads then also fits into a signed integer.
  const std::uint64_t most = std::uint64_t{1} << 59;
  if (classes > most) throw invalid_argument("classes", std::to_string(classes) + " is more than 2^59");
}

void check_offset(const char* argument, std::uint64_t offset) {
  if (offset % 4 != 0) throw invalid_argument(argument, std::to_string(offset) + " is not a multiple of 4");
}

void check_noise(const noise_address& noise) {
  check_offset("noise.offset", noise.offset);
  // Skip when null: building these argument names would allocate.
  if (noise.device_offset) check_alignment("noise.device_offset", noise.device_offset, sizeof *noise.device_offset);
  if (noise.row_seed) check_alignment("noise.row_seed", noise.row_seed, sizeof *noise.row_seed);
  if (noise.row_offset) check_alignment("noise.row_offset", noise.row_offset, sizeof *noise.row_offset);
}

void check_noise_rows(const noise_address& noise, std::uint64_t rows) {
  if (noise.row_seed || noise.row_offset) check_count("", 1, rows, sizeof(std::uint64_t));
}

void check_law(noise_law law) {
  if (law != noise_law::gumbel && law != noise_law::gaussian)
    throw invalid_argument("law", std::to_string(int(law)) + " is not a noise_law");
}

void check_shape(const char* argument, parameter_shape shape) {
  switch (shape) {
    case parameter_shape::per_element:
    case parameter_shape::per_row:
    case parameter_shape::one_for_all:
      return;
  }
  throw invalid_argument(std::string(argument) + ".shape", std::to_string(int(shape)) + " is not a parameter_shape");
}

namespace {

struct number_range {
  const char* text;
  bool zero_allowed;
  float most;
};
number_range range_of(allowed_numbers allowed) {
  switch (allowed) {
    case allowed_numbers::zero_or_more:
      return {"0 or more and finite", true, std::numeric_limits<float>::max()};
    case allowed_numbers::above_zero:
      return {"above 0 and finite", false, std::numeric_limits<float>::max()};
    case allowed_numbers::share:
      return {"in [0, 1]", true, 1};
    case allowed_numbers::share_above_zero:
      return {"in (0, 1]", false, 1};
    default:
      return {"", true, INFINITY};
  }
}

}  // namespace

void check_numbers(const char* argument, const float* numbers, std::uint64_t count, allowed_numbers allowed) {
  if (allowed == allowed_numbers::any) return;
  const number_range range = range_of(allowed);
  for (std::uint64_t row = 0; row < count; ++row)
    if (!(numbers[row] >= 0) || numbers[row] > range.most || (numbers[row] == 0 && !range.zero_allowed))
      throw invalid_argument(argument,
                             number_text(numbers[row]) + " of row " + std::to_string(row) + " is not " + range.text);
}

void check_numbers(const char* argument, const std::uint64_t* numbers, std::uint64_t count, allowed_numbers allowed) {
  if (allowed != allowed_numbers::multiple_of_4) return;
  for (std::uint64_t row = 0; row < count; ++row)
    if (numbers[row] % 4 != 0)
      throw invalid_argument(
          argument, std::to_string(numbers[row]) + " of row " + std::to_string(row) + " is not a multiple of 4");
}

void check_count(const char* argument, std::uint64_t each, std::uint64_t rows, std::size_t size) {
  if (each <= (std::uint64_t{1} << 62) / size / rows) return;
  if (rows > each)
    throw invalid_argument("rows", std::to_string(rows) + " rows" +
                                       (each > 1 ? " of " + std::to_string(each) + " " + argument : "") +
                                       " do not fit into an address space");
  throw invalid_argument(argument, std::to_string(each) + " of each of " + std::to_string(rows) +
                                       " rows do not fit into an address space");
}

void refuse_setting(const char* argument, const std::string& value, std::uint64_t least, std::uint64_t most,
                    bool most_is_classes) {
  if (most == ~std::uint64_t{0})
    throw invalid_argument(argument, value + " is not " + std::to_string(least) + " or more");
  throw invalid_argument(argument, value + " is not in [" + std::to_string(least) + ", " + std::to_string(most) + "]" +
                                       (most_is_classes ? ", the number of classes" : ""));
}

void refuse_nothing(const std::vector<std::string>& names) {
  std::string others;
  for (std::size_t i = 1; i < names.size(); ++i)
    others += (i == 1 ? "" : i + 1 < names.size() ? ", " : " and ") + names[i];
  throw invalid_argument(names[0], std::string("is null, and so ") + (names.size() > 2 ? "are " : "is ") + others +
                                       ": no output is requested; set at least one");
}

}  // namespace gumbelcuda
