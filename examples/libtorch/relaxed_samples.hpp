// SPDX-License-Identifier: Apache-2.0
// Gumbel-softmax and relaxed Bernoulli variables for LibTorch: the library's forward and backward pass as one operation
// of LibTorch's autograd, for tensors on the CPU.
//
//   torch::Tensor y = gumbel_softmax(logits, torch::scalar_tensor(.5), {.seed = 7, .first_row = row}, /*hard=*/true);
//
// The last dimension of logits counts classes, or independent bits; the others count rows.
#pragma once

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <gumbelcuda/gumbel.hpp>
#include <gumbelcuda/relaxed_bernoulli.hpp>

#include "number_type.hpp"

namespace gumbelcuda::example {

// What the two operations differ in.
struct gumbel_softmax_call {
  static constexpr const char* name = "gumbel_softmax";
  using task = gumbel_softmax_task;
  using vjp_task = gumbel_softmax_vjp_task;
  static mutable_rows& hard(task& t) { return t.one_hot; }
  static void forward(const task& t, const row_execution& e) { gumbelcuda::gumbel_softmax(t, e); }
  static void backward(const vjp_task& t, const row_execution& e) { gumbelcuda::gumbel_softmax_vjp(t, e); }
};
struct relaxed_bernoulli_call {
  static constexpr const char* name = "relaxed_bernoulli";
  using task = relaxed_bernoulli_task;
  using vjp_task = relaxed_bernoulli_vjp_task;
  static mutable_rows& hard(task& t) { return t.hard; }
  static void forward(const task& t, const row_execution& e) { gumbelcuda::relaxed_bernoulli(t, e); }
  static void backward(const vjp_task& t, const row_execution& e) { gumbelcuda::relaxed_bernoulli_vjp(t, e); }
};

template <class Call>
class relaxed_sample : public torch::autograd::Function<relaxed_sample<Call>> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& logits,
                            const at::Tensor& temperature, const noise_address& noise, bool hard) {
    TORCH_CHECK_VALUE(logits.dim() > 0, "logits: a tensor without dimensions has no classes");
    TORCH_CHECK_VALUE(logits.is_cpu(), "logits: on ", logits.device(), ", not on the CPU");
    TORCH_CHECK_VALUE(temperature.is_cpu(), "temperature: on ", temperature.device(), ", not on the CPU");
    TORCH_CHECK_VALUE(temperature.dim() == 0 || temperature.sizes() == logits.sizes().slice(0, logits.dim() - 1),
                      "temperature: ", temperature.sizes(), " is neither one number nor one for each row of ",
                      logits.sizes());
    const at::Tensor dense = logits.contiguous(), tau = temperature.to(at::kFloat).contiguous();
    const at::Tensor y = at::empty_like(dense), hard_sample = hard ? at::empty_like(dense) : at::Tensor();
    auto task = sizes_of<typename Call::task>(y, tau);
    task.noise = noise;
    task.logits = {dense.data_ptr()};
    task.y = {y.data_ptr()};
    if (hard) Call::hard(task) = {hard_sample.data_ptr()};
    Call::forward(task, {.threads = at::get_num_threads()});
    context->save_for_backward({y, temperature});
    return hard ? hard_sample : y;
  }

  // A hard sample has the gradient of the relaxed sample in its place (straight-through).
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list d_samples) {
    TORCH_CHECK(!c10::GradMode::is_enabled(), Call::name, ": has no second derivative, so create_graph is refused");
    const auto saved = context->get_saved_variables();
    const at::Tensor &y = saved[0], &temperature = saved[1];
    const at::Tensor tau = temperature.to(at::kFloat).contiguous(), d_y = d_samples[0].contiguous();
    const at::Tensor d_logits = at::empty_like(y);
    auto task = sizes_of<typename Call::vjp_task>(y, tau);
    task.y = {y.data_ptr()};
    task.d_y = {d_y.data_ptr()};
    task.d_logits = {d_logits.data_ptr()};
    at::Tensor d_temperature;
    if (context->needs_input_grad(1)) {
      const auto computed = y.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
      d_temperature = at::empty(y.sizes().slice(0, y.dim() - 1), computed);
      task.d_temperature = d_temperature.data_ptr();
    }
    Call::backward(task, {.threads = at::get_num_threads()});
    if (d_temperature.defined()) {
      if (temperature.dim() == 0) d_temperature = d_temperature.sum();
      d_temperature = d_temperature.to(temperature.scalar_type());
    }
    return {d_logits, d_temperature, at::Tensor(), at::Tensor()};
  }

 private:
  template <class Task>
  static Task sizes_of(const at::Tensor& y, const at::Tensor& tau) {
    Task task{.classes = std::uint64_t(y.size(-1)), .type = type_of(y, "logits")};
    task.rows = task.classes == 0 ? 0 : std::uint64_t(y.numel()) / task.classes;
    task.temperature = tau.data_ptr<float>();
    task.temperature_per_row = tau.dim() > 0;
    return task;
  }
};

// y = softmax((logits + gumbel)/temperature), or, where `hard`, the one-hot sample of the same noise. The temperature
// is one number, or has one for each row. Row r draws the noise of row noise.first_row + r of the seed's stream.
inline at::Tensor gumbel_softmax(const at::Tensor& logits, const at::Tensor& temperature, const noise_address& noise,
                                 bool hard = false) {
  return relaxed_sample<gumbel_softmax_call>::apply(logits, temperature, noise, hard);
}

// y = sigmoid((logits + logistic noise)/temperature), or, where `hard`, the bits of the same noise. Otherwise as above.
inline at::Tensor relaxed_bernoulli(const at::Tensor& logits, const at::Tensor& temperature, const noise_address& noise,
                                    bool hard = false) {
  return relaxed_sample<relaxed_bernoulli_call>::apply(logits, temperature, noise, hard);
}

}  // namespace gumbelcuda::example
