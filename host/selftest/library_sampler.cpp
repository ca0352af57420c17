// SPDX-License-Identifier: Apache-2.0
// The library as a sampler under test, on either backend.
#include <vector>

#include "host/cuda/device_arrays.hpp"
#include "host/selftest/sampler.hpp"
#include "host/row_checks.hpp"

namespace gumbelcuda {
namespace {

class library_on_cpu : public sampler_under_test {
 public:
  explicit library_on_cpu(int threads) : execution_{.threads = threads} {}
  void noise(const gumbel_noise_task& task) const override { gumbel_noise(task, execution_); }
  void draw(const gumbel_max_task& task) const override { gumbel_max(task, execution_); }
  void relax(const gumbel_softmax_task& task) const override { gumbel_softmax(task, execution_); }
  void relax_vjp(const gumbel_softmax_vjp_task& task) const override { gumbel_softmax_vjp(task, execution_); }

 private:
  row_execution execution_;
};

// Moves the arrays of one task to the device, all with what they hold, since rows may have gaps, and the results home.
class journey {
 public:
  explicit journey(device_arrays& arrays) : arrays_(arrays) {}
  ~journey() { arrays_.clear(); }
  journey(const journey&) = delete;
  journey& operator=(const journey&) = delete;

  template <class T>
  void take(const T*& array, std::uint64_t count) {
    if (array) array = static_cast<const T*>(arrays_.upload(array, count * sizeof(T)));
  }
  template <class Task>
  void take(const_rows& rows, const Task& task) {
    if (rows.data) rows.data = arrays_.upload(rows.data, bytes_of(rows, task));
  }
  template <class T>
  void take_and_return(T*& array, std::uint64_t count) {
    if (array) array = static_cast<T*>(returning(array, count * sizeof(T)));
  }
  template <class Task>
  void take_and_return(mutable_rows& rows, const Task& task) {
    if (rows.data) rows.data = returning(rows.data, bytes_of(rows, task));
  }
  // One number a row, of the type that is computed with.
  template <class Task>
  void take_and_return(void*& numbers, const Task& task) {
    const std::uint64_t size = task.type == number_type::float64 ? sizeof(double) : sizeof(float);
    if (numbers) numbers = returning(numbers, task.rows * size);
  }
  void home() const {
    for (const results& r : results_) arrays_.download(r.home, r.there, r.bytes);
  }

 private:
  struct results {
    void *home, *there;
    std::uint64_t bytes;
  };

  template <class Rows, class Task>
  static std::uint64_t bytes_of(const Rows& rows, const Task& task) {
    const std::uint64_t stride = rows.row_stride > 0 ? rows.row_stride : task.classes;
    return task.rows == 0 ? 0 : ((task.rows - 1) * stride + task.classes) * size_of(task.type);
  }
  void* returning(void* array, std::uint64_t bytes) {
    results_.push_back({array, arrays_.upload(array, bytes), bytes});
    return results_.back().there;
  }

  device_arrays& arrays_;
  std::vector<results> results_;
};

class library_on_cuda : public sampler_under_test {
 public:
  void noise(const gumbel_noise_task& task) const override {
    run(task, gumbel_noise, [](gumbel_noise_task& t, journey& j) { j.take_and_return(t.out, t); });
  }
  void draw(const gumbel_max_task& task) const override {
    run(task, gumbel_max, [](gumbel_max_task& t, journey& j) {
      j.take(t.logits, t);
      j.take_and_return(t.index, t.rows);
      j.take_and_return(t.log_prob, t);
      j.take_and_return(t.status, t.rows);
    });
  }
  void relax(const gumbel_softmax_task& task) const override {
    run(task, gumbel_softmax, [](gumbel_softmax_task& t, journey& j) {
      j.take(t.logits, t);
      j.take(t.temperature, t.temperature_per_row ? t.rows : 1);
      j.take_and_return(t.y, t);
      j.take_and_return(t.one_hot, t);
      j.take_and_return(t.index, t.rows);
    });
  }
  void relax_vjp(const gumbel_softmax_vjp_task& task) const override {
    run(task, gumbel_softmax_vjp, [](gumbel_softmax_vjp_task& t, journey& j) {
      j.take(t.logits, t);
      j.take(t.y, t);
      j.take(t.d_y, t);
      j.take(t.temperature, t.temperature_per_row ? t.rows : 1);
      j.take_and_return(t.d_logits, t);
      j.take_and_return(t.d_temperature, t);
    });
  }

 private:
  template <class Task, class Move>
  void run(Task task, void (*operation)(const Task&, const row_execution&), Move move) const {
    journey to_device(*arrays_);
    to_device.take(task.noise.device_offset, 1);
    move(task, to_device);
    operation(task, {.backend = backend_kind::cuda, .stream = arrays_->stream()});
    to_device.home();
  }

  std::unique_ptr<device_arrays> arrays_ = make_device_arrays();
};

}  // namespace

std::unique_ptr<sampler_under_test> make_library_sampler(backend_kind backend, int threads) {
  if (backend == backend_kind::cuda) return std::make_unique<library_on_cuda>();
  return std::make_unique<library_on_cpu>(threads);
}

}  // namespace gumbelcuda
