// SPDX-License-Identifier: Apache-2.0
// For fuzz_arguments.cpp: fleets and sweeps with settings of any kind, in arrays of exactly the size that they state.
// They are refused or trained; trained again, or with a checkpoint, they have the same bytes, and all of a view can be
// read.
#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "tests/c_api/fuzz_checkpoint.hpp"
#include "tests/c_api/fuzz_memory.hpp"

namespace gumbelcuda::testing_c {

class training_input {
 public:
  explicit training_input(input& in) : in_(in), gans_(in.byte() % 5) {}

  std::uint64_t gans() const { return gans_; }
  // From `least` to `most`, sometimes one more or less.
  int number(int least, int most) {
    const int value = least + int(in_.byte()) % (most - least + 1);
    return in_.once_in(64) ? value + (in_.once_in(2) ? 1 : -1) : value;
  }
  // In 1/64 … 1, sometimes a number that is not allowed.
  float fraction() {
    const float odd[] = {-1, 2, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()};
    return in_.once_in(64) ? odd[in_.byte() % 4] : float(1 + in_.byte() % 64) / 64;
  }
  // As many values as there are GANs, or one, or none; sometimes another number of them, or a null pointer.
  template <class Array, class Value>
  void fill(Array& array, Value value) {
    if (in_.once_in(4)) return;
    array.count = any_count();
    array.data = in_.once_in(64) ? nullptr : kept(array.count, value);
  }
  // So many rows with `length` values each.
  template <class Ragged, class Value>
  void fill_rows(Ragged& rows, int length, Value value) {
    if (in_.once_in(4)) return;
    rows.count = any_count();
    rows.length = in_.once_in(64) ? nullptr : kept(rows.count, [&] { return std::int32_t(number(length, length)); });
    std::size_t all = 0;
    for (std::size_t i = 0; rows.length && i < rows.count; ++i) all += std::size_t(std::max(rows.length[i], 0));
    rows.data = in_.once_in(64) ? nullptr : kept(all, value);
  }
  template <class Value>
  auto kept(std::size_t count, Value value) -> decltype(value())* {
    using type = decltype(value());
    const auto made = std::make_shared<std::vector<type>>();
    for (std::size_t i = 0; i < count; ++i) made->push_back(value());
    made->shrink_to_fit();
    kept_.push_back(made);
    return made->data();
  }

 private:
  std::size_t any_count() { return in_.once_in(32) ? in_.byte() % 6 : in_.once_in(2) ? 1 : std::size_t(gans_); }

  input& in_;
  std::uint64_t gans_;
  std::vector<std::shared_ptr<void>> kept_;
};

inline gumbelcuda_training_execution one_thread() {
  gumbelcuda_training_execution execution{};
  execution.struct_size = sizeof execution;
  execution.backend = GUMBELCUDA_CPU;
  execution.threads = 1;
  return execution;
}

// Trains twice, if the first training is not refused. bytes_of(result): what is compared. in: of what else is chosen;
// null, if there is to be no checkpoint.
template <class Result, class Config, class BytesOf>
bool trains(const kept_functions<Result, Config>& c, gumbelcuda_status (*bytes)(const Config*, std::uint64_t*),
            input* in, const Config& config, BytesOf bytes_of, bool (*answers)(gumbelcuda_status)) {
  const gumbelcuda_training_execution execution = one_thread();
  std::uint64_t size = 0;
  Result* first = nullptr;
  Result* again = nullptr;
  const bool accepted = answers(c.train_alone(&first, &config, &execution));
  REQUIRE(answers(bytes(&config, &size)) == accepted);
  REQUIRE((first != nullptr) == accepted);
  if (accepted) {
    REQUIRE(size > 0);
    REQUIRE(c.train_alone(&again, &config, nullptr) == GUMBELCUDA_SUCCESS);
    REQUIRE(bytes_of(first) == bytes_of(again));
  }
  if (in) keeps(c, *in, config, first, bytes_of, answers);
  c.destroy(first);
  c.destroy(again);
  return accepted;
}

// Appends `count` numbers, bit for bit.
template <class Value>
void append(std::vector<std::uint8_t>& bytes, const Value* data, std::uint64_t count) {
  const auto* const begin = reinterpret_cast<const std::uint8_t*>(data);
  if (data) bytes.insert(bytes.end(), begin, begin + count * sizeof *data);
}

inline std::vector<std::uint8_t> bytes_of_fleet(const gumbelcuda_fleet_result* trained) {
  gumbelcuda_fleet_view view{};
  view.struct_size = sizeof view;
  REQUIRE(gumbelcuda_view_fleet(trained, &view) == GUMBELCUDA_SUCCESS);
  std::vector<std::uint8_t> bytes;
  for (const float* const rows : {view.distribution, view.logits, view.weights})
    append(bytes, rows, view.num_gans * view.classes);
  for (const float* const values : {view.bias, view.generator_loss, view.discriminator_loss})
    append(bytes, values, view.num_gans);
  append(bytes, view.history, view.history_gans * view.epochs * view.classes);
  return bytes;
}

inline std::vector<std::uint8_t> bytes_of_sweep(const gumbelcuda_sweep_result* trained) {
  gumbelcuda_sweep_view view{};
  view.struct_size = sizeof view;
  REQUIRE(gumbelcuda_view_sweep(trained, &view) == GUMBELCUDA_SUCCESS);
  std::vector<std::uint8_t> bytes;
  for (const float* const rows : {view.distribution, view.logits})
    append(bytes, rows, view.num_gans * view.most_classes);
  for (const float* const values : {view.total_variation, view.generator_loss, view.discriminator_loss,
                                    view.nonzero_gradients, view.gradient_variance})
    append(bytes, values, view.num_gans);
  append(bytes, view.classes, view.num_gans);
  append(bytes, view.outcome, view.num_gans);
  for (const std::int64_t* const values : {view.epochs, view.steps}) append(bytes, values, view.num_gans);
  const std::uint64_t rows = view.history_gans * view.most_epochs;
  append(bytes, view.history, rows * view.most_classes);
  for (const float* const values :
       {view.history_total_variation, view.history_generator_loss, view.history_discriminator_loss})
    append(bytes, values, rows);
  return bytes;
}

inline bool fuzz_fleet(input& in, bool with_checkpoint, bool (*answers)(gumbelcuda_status)) {
  training_input any(in);
  gumbelcuda_fleet_config config{};
  config.struct_size = in.once_in(64) ? in.number(sizeof config + 16) : sizeof config;
  config.num_gans = any.gans();
  const int classes = any.number(2, 6);
  if (!in.once_in(4)) {
    config.target.count = in.once_in(64) ? in.byte() % 9 : std::size_t(classes);
    config.target.data = any.kept(config.target.count, [&] { return 1. / classes; });
  }
  config.epochs = any.number(1, 2);
  config.steps_per_epoch = any.number(1, 3);
  config.batch_size = any.number(0, 9);
  config.generator_steps = any.number(1, 3);
  any.fill(config.temperature, [&] { return any.fraction(); });
  any.fill(config.generator_learning_rate, [&] { return any.fraction(); });
  any.fill(config.discriminator_learning_rate, [&] { return any.fraction(); });
  if (in.once_in(2)) config.seed = any.kept(1, [&] { return in.word(); });
  config.first_gan = in.word();
  config.history_gans = in.byte() % 4;
  // 200 epochs, if the number is 0, of 100 steps: not at every call.
  if (config.epochs == 0 || config.steps_per_epoch == 0 || config.struct_size < sizeof config) config.num_gans = 0;
  const kept_functions<gumbelcuda_fleet_result, gumbelcuda_fleet_config> functions{
      gumbelcuda_train_fleet, gumbelcuda_train_fleet_kept, gumbelcuda_merge_fleet, gumbelcuda_destroy_fleet,
      &gumbelcuda_kept_run_view::fleet};
  return trains(functions, gumbelcuda_fleet_bytes, with_checkpoint ? &in : nullptr, config, bytes_of_fleet, answers);
}

inline bool fuzz_sweep(input& in, bool with_checkpoint, bool (*answers)(gumbelcuda_status)) {
  training_input any(in);
  gumbelcuda_sweep_config config{};
  config.struct_size = in.once_in(64) ? in.number(sizeof config + 16) : sizeof config;
  config.num_gans = any.gans();
  const int classes = in.once_in(2) ? 5 : any.number(2, 6);  // 5: those of the default
  any.fill_rows(config.target, classes, [&] { return 1. / classes; });
  if (in.once_in(4)) {
    config.target = {any.kept(2, [] { return .5; }), any.kept(1, [] { return std::int32_t{2}; }), 1};
    std::uint32_t next = 0;
    config.data.count = 2 * (in.byte() % 20);
    config.data.data = any.kept(config.data.count, [&] { return next++ % 2; });
  }
  config.order = any.number(0, 2);
  config.gradient_samples = in.once_in(2) ? any.number(2, 9) : 0;
  any.fill(config.problem, [&] {
    gumbelcuda_gan_problem p{};
    p.hidden_layers = any.number(0, 3);
    for (std::int32_t& width : p.hidden_width) width = any.number(1, 9);
    p.activation = any.number(0, 1);
    p.initializer = any.number(0, 1);
    p.loss = any.number(0, 3);
    p.weight_clip = in.once_in(2) ? any.fraction() : 0;
    p.gradient_penalty = in.once_in(2) ? any.fraction() : 0;
    p.estimator = any.number(0, 3);
    p.inner_samples = any.number(0, 9);
    p.optimizer = any.number(0, 3);
    p.smoothing = any.number(0, 3);
    p.smoothing_amount = any.fraction();
    p.reserved[in.byte() % 2] = in.once_in(64);
    return p;
  });
  any.fill(config.seed, [&] { return in.word(); });
  config.first_gan = in.word();
  any.fill(config.generator_learning_rate, [&] { return any.fraction(); });
  any.fill(config.discriminator_learning_rate, [&] { return any.fraction(); });
  any.fill(config.beta_1, [&] { return double(any.fraction()) / 2; });
  any.fill(config.beta_2, [&] { return double(any.fraction()) / 2; });
  any.fill(config.epsilon, [&] { return any.fraction(); });
  any.fill(config.temperature, [&] {
    gumbelcuda_temperature_schedule schedule{any.number(0, 2), any.number(1, 8), {}};
    for (std::uint64_t i = 0; i < 8; ++i) schedule.knots[i] = {i, any.fraction(), in.once_in(255)};
    return schedule;
  });
  any.fill(config.batch_size, [&] { return std::int32_t(any.number(1, 9)); });
  any.fill(config.generator_steps, [&] { return std::int32_t(any.number(1, 3)); });
  config.epochs = {any.kept(1, [&] { return std::int64_t(any.number(1, 3)); }), 1};
  config.steps_per_epoch = any.number(1, 3);
  any.fill_rows(config.initial_logits, in.once_in(2) ? 0 : classes, [&] { return any.fraction(); });
  if (in.once_in(2)) config.until_total_variation = any.kept(1, [&] { return double(any.fraction()); });
  config.history_gans = in.byte() % 4;
  // 200 epochs of 100 steps by default: not at every call.
  if (config.steps_per_epoch == 0 || config.struct_size < sizeof config) config.num_gans = 0;
  const kept_functions<gumbelcuda_sweep_result, gumbelcuda_sweep_config> functions{
      gumbelcuda_train_sweep, gumbelcuda_train_sweep_kept, gumbelcuda_merge_sweep, gumbelcuda_destroy_sweep,
      &gumbelcuda_kept_run_view::sweep};
  return trains(functions, gumbelcuda_sweep_bytes, with_checkpoint ? &in : nullptr, config, bytes_of_sweep, answers);
}

}  // namespace gumbelcuda::testing_c
