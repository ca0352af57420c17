// SPDX-License-Identifier: Apache-2.0
#include "host/validate_rows.hpp"

#include <cmath>
#include <cstdint>
#include <string>

namespace gumbelcuda {
namespace {

std::size_t size_of(number_type type) {
  switch (type) {
    case number_type::float32: return 4;
    case number_type::float16:
    case number_type::bfloat16: return 2;
    case number_type::float64: return 8;
  }
  throw invalid_argument("type", std::to_string(int(type)) + " is not a number_type");
}

void check_pointer(const char* argument, const void* pointer) {
  if (!pointer) throw invalid_argument(argument, "is null");
}

void check_alignment(const char* argument, const void* pointer, std::size_t size) {
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  if (address % size != 0)
    throw invalid_argument(argument, "address " + std::to_string(address) + " is not a multiple of " +
                                         std::to_string(size) + ", the size of what it points to");
}

// Every byte of the rows has an address.
template <class Rows>
void check_rows(const std::string& argument, const Rows& rows, std::uint64_t count, std::uint64_t classes,
                std::size_t size) {
  check_pointer((argument + ".data").c_str(), rows.data);
  check_alignment((argument + ".data").c_str(), rows.data, size);
  const std::uint64_t stride = rows.row_stride > 0 ? rows.row_stride : classes;
  if (stride < classes)
    throw invalid_argument(argument + ".row_stride",
                           std::to_string(stride) + " is below the " + std::to_string(classes) + " classes of a row");
  if (stride > (std::uint64_t{1} << 62) / size / count)
    throw invalid_argument(argument + ".row_stride", std::to_string(count) + " rows, " + std::to_string(stride) +
                                                         " numbers apart, do not fit into an address space");
}

template <class Task>
void check_shape(const Task& task) {
  if (task.classes < 1) throw invalid_argument("classes", "0 is not 1 or more");
  // 2^62 bytes hold no more; and a row's quads fit in a signed number.
  const std::uint64_t most = std::uint64_t{1} << 59;
  if (task.classes > most)
    throw invalid_argument("classes", std::to_string(task.classes) + " is more than 2^59");
}

void check_noise(const noise_address& noise) {
  if (noise.offset % 4 != 0)
    throw invalid_argument("noise.offset", std::to_string(noise.offset) + " is not a multiple of 4");
  if (noise.device_offset) check_alignment("noise.device_offset", noise.device_offset, sizeof *noise.device_offset);
}

template <class Task>
void check_temperature(const Task& task, bool on_device) {
  check_pointer("temperature", task.temperature);
  check_alignment("temperature", task.temperature, sizeof(float));
  if (on_device) return;
  const std::uint64_t count = task.temperature_per_row ? task.rows : 1;
  for (std::uint64_t row = 0; row < count; ++row)
    if (!(task.temperature[row] >= 0) || std::isinf(task.temperature[row]))
      throw invalid_argument("temperature", std::to_string(task.temperature[row]) + " of row " + std::to_string(row) +
                                                " is not 0 or more and finite");
}

}  // namespace

void validate(const gumbel_noise_task& task) {
  const std::size_t size = size_of(task.type);
  if (task.rows == 0 || task.classes == 0) return;
  check_shape(task);
  check_noise(task.noise);
  check_rows("out", task.out, task.rows, task.classes, size);
}

void validate(const gumbel_max_task& task) {
  const std::size_t size = size_of(task.type);
  check_shape(task);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_pointer("index", task.index);
  check_alignment("index", task.index, sizeof *task.index);
  check_alignment("log_prob", task.log_prob, task.type == number_type::float64 ? sizeof(double) : sizeof(float));
}

void validate(const gumbel_softmax_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_shape(task);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_temperature(task, on_device);
  if (!task.y.data && !task.one_hot.data && !task.index)
    throw invalid_argument("y.data", "is null, and so are one_hot.data and index: nothing is asked for");
  if (task.y.data) check_rows("y", task.y, task.rows, task.classes, size);
  if (task.one_hot.data) check_rows("one_hot", task.one_hot, task.rows, task.classes, size);
  check_alignment("index", task.index, sizeof *task.index);
}

void validate(const gumbel_softmax_vjp_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_shape(task);
  check_noise(task.noise);
  if (task.rows == 0) return;
  if (task.y.data)
    check_rows("y", task.y, task.rows, task.classes, size);
  else
    check_rows("logits", task.logits, task.rows, task.classes, size);
  check_rows("d_y", task.d_y, task.rows, task.classes, size);
  check_rows("d_logits", task.d_logits, task.rows, task.classes, size);
  check_temperature(task, on_device);
  check_alignment("d_temperature", task.d_temperature,
                  task.type == number_type::float64 ? sizeof(double) : sizeof(float));
}

void validate_device_offset(const std::uint64_t* device_offset) {
  check_pointer("device_offset", device_offset);
  check_alignment("device_offset", device_offset, sizeof *device_offset);
}

}  // namespace gumbelcuda
