// SPDX-License-Identifier: Apache-2.0
// The operations on rows with a state: where they run, which noise comes next, and the CPU's scratch between calls.
//
//   gumbelcuda::sampler sampler({.noise = {.seed = 7}});
//   const gumbelcuda::gumbel_max_args<float> args{.rows = 128, .classes = 1000, .logits = {logits}, .index = index};
//   sampler.gumbel_max(args);
//   sampler.gumbel_max(args);  // independent of the first
#pragma once

#include "gumbelcuda/gumbel.hpp"

namespace gumbelcuda {

struct sampler_options {
  backend_kind backend = backend_kind::cpu;  // this and the next two as in row_execution
  int threads = 0;
  void* stream = nullptr;
  noise_address noise{};  // the noise of the next call
};

// A sampler can be moved but not copied, since a copy would draw the same noise. It runs one call at a time. Errors:
// see execution.hpp. A call that throws leaves the noise of the next one as it was.
class sampler {
 public:
  // Throws invalid_argument for options that no operation would accept.
  explicit sampler(const sampler_options& options = {}) { set_options(options); }

  const sampler_options& options() const noexcept { return options_; }
  void set_options(const sampler_options& options) {
    validate(execution_of(options));
    validate(options.noise);
    options_ = options;
  }

  // Each of these draws the noise that is next, and returns its address for the backward pass. Of the noise in `args`
  // it uses row_seed and row_offset alone.
  template <class Number>
  noise_address gumbel_noise(const gumbel_noise_args<Number>& args) {
    return draw(args, gumbelcuda::gumbel_noise);
  }
  template <class Number>
  noise_address gumbel_max(const gumbel_max_args<Number>& args) {
    return draw(args, gumbelcuda::gumbel_max);
  }
  template <class Number>
  noise_address gumbel_softmax(const gumbel_softmax_args<Number>& args) {
    return draw(args, gumbelcuda::gumbel_softmax);
  }

  // These draw nothing. The backward pass uses the noise in its `args`.
  template <class Number>
  void gumbel_softmax_vjp(const gumbel_softmax_vjp_args<Number>& args) {
    run(args, gumbelcuda::gumbel_softmax_vjp);
  }
  void advance_noise(std::uint64_t* device_offset, std::uint64_t words) {
    gumbelcuda::advance_noise(device_offset, words, execution_of(options_));
  }
  void advance_row_offsets(std::uint64_t* row_offset, std::uint64_t rows, std::uint64_t words) {
    gumbelcuda::advance_row_offsets(row_offset, rows, words, execution_of(options_));
  }

  // The same for any operation on rows. The first draw() is for operations that draw one word per class, in each of
  // their `draws` or `samples` if they have such. The second is for operations that draw `words` words per row, rounded
  // up to a multiple of 4. run() is for operations that draw nothing.
  template <class Task>
  noise_address draw(const Task& task, void (*operation)(const Task&, const row_execution&)) {
    if constexpr (requires { task.gumbel; })
      if (task.gumbel.data) return draw(task, operation, 0);  // supplied, so none is drawn
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
    const std::uint64_t *const seeds = task.noise.row_seed, *const offsets = task.noise.row_offset;
    task.noise = options_.noise;
    if (seeds) task.noise.row_seed = seeds;
    if (offsets) task.noise.row_offset = offsets;
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
