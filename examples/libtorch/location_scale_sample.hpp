// SPDX-License-Identifier: Apache-2.0
// Reparameterized samples, Gaussian and Gumbel, as an operation of LibTorch's autograd, for tensors on the CPU.
//
//   torch::Tensor x = location_scale_sample(mean, deviation, noise_law::gaussian, {.seed = 7, .first_row = row});
//
// The last dimension counts a row's numbers, the others count rows.
#pragma once

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <gumbelcuda/location_scale.hpp>

#include "number_type.hpp"

namespace gumbelcuda::example {

class location_scale_sample_function : public torch::autograd::Function<location_scale_sample_function> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& location,
                            const at::Tensor& scale, noise_law law, const noise_address& noise) {
    TORCH_CHECK_VALUE(location.dim() > 0, "location: a tensor without dimensions has no rows");
    TORCH_CHECK_VALUE(location.is_cpu() && scale.is_cpu(), "location, scale: on ", location.device(), ", ",
                      scale.device(), ", not on the CPU");
    TORCH_CHECK_VALUE(location.sizes() == scale.sizes(), "scale: ", scale.sizes(), " is not location's ",
                      location.sizes());
    TORCH_CHECK_TYPE(location.scalar_type() == scale.scalar_type(), "scale: ", scale.scalar_type(),
                     " is not location's ", location.scalar_type());
    // The backward pass draws the noise again, at a time when the arrays may be gone.
    TORCH_CHECK_VALUE(!noise.row_seed && !noise.row_offset && !noise.device_offset,
                      "noise: row_seed, row_offset and device_offset are not allowed here");
    const at::Tensor places = location.contiguous(), scales = scale.contiguous(), sample = at::empty_like(places);
    auto task = sizes_of<location_scale_sample_task>(sample, "location");
    task.law = law;
    task.noise = noise;
    task.location = {places.data_ptr()};
    task.scale = {scales.data_ptr()};
    task.sample = {sample.data_ptr()};
    gumbelcuda::location_scale_sample(task, {.threads = at::get_num_threads()});
    context->saved_data["law"] = std::int64_t(law);
    context->saved_data["seed"] = std::int64_t(noise.seed);
    context->saved_data["first_row"] = std::int64_t(noise.first_row);
    context->saved_data["offset"] = std::int64_t(noise.offset);
    return sample;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list d_samples) {
    TORCH_CHECK(!c10::GradMode::is_enabled(),
                "location_scale_sample: its gradient is no part of a graph, so create_graph is refused");
    const auto saved = [&](const char* name) { return std::uint64_t(context->saved_data[name].toInt()); };
    const at::Tensor d_sample = d_samples[0].contiguous();
    const at::Tensor d_location = at::empty_like(d_sample), d_scale = at::empty_like(d_sample);
    auto task = sizes_of<location_scale_sample_vjp_task>(d_sample, "d_sample");
    task.law = noise_law(saved("law"));
    task.noise = {.seed = saved("seed"), .first_row = saved("first_row"), .offset = saved("offset")};
    task.d_sample = {d_sample.data_ptr()};
    task.d_location = {d_location.data_ptr()};
    task.d_scale = {d_scale.data_ptr()};
    gumbelcuda::location_scale_sample_vjp(task, {.threads = at::get_num_threads()});
    return {d_location, d_scale, at::Tensor(), at::Tensor()};
  }

 private:
  template <class Task>
  static Task sizes_of(const at::Tensor& sample, const char* name) {
    Task task{.classes = std::uint64_t(sample.size(-1)), .type = type_of(sample, name)};
    task.rows = task.classes == 0 ? 0 : std::uint64_t(sample.numel()) / task.classes;
    return task;
  }
};

// location + scale·noise. Row r draws the noise of row noise.first_row + r of the seed's stream.
inline at::Tensor location_scale_sample(const at::Tensor& location, const at::Tensor& scale, noise_law law,
                                        const noise_address& noise) {
  return location_scale_sample_function::apply(location, scale, law, noise);
}

}  // namespace gumbelcuda::example
