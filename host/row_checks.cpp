// SPDX-License-Identifier: Apache-2.0
#include "host/row_checks.hpp"

#include "gumbelcuda/rows/strides.hpp"
#include "host/number_text.hpp"
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
  throw invalid_argument("type", std::to_string(int(type)) + " is not a number_type");
}

void check_pointer(const std::string& argument, const void* pointer) {
  if (!pointer) throw invalid_argument(argument, "is null");
}

void check_alignment(const std::string& argument, const void* pointer, std::size_t size) {
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  if (address % size != 0)
    throw invalid_argument(argument, "address " + std::to_string(address) + " is not a multiple of " +
                                         std::to_string(size) + ", the size of what it points to");
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

void check_rows(const std::string& argument, const mutable_rows& rows, std::uint64_t count, std::uint64_t classes,
                std::size_t size) {
  if (rows.row_stride == repeated_row)
    throw invalid_argument(argument + ".row_stride", "is repeated_row, which is for rows that are read");
  check_rows(argument, const_rows{rows.data, rows.row_stride, rows.class_stride}, count, classes, size);
}

void check_in_place(const char* argument, const mutable_rows& out, const char* source, const const_rows& in,
                    std::uint64_t rows, std::uint64_t classes) {
  if (!out.data || out.data != in.data) return;
  const auto check = [&](const char* name, std::uint64_t stride, std::uint64_t needed) {
    if (stride != needed)
      throw invalid_argument(std::string(argument) + name, std::to_string(stride) + " is not the " +
                                                               std::to_string(needed) + " of " + source +
                                                               ", which has the same data");
  };
  if (rows > 1) {
    if (in.row_stride == repeated_row)
      throw invalid_argument(std::string(argument) + ".data",
                             std::string("is ") + source + ".data, of which all rows are the same one");
    check(".row_stride", row_stride_of(out, classes), row_stride_of(in, classes));
  }
  if (classes > 1) check(".class_stride", class_stride_of(out), class_stride_of(in));
}

void check_apart(std::initializer_list<named_array> results, std::initializer_list<named_array> inputs) {
  for (const named_array* result = results.begin(); result != results.end(); ++result) {
    if (!result->data) continue;
    for (const named_array& input : inputs)
      if (input.data == result->data)
        throw invalid_argument(result->name, std::string("is ") + input.name + ", which is still read");
    for (const named_array* other = results.begin(); other != result; ++other)
      if (other->data == result->data)
        throw invalid_argument(result->name, std::string("is ") + other->name + ": one of the two would be lost");
  }
}

void check_classes(std::uint64_t classes) {
  if (classes < 1) throw invalid_argument("classes", "0 is not 1 or more");
  // 2^62 bytes hold no more; and a row's quads fit in a signed number.
  const std::uint64_t most = std::uint64_t{1} << 59;
  if (classes > most) throw invalid_argument("classes", std::to_string(classes) + " is more than 2^59");
}

void check_noise(const noise_address& noise) {
  if (noise.offset % 4 != 0)
    throw invalid_argument("noise.offset", std::to_string(noise.offset) + " is not a multiple of 4");
  if (noise.device_offset)  // its name is too long to cost no memory
    check_alignment("noise.device_offset", noise.device_offset, sizeof *noise.device_offset);
}

void check_temperatures(const float* temperature, std::uint64_t count, bool on_device, bool zero_allowed,
                        const char* argument) {
  check_pointer(argument, temperature);
  check_alignment(argument, temperature, sizeof(float));
  if (on_device) return;
  for (std::uint64_t row = 0; row < count; ++row)
    if (!(temperature[row] >= 0) || std::isinf(temperature[row]) || (temperature[row] == 0 && !zero_allowed))
      throw invalid_argument(argument, number_text(temperature[row]) + " of row " + std::to_string(row) + " is not " +
                                           (zero_allowed ? "0 or more" : "above 0") + " and finite");
}

}  // namespace gumbelcuda
