// SPDX-License-Identifier: Apache-2.0
// The library as the sampler under test, on either backend.
#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "host/api/task_arrays.hpp"
#include "host/cuda/device_arrays.hpp"
#include "host/selftest/sampler.hpp"

namespace gumbelcuda {
namespace {

template <class Call>
void run_any(const other_task& task, Call call) {
  std::visit([&]<class Task>(const Task& t) { call(t, std::get<operation_on<Task>>(other_operations)); }, task);
}

class library_on_cpu : public sampler_under_test {
 public:
  explicit library_on_cpu(int threads) : execution_{.threads = threads} {}
  void noise(const gumbel_noise_task& task) const override { gumbel_noise(task, execution_); }
  void draw(const gumbel_max_task& task) const override { gumbel_max(task, execution_); }
  void relax(const gumbel_softmax_task& task) const override { gumbel_softmax(task, execution_); }
  void relax_vjp(const gumbel_softmax_vjp_task& task) const override { gumbel_softmax_vjp(task, execution_); }
  void run(const other_task& task) const override {
    run_any(task, [this](const auto& t, auto operation) { operation(t, execution_); });
  }

 private:
  row_execution execution_;
};

class library_on_cuda : public sampler_under_test {
 public:
  void noise(const gumbel_noise_task& task) const override { run_there(task, gumbel_noise); }
  void draw(const gumbel_max_task& task) const override { run_there(task, gumbel_max); }
  void relax(const gumbel_softmax_task& task) const override { run_there(task, gumbel_softmax); }
  void relax_vjp(const gumbel_softmax_vjp_task& task) const override { run_there(task, gumbel_softmax_vjp); }
  void run(const other_task& task) const override {
    run_any(task, [this](const auto& t, auto operation) { run_there(t, operation); });
  }

 private:
  struct result {
    void *home, *there;
    std::uint64_t bytes;
  };

  // Uploads all arrays with their contents, since rows may have gaps. Afterwards, results are downloaded.
  template <class Task>
  void run_there(Task task, operation_on<Task> operation) const {
    struct cleared {
      device_arrays& arrays;
      ~cleared() { arrays.clear(); }
    } const at_the_end{*arrays_};
    std::vector<result> results;
    for_each_array(task, [&]<class Field>(Field& field, std::uint64_t numbers) {
      auto& pointer = pointer_of(field);
      if (!pointer) return;
      const std::uint64_t bytes = bytes_of(task, field, numbers);
      void* const there = arrays_->upload(pointer, bytes);
      if constexpr (!is_input<Field>) results.push_back({pointer, there, bytes});
      pointer = static_cast<std::remove_reference_t<decltype(pointer)>>(there);
    });
    operation(task, {.backend = backend_kind::cuda, .stream = arrays_->stream()});
    for (const result& r : results) arrays_->download(r.home, r.there, r.bytes);
  }

  std::unique_ptr<device_arrays> arrays_ = make_device_arrays();
};

}  // namespace

std::unique_ptr<sampler_under_test> make_library_sampler(backend_kind backend, int threads) {
  if (backend == backend_kind::cuda) return std::make_unique<library_on_cuda>();
  return std::make_unique<library_on_cpu>(threads);
}

}  // namespace gumbelcuda
