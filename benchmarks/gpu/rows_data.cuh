// SPDX-License-Identifier: Apache-2.0
// Rows of classes for the benchmarks and their check: device memory, the tasks on it, and for a few rows whether the
// result of a task equals the CPU's, byte for byte.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "benchmarks/gpu/harness.cuh"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "gumbelcuda/math/storage.hpp"
#include "kernels/rows/launch.hpp"

namespace gumbelcuda::benchmark {

template <class Stored>
struct type_of;
template <>
struct type_of<float> {
  static constexpr number_type type = number_type::float32;
  static constexpr const char* name = "float32";
};
template <>
struct type_of<bfloat16> {
  static constexpr number_type type = number_type::bfloat16;
  static constexpr const char* name = "bfloat16";
};
template <>
struct type_of<float16> {
  static constexpr number_type type = number_type::float16;
  static constexpr const char* name = "float16";
};
template <>
struct type_of<double> {
  static constexpr number_type type = number_type::float64;
  static constexpr const char* name = "float64";
};

// Uniform in [−2, 2).
template <class Stored>
__global__ void fill_uniform(Stored* out, std::size_t size, std::uint64_t seed) {
  const std::size_t step = std::size_t(gridDim.x) * blockDim.x;
  for (std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < size; i += step) {
    const std::uint32_t word = stream_row{seed, 0}(i).word[0];
    out[i] = narrow<Stored>(computed_of<Stored>(float(word >> 8) * 0x1p-22f - 2));
  }
}

template <class Stored>
class rows_data {
 public:
  static constexpr float temperature = 0.7f;
  static constexpr std::uint64_t seed = 42;

  rows_data(std::size_t most_numbers, std::uint64_t most_rows)
      : most_(most_numbers),
        logits_(most_),
        y_(most_),
        d_y_(most_),
        d_logits_(most_),
        index_(most_rows),
        d_temperature_(most_rows),
        temperature_(std::vector<float>{temperature}) {
    for (const device_array<Stored>* array : {&logits_, &d_y_})
      fill_uniform<<<1024, 256>>>(array->data(), most_, array == &d_y_ ? 2 : 1);
    check(cudaGetLastError(), "fill_uniform");
    check(cudaDeviceSynchronize(), "fill_uniform");
  }

  // Sets the number of classes and rows from now on; or uses as many rows as fit.
  void shape(std::uint64_t classes, std::uint64_t rows) {
    classes = size_or_tiny<std::uint64_t>(classes, most_);
    if (rows > index_.size() || rows * classes > most_) throw std::logic_error("more rows than there is room for");
    classes_ = classes;
    rows_ = rows;
  }
  void shape(std::uint64_t classes) {
    classes = size_or_tiny<std::uint64_t>(classes, most_);
    shape(classes, std::min<std::uint64_t>(index_.size(), most_ / classes));
  }
  std::uint64_t rows() const { return rows_; }
  std::uint64_t classes() const { return classes_; }
  // The bytes of one array.
  double bytes() const { return double(rows_ * classes_ * sizeof(Stored)); }
  std::string name() const {
    return std::string(type_of<Stored>::name) + ' ' + std::to_string(rows_) + 'x' + std::to_string(classes_);
  }
  const Stored* logits() const { return logits_.data(); }
  Stored* y() const { return y_.data(); }
  Stored* scratch() const { return d_logits_.data(); }
  std::int64_t* index() const { return index_.data(); }

  gumbel_noise_task noise() const {
    return with<gumbel_noise_task>([&](auto& t) { t.out = {y_.data()}; });
  }
  gumbel_max_task max() const {
    return with<gumbel_max_task>([&](auto& t) {
      t.logits = {logits_.data()};
      t.index = index_.data();
    });
  }
  gumbel_softmax_task softmax() const {
    return with<gumbel_softmax_task>([&](auto& t) {
      t.logits = {logits_.data()};
      t.temperature = temperature_.data();
      t.y = {y_.data()};
    });
  }
  // The backward pass from the y that softmax() wrote, or from noise.
  gumbel_softmax_vjp_task vjp(bool saved_y) const {
    return with<gumbel_softmax_vjp_task>([&](auto& t) {
      if (saved_y)
        t.y = {y_.data()};
      else
        t.logits = {logits_.data()};
      t.temperature = temperature_.data();
      t.d_y = {d_y_.data()};
      t.d_logits = {d_logits_.data()};
    });
  }
  gumbel_softmax_vjp_task vjp_with_temperature(bool saved_y) const {
    gumbel_softmax_vjp_task task = vjp(saved_y);
    task.d_temperature = d_temperature_.data();
    return task;
  }

  // Each of these runs its task and compares a few rows: the first, the last, and one between.
  bool noise_is_right() const {
    check(launch_rows(noise(), nullptr), "gumbel_noise");
    return rows_agree(y_, [&](std::uint64_t row, Stored* out) {
      auto task = one_row(noise(), row);
      task.out = {out};
      gumbel_noise(task);
    });
  }
  bool max_is_right() const {
    check(launch_rows(max(), nullptr), "gumbel_max");
    return index_agrees();
  }
  // Whether the last task wrote the right indices, for a few rows.
  bool index_agrees() const {
    return std::ranges::all_of(some_rows(), [&](std::uint64_t row) {
      std::vector<Stored> x = row_of(logits_, row);
      std::int64_t expected = -2;
      auto task = one_row(max(), row);
      task.logits = {x.data()};
      task.index = &expected;
      gumbel_max(task);
      return index_.to_host(row, 1)[0] == expected;
    });
  }
  bool softmax_is_right() const {
    check(launch_rows(softmax(), nullptr), "gumbel_softmax");
    return rows_agree(y_, [&](std::uint64_t row, Stored* out) { softmax_on_host(row, out); });
  }
  void softmax_on_host(std::uint64_t row, Stored* out) const {
    std::vector<Stored> x = row_of(logits_, row);
    auto task = one_row(softmax(), row);
    task.logits = {x.data()};
    task.temperature = &host_temperature_;
    task.y = {out};
    gumbel_softmax(task);
  }
  bool vjp_is_right(bool saved_y) const {
    check(launch_rows(vjp_with_temperature(saved_y), nullptr), "gumbel_softmax_vjp");
    using V = computed_of<Stored>;
    return rows_agree(d_logits_, [&](std::uint64_t row, Stored* out) {
      std::vector<Stored> x = row_of(saved_y ? y_ : logits_, row), d = row_of(d_y_, row);
      V d_temperature = 0;
      auto task = one_row(vjp(saved_y), row);
      (saved_y ? task.y : task.logits) = const_rows{x.data()};
      task.temperature = &host_temperature_;
      task.d_y = {d.data()};
      task.d_logits = {out};
      task.d_temperature = &d_temperature;
      gumbel_softmax_vjp(task);
      V on_device = 0;
      check(cudaMemcpy(&on_device, reinterpret_cast<const V*>(d_temperature_.data()) + row, sizeof(V),
                       cudaMemcpyDeviceToHost),
            "copy to the host");
      if (std::memcmp(&on_device, &d_temperature, sizeof(V)) != 0) out[0] = narrow<Stored>(V(NAN));
    });
  }

  std::vector<std::uint64_t> some_rows() const { return {0, rows_ / 2, rows_ - 1}; }
  std::vector<Stored> row_of(const device_array<Stored>& array, std::uint64_t row) const {
    return array.to_host(row * classes_, classes_);
  }
  const device_array<Stored>& y_array() const { return y_; }

 private:
  template <class Task, class Set>
  Task with(Set set) const {
    Task task{};
    task.rows = rows_;
    task.classes = classes_;
    task.type = type_of<Stored>::type;
    task.noise.seed = seed;
    set(task);
    return task;
  }
  template <class Task>
  static Task one_row(Task task, std::uint64_t row) {
    task.rows = 1;
    task.noise.first_row += row;
    return task;
  }
  template <class Compute>
  bool rows_agree(const device_array<Stored>& array, Compute compute) const {
    check(cudaDeviceSynchronize(), "a kernel on rows");
    return std::ranges::all_of(some_rows(), [&](std::uint64_t row) {
      std::vector<Stored> expected(classes_);
      compute(row, expected.data());
      return std::memcmp(row_of(array, row).data(), expected.data(), classes_ * sizeof(Stored)) == 0;
    });
  }

  std::size_t most_;
  device_array<Stored> logits_, y_, d_y_, d_logits_;
  device_array<std::int64_t> index_;
  device_array<computed_of<Stored>> d_temperature_;
  device_array<float> temperature_;
  float host_temperature_ = temperature;
  std::uint64_t rows_ = 0, classes_ = 0;
};

}  // namespace gumbelcuda::benchmark
