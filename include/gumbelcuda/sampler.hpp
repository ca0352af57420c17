// SPDX-License-Identifier: Apache-2.0
// The operations on rows with a memory: where they run, which noise comes next, and the CPU's scratch between calls.
//
//   gumbelcuda::sampler sampler({.noise = {.seed = 7}});
//   sampler.gumbel_max({.rows = 128, .classes = 1000, .logits = {logits}, .index = index});
//   sampler.gumbel_max({.rows = 128, .classes = 1000, .logits = {logits}, .index = index});  // independent of the
//   first
#pragma once

#include "gumbelcuda/gumbel.hpp"

namespace gumbelcuda {

struct sampler_options {
  backend_kind backend = backend_kind::cpu;  // as in row_execution, like the next two
  int threads = 0;
  void* stream = nullptr;
  noise_address noise{};  // of the next call
};

// Move-only, since a copy would draw the same noise. One call at a time. Errors: see execution.hpp; a call that throws
// leaves the noise of the next one as it was.
class sampler {
 public:
  // Throws invalid_argument.
  explicit sampler(const sampler_options& options = {}) { set_options(options); }

  const sampler_options& options() const noexcept { return options_; }
  void set_options(const sampler_options& options) {
    validate(execution_of(options));
    validate(options.noise);
    options_ = options;
  }

  // Each draws the noise that is next, whatever the task says, and returns its address, for the backward pass.
  noise_address gumbel_noise(const gumbel_noise_task& task) { return draw(task, gumbelcuda::gumbel_noise); }
  noise_address gumbel_max(const gumbel_max_task& task) { return draw(task, gumbelcuda::gumbel_max); }
  noise_address gumbel_softmax(const gumbel_softmax_task& task) { return draw(task, gumbelcuda::gumbel_softmax); }

  // These draw nothing; the backward pass has the noise of its task.
  void gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task) { run(task, gumbelcuda::gumbel_softmax_vjp); }
  void advance_noise(std::uint64_t* device_offset, std::uint64_t words) {
    gumbelcuda::advance_noise(device_offset, words, execution_of(options_));
  }

  // The same for any operation with tasks of rows: one that draws a word a class, in each of its task's `draws` or
  // `samples` where it has such; one that draws so many words a row, rounded up to a multiple of 4; and one that draws
  // none.
  template <class Task>
  noise_address draw(const Task& task, void (*operation)(const Task&, const row_execution&)) {
    const std::uint64_t each = (task.classes + 3) / 4 * 4;
    if constexpr (requires { task.draws; })
      return draw(task, operation, task.draws * each);
    else if constexpr (requires { task.samples; })
      return draw(task, operation, std::uint64_t(task.samples) * each);
    else
      return draw(task, operation, each);
  }
  template <class Task>
  noise_address draw(Task task, void (*operation)(const Task&, const row_execution&), std::uint64_t words) {
    task.noise = options_.noise;
    run(task, operation);
    options_.noise.offset += (words + 3) / 4 * 4;
    return task.noise;
  }
  template <class Task>
  void run(const Task& task, void (*operation)(const Task&, const row_execution&)) {
    row_execution execution = execution_of(options_);
    execution.scratch = &scratch_;
    operation(task, execution);
  }

 private:
  static row_execution execution_of(const sampler_options& options) {
    return {.backend = options.backend, .threads = options.threads, .stream = options.stream};
  }

  sampler_options options_;
  scratch_memory scratch_;
};

}  // namespace gumbelcuda
