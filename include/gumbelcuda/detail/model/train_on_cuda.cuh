// SPDX-License-Identifier: Apache-2.0
// Training models on a device, a thread each: for programs that nvcc compiles. A launch trains an epoch; between
// launches the state is in the device's memory.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gumbelcuda/detail/gan/race.hpp"
#include "gumbelcuda/detail/gan/training_task.hpp"
#include "gumbelcuda/detail/model/run.hpp"
#include "gumbelcuda/detail/model/samples.hpp"
#include "gumbelcuda/error.hpp"
#include "gumbelcuda/math/storage.hpp"
#include "gumbelcuda/temperature_schedule.hpp"

namespace gumbelcuda {

// What a kernel needs of a fleet. All pointers are the device's. Element [number][model] of `state` is at
// number·num_models + model: parameters and moments.
template <int Groups>
struct model_slice {
  std::uint64_t num_models, history_models, seed, first_row;
  std::uint64_t epoch, epochs, steps_per_epoch;
  std::uint64_t updates[std::size_t(Groups)];  // of each group, before this launch
  const temperature_schedule* temperature;     // element model·temperature_stride is a model's
  std::uint64_t temperature_stride;
  per_gan learning_rate[std::size_t(Groups)];
  any_optimizer optimizer;
  float *state, *parameter, *output, *history;
};

// What a kernel is compiled for. any: any optimiser, and temperatures that change. The others: the article's Adam, and
// temperatures that stay as they are; with `races` all of them so small that races pay.
enum class model_kernel { any, plain, races };

template <class Model, model_kernel Kind, int Groups = Model::parameters::count>
__global__ void __launch_bounds__(model_block) train_models_kernel(Model model, model_slice<Groups> s) {
  const std::uint64_t thread = std::uint64_t(blockIdx.x) * model_block + threadIdx.x;
  if (thread / 32 * 32 >= s.num_models) return;
  // A warp stays together. Threads that have no model train the last one, too, and store nothing.
  const bool present = thread < s.num_models;
  const std::uint64_t i = present ? thread : s.num_models - 1;
  constexpr bool IsPlain = Kind != model_kernel::any;
  using optimizer_type = std::conditional_t<IsPlain, article_adam, any_optimizer>;
  using run_type = model_run<Model, float, stream_row, optimizer_type, 0, Kind == model_kernel::races>;
  const temperature_schedule& schedule = s.temperature[i * s.temperature_stride];
  const auto temperature_at = [&](std::uint64_t step) {
    return IsPlain ? schedule.knots[0].temperature : temperature(schedule, step);
  };
  std::uint64_t step = s.epoch * s.steps_per_epoch;
  model_hyperparameters<float, Groups> hyper;
  hyper.temperature = temperature_at(step);
  for (int g = 0; g < Groups; ++g) hyper.learning_rate[g] = value_of(s.learning_rate[g], i);
  optimizer_type optimizer;
  if constexpr (IsPlain)
    optimizer.correction = s.optimizer.correction;
  else
    optimizer = s.optimizer;
  // One array: of two, nvcc 13.0 gave the gradient's place to an array of a model's step() while it was in use.
  float state[std::size_t(run_type::lanes_of_state + run_type::lanes_of_parameters)];
  float* const gradient = state + run_type::lanes_of_state;
  run_type run(state, gradient, {s.seed, s.first_row + i}, hyper, optimizer);
  if (s.epoch == 0) {
    run.start(model);
  } else {
    for (int n = 0; n < run_type::lanes_of_state; ++n) state[n] = s.state[std::uint64_t(n) * s.num_models + i];
    run.go_on(s.updates);
  }
  for (const std::uint64_t end = step + s.steps_per_epoch; step < end; ++step) {
    if constexpr (!IsPlain) run.set_temperature(temperature_at(step));
    run.step(model, step);
  }
  if constexpr (!IsPlain) run.set_temperature(temperature_at(step));

  if (!present) return;
  const auto store = [&](float* row) {
    float out[std::size_t(Model::outputs)];
    run.output(model, out);
    for (int n = 0; n < Model::outputs; ++n) row[n] = canonical(out[n]);
  };
  if (i < s.history_models) store(s.history + (i * s.epochs + s.epoch) * Model::outputs);
  if (s.epoch + 1 < s.epochs) {
    for (int n = 0; n < run_type::lanes_of_state; ++n) s.state[std::uint64_t(n) * s.num_models + i] = state[n];
    return;
  }
  store(s.output + i * Model::outputs);
  constexpr int parameters = Model::parameters::total;
  for (int n = 0; n < parameters; ++n) s.parameter[i * parameters + std::uint64_t(n)] = canonical(state[n]);
}

namespace training_on_cuda {

inline void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  const std::string text = std::string(what) + ": " + cudaGetErrorString(status);
  if (status == cudaErrorMemoryAllocation)
    throw out_of_memory("out of memory of the device: " + text + "; train fewer models at a time");
  if (status == cudaErrorNoDevice || status == cudaErrorInsufficientDriver) throw no_device(text);
  throw device_error(text);
}

// An array of the device.
template <class T>
class on_device {
 public:
  explicit on_device(std::size_t count) : count_(count) {
    if (count > 0) check(cudaMalloc(reinterpret_cast<void**>(&data_), count * sizeof(T)), "cudaMalloc");
  }
  explicit on_device(const std::vector<T>& from) : on_device(from.size()) {
    if (count_ > 0) check(cudaMemcpy(data_, from.data(), count_ * sizeof(T), cudaMemcpyHostToDevice), "cudaMemcpy");
  }
  ~on_device() { cudaFree(data_); }
  on_device(const on_device&) = delete;
  on_device& operator=(const on_device&) = delete;

  T* data() const { return data_; }
  void copy_to(std::vector<T>& to) const {
    if (count_ > 0) check(cudaMemcpy(to.data(), data_, count_ * sizeof(T), cudaMemcpyDeviceToHost), "cudaMemcpy");
  }

 private:
  std::size_t count_;
  T* data_ = nullptr;
};
using device_floats = on_device<float>;

// A table of a host's, on the device.
inline std::vector<float> values_of(const adam_corrections& table) { return {table.values, table.values + table.size}; }

inline bool has_device() {
  int devices = 0;
  return cudaGetDeviceCount(&devices) == cudaSuccess && devices > 0;
}

// Trains on the current device. After each epoch it calls done(epochs so far), and stops if stopped().
template <class Model, class Config, class Result, class Done, class Stopped>
void train(const Model& model, const Config& config, const any_optimizer& optimizer,
           const std::vector<std::uint64_t>& updates_per_step, Result& result, Done done, Stopped stopped) {
  constexpr int groups = Model::parameters::count;
  using run_type = model_run<Model, float, stream_row>;
  constexpr std::uint64_t most_models = std::uint64_t{0x7fffffff} * model_block;
  if (config.num_models > most_models)
    throw invalid_argument("num_models", std::to_string(config.num_models) +
                                             " is more than a device trains at a time, " + std::to_string(most_models));
  const on_device<temperature_schedule> temperature(config.temperature);
  const device_floats corrections(values_of(optimizer.correction)), roots(values_of(optimizer.root)),
      state(config.epochs > 1 ? std::size_t(config.num_models) * run_type::lanes_of_state : 0),
      parameter(result.parameter.size()), output(result.output.size()), history(result.history.size());
  std::vector<float> rates;
  for (const std::vector<float>& of_group : config.learning_rate)
    rates.insert(rates.end(), of_group.begin(), of_group.end());
  const device_floats learning_rate(rates);

  const auto stride = [](const std::vector<float>& values) { return std::uint64_t(values.size() > 1); };
  model_slice<groups> slice{};
  slice.num_models = config.num_models;
  slice.history_models = config.history_models;
  slice.seed = config.seed;
  slice.first_row = config.first_model;
  slice.epochs = std::uint64_t(config.epochs);
  slice.steps_per_epoch = std::uint64_t(config.steps_per_epoch);
  slice.temperature = temperature.data();
  slice.temperature_stride = config.temperature.size() > 1;
  const float* rate = learning_rate.data();
  for (int g = 0; g < groups; ++g) {
    const std::vector<float>& of_group = config.learning_rate[std::size_t(g)];
    slice.learning_rate[g] = {rate, stride(of_group)};
    rate += of_group.size();
  }
  slice.optimizer = optimizer;
  slice.optimizer.correction.values = corrections.data();
  slice.optimizer.root.values = roots.data();
  slice.state = state.data();
  slice.parameter = parameter.data();
  slice.output = output.data();
  slice.history = history.data();

  cudaLaunchConfig_t launch{};
  launch.gridDim = dim3(unsigned((config.num_models + model_block - 1) / model_block));
  launch.blockDim = dim3(model_block);
  const auto all_are = [&](auto condition) {
    return std::all_of(config.temperature.begin(), config.temperature.end(), condition);
  };
  const bool is_plain =
      optimizer.is_the_articles && all_are([](const auto& schedule) { return schedule.knot_count == 1; });
  const bool races = is_plain && all_are([](const auto& schedule) {
                       return schedule.knots[0].temperature <= racing_temperature_limit;
                     });
  const auto kernel = races      ? train_models_kernel<Model, model_kernel::races>
                      : is_plain ? train_models_kernel<Model, model_kernel::plain>
                                 : train_models_kernel<Model, model_kernel::any>;
  for (; slice.epoch < slice.epochs; ++slice.epoch) {
    check(cudaLaunchKernelEx(&launch, kernel, model, slice), "the launch of a model's kernel");
    check(cudaDeviceSynchronize(), "a model's kernel");
    for (int g = 0; g < groups; ++g) slice.updates[g] += slice.steps_per_epoch * updates_per_step[std::size_t(g)];
    done(slice.epoch + 1);
    if (stopped()) return;
  }
  parameter.copy_to(result.parameter);
  output.copy_to(result.output);
  history.copy_to(result.history);
}

}  // namespace training_on_cuda

}  // namespace gumbelcuda
