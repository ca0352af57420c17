// SPDX-License-Identifier: Apache-2.0
#include "host/validate_rows.hpp"

#include <string>
#include <utility>

#include "host/row_checks.hpp"

namespace gumbelcuda {

void validate(const gumbel_noise_task& task, bool /*on_device*/) {
  const std::size_t size = size_of(task.type);
  if (task.rows == 0 || task.classes == 0) return;
  check_classes(task.classes);
  check_noise(task.noise);
  check_rows("out", task.out, task.rows, task.classes, size);
  check_apart({{"out.data", task.out.data}}, {{"noise.device_offset", task.noise.device_offset}});
}

void validate(const gumbel_max_task& task, bool /*on_device*/) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  check_pointer("index", task.index);
  check_alignment("index", task.index, sizeof *task.index);
  check_alignment("log_prob", task.log_prob, computed_size_of(task.type));
  check_apart({{"index", task.index}, {"log_prob", task.log_prob}, {"status", task.status}},
              {{"logits.data", task.logits.data}, {"noise.device_offset", task.noise.device_offset}});
}

void validate(const gumbel_softmax_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("logits", task.logits, task.rows, task.classes, size);
  if (task.gumbel.data) check_rows("gumbel", task.gumbel, task.rows, task.classes, size);
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device);
  if (!task.y.data && !task.one_hot.data && !task.index)
    throw invalid_argument("y.data", "is null, and so are one_hot.data and index: nothing is asked for");
  if (task.y.data) check_rows("y", task.y, task.rows, task.classes, size);
  if (task.one_hot.data) check_rows("one_hot", task.one_hot, task.rows, task.classes, size);
  for (const auto& [source, in] : {std::pair("logits", task.logits), std::pair("gumbel", task.gumbel)}) {
    check_in_place("y", task.y, source, in, task.rows, task.classes);
    check_in_place("one_hot", task.one_hot, source, in, task.rows, task.classes);
  }
  if (task.gumbel_out.data) {
    if (task.gumbel.data)
      throw invalid_argument("gumbel_out.data", "is not null, and noise that is given in gumbel is not drawn");
    check_rows("gumbel_out", task.gumbel_out, task.rows, task.classes, size);
    check_in_place("gumbel_out", task.gumbel_out, "logits", task.logits, task.rows, task.classes);
  }
  check_alignment("index", task.index, sizeof *task.index);
  check_apart({{"y.data", task.y.data},
               {"one_hot.data", task.one_hot.data},
               {"gumbel_out.data", task.gumbel_out.data},
               {"index", task.index}},
              {{"temperature", task.temperature}, {"noise.device_offset", task.noise.device_offset}});
  check_apart({{"index", task.index}}, {{"logits.data", task.logits.data}, {"gumbel.data", task.gumbel.data}});
}

void validate(const gumbel_softmax_vjp_task& task, bool on_device) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  check_noise(task.noise);
  if (task.rows == 0) return;
  if (task.y.data) {
    check_rows("y", task.y, task.rows, task.classes, size);
  } else {
    check_rows("logits", task.logits, task.rows, task.classes, size);
    if (task.gumbel.data) check_rows("gumbel", task.gumbel, task.rows, task.classes, size);
  }
  check_rows("d_y", task.d_y, task.rows, task.classes, size);
  check_rows("d_logits", task.d_logits, task.rows, task.classes, size);
  check_in_place("d_logits", task.d_logits, "d_y", task.d_y, task.rows, task.classes);
  check_temperatures(task.temperature, task.temperature_per_row ? task.rows : 1, on_device);
  check_alignment("d_temperature", task.d_temperature, computed_size_of(task.type));
  check_vjp_apart(task);
}

void validate_device_offset(const std::uint64_t* device_offset) {
  check_pointer("device_offset", device_offset);
  check_alignment("device_offset", device_offset, sizeof *device_offset);
}

}  // namespace gumbelcuda
