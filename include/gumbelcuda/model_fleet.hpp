// SPDX-License-Identifier: Apache-2.0
// Training a fleet of models of one's own: many independent copies side by side, in the elements of vectors and on
// threads, each with its own noise, temperature and learning rates. A model is a struct that is compiled with the
// program (docs/models.md):
//
//   struct my_model {
//     using parameters = gumbelcuda::parameter_groups<5, 6>;         // their numbers; each group has a learning rate
//     static constexpr std::uint64_t start_blocks = 2, step_blocks = 12;  // of noise, four words each
//     static constexpr int outputs = 5;                              // numbers that are recorded
//     template <class Run> GUMBELCUDA_HD void start(Run& run) const;  // sets all parameters
//     template <class Run> GUMBELCUDA_HD void step(Run& run) const;   // draws, sums, updates
//     template <class Run> GUMBELCUDA_HD void output(const Run& run, typename Run::lane* out) const;
//   };
//   gumbelcuda::model_fleet_result result = gumbelcuda::train_fleet(my_model{}, config);
//
// Run is a model_run (detail/model/run.hpp). The functions work on lanes (math/lane.hpp): numbers of one model, or of
// several side by side. The same configuration gives the same bytes on every instruction set and number of threads, and
// model i of a large fleet equals model i trained alone.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "gumbelcuda/detail/model/check.hpp"
#include "gumbelcuda/detail/model/lanes.hpp"
#include "gumbelcuda/detail/model/optimizer.hpp"
#include "gumbelcuda/detail/model/real_classes.hpp"
#include "gumbelcuda/detail/model/samples.hpp"
#if GUMBELCUDA_COMPILES_KERNELS
#include "gumbelcuda/detail/model/train_on_cuda.cuh"
#endif
#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/detail/training_watch.hpp"
#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/math/storage.hpp"
#include "gumbelcuda/temperature_schedule.hpp"

namespace gumbelcuda {

struct model_fleet_config {
  std::uint64_t num_models = 1;  // ≥ 1
  // Each ≥ 1; at most 2^40 steps in all.
  std::int64_t epochs = 1, steps_per_epoch = 100;
  // Of each group of parameters: one value for all models, or one for each; > 0, finite.
  std::vector<std::vector<float>> learning_rate{};
  // Of all groups and models.
  optimizer_settings optimizer{};
  // What the model's temperature() is, by steps so far: one schedule for all models, or one for each.
  std::vector<temperature_schedule> temperature{constant_temperature(1)};
  // Model i draws from row first_model + i of this seed's noise stream, so that a fleet may be trained in parts.
  std::uint64_t seed = 42, first_model = 0;
  // The first history_models models store their output after every epoch; at most num_models.
  std::uint64_t history_models = 0;
};

struct model_fleet_result {
  std::uint64_t num_models = 0;
  int parameters = 0, outputs = 0;    // of a model
  std::vector<float> parameter{};     // [model][parameter], group after group
  std::vector<float> output{};        // [model][output]
  std::vector<float> history{};       // [history model][epoch][output]
  std::string backend{};              // "cpu" or "cuda"
  int threads = 0, side_by_side = 0;  // models that a thread trains at a time; under CUDA, that a block does
  double seconds = 0;                 // of training
};

namespace model_fleet {

inline void check_count(const std::string& argument, std::size_t values, std::uint64_t num_models) {
  if (values != 1 && values != num_models)
    throw invalid_argument(argument, std::to_string(values) + " values, but 1 or one for each of the " +
                                         std::to_string(num_models) + " models are allowed");
}
inline void check_above_0(const std::string& argument, float x) {
  if (!(x > 0) || !std::isfinite(x)) throw invalid_argument(argument, number_text(x) + " is not above 0 and finite");
}
inline void check_optimizer(const optimizer_settings& optimizer) {
  if (int(optimizer.kind) < 0 || optimizer.kind > optimizer_kind::rmsprop)
    throw invalid_argument("optimizer.kind", std::to_string(int(optimizer.kind)) + " is no optimizer_kind");
  const auto check_beta = [](const char* name, double beta) {
    if (!(beta >= 0 && beta <= 1 - 1e-6)) throw invalid_argument(name, number_text(beta) + " is not in 0 … 1 - 1e-6");
  };
  check_beta("optimizer.beta_1", optimizer.beta_1);
  check_beta("optimizer.beta_2", optimizer.beta_2);
  check_above_0("optimizer.epsilon", optimizer.epsilon);
}

inline void check_config(const model_fleet_config& config, int groups) {
  constexpr std::int64_t most_steps = std::int64_t{1} << 40;
  if (config.num_models < 1) throw invalid_argument("num_models", "0 is not 1 or more");
  if (config.epochs < 1) throw invalid_argument("epochs", std::to_string(config.epochs) + " is not 1 or more");
  if (config.steps_per_epoch < 1 || config.steps_per_epoch > most_steps / config.epochs)
    throw invalid_argument("steps_per_epoch", std::to_string(config.steps_per_epoch) + " for each of " +
                                                  std::to_string(config.epochs) +
                                                  " epochs is not in 1 … 2^40 steps in all");
  if (config.learning_rate.size() != std::size_t(groups))
    throw invalid_argument("learning_rate", "for " + std::to_string(config.learning_rate.size()) +
                                                " groups of parameters, but the model has " + std::to_string(groups));
  for (std::size_t group = 0; group < config.learning_rate.size(); ++group) {
    const std::string argument = "learning_rate[" + std::to_string(group) + "]";
    check_count(argument, config.learning_rate[group].size(), config.num_models);
    for (const float rate : config.learning_rate[group]) check_above_0(argument, rate);
  }
  check_optimizer(config.optimizer);
  check_count("temperature", config.temperature.size(), config.num_models);
  for (std::size_t i = 0; i < config.temperature.size(); ++i)
    validate(config.temperature[i],
             config.temperature.size() == 1 ? "temperature" : "temperature[" + std::to_string(i) + "]");
  if (config.history_models > config.num_models)
    throw invalid_argument("history_models", std::to_string(config.history_models) + " is more than the " +
                                                 std::to_string(config.num_models) + " models of the fleet");
  if (config.first_model > ~std::uint64_t{0} - config.num_models)
    throw invalid_argument("first_model", std::to_string(config.first_model) + " + " +
                                              std::to_string(config.num_models) + " models is not below 2^64");
}

inline model_fleet_result allocate_result(const model_fleet_config& config, int parameters, int outputs) {
  model_fleet_result result;
  result.num_models = config.num_models;
  result.parameters = parameters;
  result.outputs = outputs;
  const auto resize = [&](std::vector<float>& values, std::uint64_t models, std::uint64_t of_each) {
    try {
      if (of_each > 0 && models > values.max_size() / of_each) throw std::bad_alloc();
      values.resize(models * of_each);
    } catch (const std::bad_alloc&) {
      throw out_of_memory("out of memory: the result of " + std::to_string(config.num_models) + " models of " +
                          std::to_string(parameters) + " parameters, with the history of " +
                          std::to_string(config.history_models) + "; train fewer models at a time");
    }
  };
  // At most 2^40 epochs of 2^20 outputs.
  resize(result.history, config.history_models, std::uint64_t(config.epochs) * unsigned(outputs));
  resize(result.parameter, config.num_models, unsigned(parameters));
  resize(result.output, config.num_models, unsigned(outputs));
  return result;
}

}  // namespace model_fleet

}  // namespace gumbelcuda

GUMBELCUDA_MODEL_BEGIN

// Trains models first … first + count − 1, count ≤ models_side_by_side, in `memory`. Returns false if it was stopped.
template <class Model>
class lane_trainer {
  using groups = typename Model::parameters;
  using run_type = model_run<Model, model_lane, model_blocks>;

 public:
  static constexpr int lanes_of_memory = run_type::lanes_of_state + run_type::lanes_of_parameters;

  lane_trainer(const Model& model, const model_fleet_config& config, const any_optimizer& optimizer,
               training_watch& watch, model_fleet_result& result)
      : model_(model), config_(config), optimizer_(optimizer), watch_(watch), result_(result) {
    for (const temperature_schedule& schedule : config.temperature) scheduled_ = scheduled_ || schedule.knot_count > 1;
  }

  bool train(std::uint64_t first, int count, model_lane* memory) const {
    model_hyperparameters<model_lane, groups::count> hyper;
    hyper.temperature = temperature_at(0, first, count);
    for (int g = 0; g < groups::count; ++g)
      hyper.learning_rate[g] = lane_of(first, count, [&](std::uint64_t model) {
        return value_of_model(config_.learning_rate[std::size_t(g)], model);
      });
    run_type run(memory, memory + run_type::lanes_of_state,
                 blocks_of_models(config_.seed, config_.first_model + first, count), hyper, optimizer_);
    run.start(model_);
    std::uint64_t step = 0;
    for (std::uint64_t epoch = 0; epoch < std::uint64_t(config_.epochs); ++epoch) {
      for (std::int64_t i = 0; i < config_.steps_per_epoch; ++i, ++step) {
        if (watch_.stopped()) return false;
        if (scheduled_) run.set_temperature(temperature_at(step, first, count));
        run.step(model_, step);
      }
      if (scheduled_) run.set_temperature(temperature_at(step, first, count));
      if (first < config_.history_models) record(run, first, count, epoch);
      watch_.done(std::uint64_t(count));
    }
    model_lane out[std::size_t(Model::outputs)];
    run.output(model_, out);
    const auto models = first + std::uint64_t(count);
    store(memory, groups::total, first, models, [&](std::uint64_t i) { return &result_.parameter[i * groups::total]; });
    store(out, Model::outputs, first, models, [&](std::uint64_t i) { return &result_.output[i * Model::outputs]; });
    return true;
  }

 private:
  // A value of model number `model`, of which there is one for all, or one for each.
  template <class Value>
  static const Value& value_of_model(const std::vector<Value>& values, std::uint64_t model) {
    return values.size() == 1 ? values[0] : values[model];
  }
  // value(model) of each; elements beyond `count` repeat the last.
  template <class Value>
  static model_lane lane_of(std::uint64_t first, int count, Value value) {
    alignas(64) float numbers[std::size_t(models_side_by_side)];
    for (int i = 0; i < models_side_by_side; ++i) numbers[i] = value(first + std::uint64_t(std::min(i, count - 1)));
    return load_lane(numbers);
  }
  model_lane temperature_at(std::uint64_t step, std::uint64_t first, int count) const {
    return lane_of(first, count,
                   [&](std::uint64_t model) { return temperature(value_of_model(config_.temperature, model), step); });
  }
  void record(const run_type& run, std::uint64_t first, int count, std::uint64_t epoch) const {
    model_lane out[std::size_t(Model::outputs)];
    run.output(model_, out);
    store(out, Model::outputs, first, std::min(first + std::uint64_t(count), config_.history_models),
          [&](std::uint64_t i) {
            return &result_.history[(i * std::uint64_t(config_.epochs) + epoch) * Model::outputs];
          });
  }
  // Number n of model i to row(i)[n].
  template <class Row>
  static void store(const model_lane* lanes, int numbers, std::uint64_t first, std::uint64_t end, Row row) {
    for (int n = 0; n < numbers; ++n) {
      alignas(64) float of_models[std::size_t(models_side_by_side)];
      store_lane(lanes[n], of_models);
      for (std::uint64_t i = first; i < end; ++i) row(i)[n] = canonical(of_models[i - first]);
    }
  }

  const Model& model_;
  const model_fleet_config& config_;
  any_optimizer optimizer_;
  training_watch& watch_;
  model_fleet_result& result_;
  bool scheduled_ = false;
};

// Trains a fleet of `model`: on the CPU, or if nvcc compiles this, on the current device if there is one. Throws
// invalid_argument (before any work) for a configuration or a model that contradicts itself, no_device, device_error,
// out_of_memory, std::bad_alloc if there is no memory for a model's state, interrupted, and error if not even one
// thread can be started or the program was compiled so that bits would change. What on_progress throws is passed on.
template <class Model>
model_fleet_result train_fleet(const Model& model, const model_fleet_config& config,
                               const fleet_execution& execution = {}) {
  using groups = typename Model::parameters;
  static_assert(Model::outputs >= 1 && Model::outputs <= 1 << 20, "a model has 1 … 2^20 outputs");
  checking_model::check_compiler();
  model_fleet::check_config(config, groups::count);
  if (!execution.devices.empty())
    throw invalid_argument("devices", "models of one's own train on the current device; leave it empty");
  if (execution.threads < 0 || execution.threads > 4096)
    throw invalid_argument("threads", std::to_string(execution.threads) + " is not in 0 … 4096 (0: all processors)");
  const optimizer_tables tables(config.optimizer);
  const any_optimizer optimizer = tables.optimizer();
  model_hyperparameters<float, groups::count> of_first{temperature(config.temperature[0], 0), {}};
  for (int g = 0; g < groups::count; ++g) of_first.learning_rate[g] = config.learning_rate[std::size_t(g)][0];
  [[maybe_unused]] const std::vector<std::uint64_t> updates_per_step =
      checking_model::check_model(model, of_first, config.seed, config.first_model, optimizer);

  model_fleet_result result = model_fleet::allocate_result(config, groups::total, Model::outputs);

  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
#if GUMBELCUDA_COMPILES_KERNELS
  const bool may_choose = execution.backend == backend_kind::automatic && execution.threads == 0;
  if (execution.backend == backend_kind::cuda || (may_choose && training_on_cuda::has_device())) {
    const auto stopped = [&] { return execution.stop && execution.stop->load(std::memory_order_relaxed); };
    double reported = 0;
    training_on_cuda::train(
        model, config, optimizer, updates_per_step, result,
        [&](std::uint64_t epochs) {
          if (!execution.on_progress || seconds() < reported + .1) return;
          reported = seconds();
          execution.on_progress({epochs * config.num_models, std::uint64_t(config.epochs) * config.num_models});
        },
        stopped);
    if (stopped()) throw interrupted("training was stopped before its end");
    result.backend = "cuda";
    result.threads = 1;
    result.side_by_side = model_block;
    result.seconds = seconds();
    return result;
  }
#else
  if (execution.backend == backend_kind::cuda)
    throw no_device("this program was compiled for the CPU alone: a model trains on a device if nvcc compiles it");
#endif

  result.backend = "cpu";
  result.side_by_side = models_side_by_side;
  training_watch watch(config.num_models * std::uint64_t(config.epochs), execution);
  const lane_trainer<Model> trainer(model, config, optimizer, watch, result);
  constexpr auto width = std::uint64_t(models_side_by_side);
  const std::uint64_t bundles = (config.num_models + width - 1) / width;
  const auto wanted = std::uint64_t(execution.threads > 0 ? execution.threads : default_threads());
  const int workers = int(std::min(wanted, bundles));
  struct aligned_delete {
    void operator()(model_lane* p) const noexcept { ::operator delete (p, std::align_val_t{64}); }
  };
  std::vector<std::unique_ptr<model_lane[], aligned_delete>> states;
  for (int i = 0; i < workers; ++i)
    states.emplace_back(static_cast<model_lane*>(
        ::operator new (sizeof(model_lane) * std::size_t(lane_trainer<Model>::lanes_of_memory), std::align_val_t{64})));
  std::atomic<std::uint64_t> next{0};
  first_failure failure;
  try {
    result.threads = run_workers(workers, watch, [&](int worker) {
      try {
        for (std::uint64_t bundle; (bundle = next++) < bundles && !watch.stopped();) {
          const std::uint64_t first = bundle * width;
          if (!trainer.train(first, int(std::min(width, config.num_models - first)), states[std::size_t(worker)].get()))
            return;
        }
      } catch (...) {
        failure.keep(std::current_exception());
        watch.abandon();
      }
    });
  } catch (const std::system_error& e) {
    throw error(std::string("cannot start a thread: ") + e.what() + "; end other programs or raise ulimit -u");
  }
  failure.rethrow();
  if (watch.stopped()) throw interrupted("training was stopped before its end");
  result.seconds = seconds();
  return result;
}

GUMBELCUDA_MODEL_END
