// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda_kept_run of gumbelcuda/c/checkpoint.h: turns a configuration in C++ into one in C.
#include <list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gumbelcuda/c/checkpoint.h"
#include "host/c_api/training.hpp"
#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/run_settings.hpp"

namespace gumbelcuda::c_api {
namespace {

template <class Array, class Value>
Array array_in_c(const std::vector<Value>& values) {
  return {data_of(values), values.size()};
}

gumbelcuda_gan_problem problem_in_c(const gan_problem& problem) {
  return {.hidden_layers = problem.hidden_layers,
          .hidden_width = {problem.hidden_width[0], problem.hidden_width[1], problem.hidden_width[2]},
          .activation = int(problem.activation),
          .initializer = int(problem.initializer),
          .loss = int(problem.loss),
          .weight_clip = problem.weight_clip,
          .gradient_penalty = problem.gradient_penalty,
          .estimator = int(problem.estimator),
          .inner_samples = problem.inner_samples,
          .optimizer = int(problem.optimizer),
          .smoothing = int(problem.smoothing),
          .smoothing_amount = problem.smoothing_amount,
          .reserved = {}};
}

gumbelcuda_temperature_schedule schedule_in_c(const temperature_schedule& schedule) {
  gumbelcuda_temperature_schedule c{.shape = int(schedule.shape), .knot_count = schedule.knot_count, .knots = {}};
  for (int i = 0; i < schedule.knot_count; ++i)
    c.knots[i] = {.step = schedule.knots[i].step, .temperature = schedule.knots[i].temperature, .reserved = 0};
  return c;
}

gumbelcuda_fleet_config config_in_c(const fleet_config& config) {
  return {.struct_size = sizeof(gumbelcuda_fleet_config),
          .num_gans = config.num_gans,
          .target = array_in_c<gumbelcuda_float64_array>(config.target),
          .epochs = config.epochs,
          .steps_per_epoch = config.steps_per_epoch,
          .batch_size = config.batch_size,
          .generator_steps = config.generator_steps,
          .temperature = array_in_c<gumbelcuda_float32_array>(config.temperature),
          .generator_learning_rate = array_in_c<gumbelcuda_float32_array>(config.generator_learning_rate),
          .discriminator_learning_rate = array_in_c<gumbelcuda_float32_array>(config.discriminator_learning_rate),
          .seed = &config.seed,
          .first_gan = config.first_gan,
          .history_gans = config.history_gans};
}

}  // namespace

// A sweep's configuration, and the arrays that C has in another form.
class sweep_in_c {
 public:
  // `record` must stay where it is.
  explicit sweep_in_c(const sweep_record& record)
      : target_(record.config.target), initial_logits_(record.config.initial_logits) {
    for (const gan_problem& problem : record.config.problem) problem_.push_back(problem_in_c(problem));
    for (const temperature_schedule& schedule : record.config.temperature)
      temperature_.push_back(schedule_in_c(schedule));
    for (const sweep_axis& axis : record.axes) {
      std::vector<const char*>& words = words_.emplace_back();
      for (const std::string& word : axis.words) words.push_back(word.c_str());
      axes_.push_back({axis.name.c_str(), data_of(axis.value), data_of(words), words.size()});
    }
    set_config(record.config);
  }
  sweep_in_c(const sweep_in_c&) = delete;
  sweep_in_c& operator=(const sweep_in_c&) = delete;

  const gumbelcuda_sweep_config& config() const { return config_; }
  const std::vector<gumbelcuda_sweep_axis>& axes() const { return axes_; }

 private:
  // Rows of different lengths, one after another.
  template <class Value>
  struct rows_in_c {
    std::vector<Value> values{};
    std::vector<std::int32_t> length{};

    explicit rows_in_c(const std::vector<std::vector<Value>>& rows) {
      for (const std::vector<Value>& row : rows) {
        values.insert(values.end(), row.begin(), row.end());
        length.push_back(static_cast<std::int32_t>(row.size()));
      }
    }
    template <class Ragged>
    Ragged in_c() const {
      return {data_of(values), data_of(length), length.size()};
    }
  };

  void set_config(const sweep_config& config) {
    config_ = {.struct_size = sizeof config_,
               .num_gans = config.num_gans,
               .target = target_.in_c<gumbelcuda_float64_ragged>(),
               .data = {},
               .order = int(config.order),
               .gradient_samples = config.gradient_samples,
               .problem = array_in_c<gumbelcuda_gan_problem_array>(problem_),
               .seed = array_in_c<gumbelcuda_uint64_array>(config.seed),
               .first_gan = config.first_gan,
               .generator_learning_rate = array_in_c<gumbelcuda_float32_array>(config.generator_learning_rate),
               .discriminator_learning_rate = array_in_c<gumbelcuda_float32_array>(config.discriminator_learning_rate),
               .beta_1 = array_in_c<gumbelcuda_float64_array>(config.beta_1),
               .beta_2 = array_in_c<gumbelcuda_float64_array>(config.beta_2),
               .epsilon = array_in_c<gumbelcuda_float32_array>(config.epsilon),
               .temperature = array_in_c<gumbelcuda_schedule_array>(temperature_),
               .batch_size = array_in_c<gumbelcuda_int32_array>(config.batch_size),
               .generator_steps = array_in_c<gumbelcuda_int32_array>(config.generator_steps),
               .epochs = array_in_c<gumbelcuda_int64_array>(config.epochs),
               .steps_per_epoch = config.steps_per_epoch,
               .initial_logits = initial_logits_.in_c<gumbelcuda_float32_ragged>(),
               .until_total_variation = config.until_total_variation < 0 ? nullptr : &config.until_total_variation,
               .history_gans = config.history_gans};
  }

  rows_in_c<double> target_;
  rows_in_c<float> initial_logits_;
  std::vector<gumbelcuda_gan_problem> problem_{};
  std::vector<gumbelcuda_temperature_schedule> temperature_{};
  std::list<std::vector<const char*>> words_{};  // of each axis, where they stay
  std::vector<gumbelcuda_sweep_axis> axes_{};
  gumbelcuda_sweep_config config_{};
};

}  // namespace gumbelcuda::c_api

struct gumbelcuda_kept_run {
  gumbelcuda::run_settings settings;
  std::variant<std::monostate, gumbelcuda_fleet_config, gumbelcuda::c_api::sweep_in_c> in_c{};

  explicit gumbelcuda_kept_run(gumbelcuda::run_settings read) : settings(std::move(read)) {
    if (const auto* const fleet = std::get_if<gumbelcuda::fleet_config>(&settings))
      in_c = gumbelcuda::c_api::config_in_c(*fleet);
    else
      in_c.emplace<gumbelcuda::c_api::sweep_in_c>(std::get<gumbelcuda::sweep_record>(settings));
  }
};

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_read_kept_run(gumbelcuda_kept_run** run, const char* file) {
  return answer([&] {
    check_not_null("run", run);
    *run = nullptr;
    check_not_null("file", file);
    *run = new gumbelcuda_kept_run(settings_of_bytes(settings_of_checkpoint(file), file));
  });
}

void gumbelcuda_destroy_kept_run(gumbelcuda_kept_run* run) { delete run; }

gumbelcuda_status gumbelcuda_view_kept_run(const gumbelcuda_kept_run* run, gumbelcuda_kept_run_view* view) {
  return answer([&] {
    check_not_null("run", run);
    gumbelcuda_kept_run_view whole{};
    whole.fleet = std::get_if<gumbelcuda_fleet_config>(&run->in_c);
    if (const auto* const sweep = std::get_if<sweep_in_c>(&run->in_c)) {
      const auto& record = std::get<sweep_record>(run->settings);
      whole.sweep = &sweep->config();
      whole.data_count = record.data_count;
      whole.data_hash = record.data_hash;
      whole.axis = data_of(sweep->axes());
      whole.axes = sweep->axes().size();
    }
    write(view, whole);
  });
}
