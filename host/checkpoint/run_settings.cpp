// SPDX-License-Identifier: Apache-2.0
#include "host/checkpoint/run_settings.hpp"

#include "host/checkpoint/bytes.hpp"
#include "host/stream_version.hpp"
#include "host/sweep_contents.hpp"

namespace gumbelcuda {
namespace {

template <class Bytes, class Config>
void visit_fleet(Bytes& bytes, Config& config) {
  bytes(config.num_gans);
  bytes(config.target);
  bytes(config.epochs);
  bytes(config.steps_per_epoch);
  bytes(config.batch_size);
  bytes(config.generator_steps);
  bytes(config.temperature);
  bytes(config.generator_learning_rate);
  bytes(config.discriminator_learning_rate);
  bytes(config.seed);
  bytes(config.first_gan);
  bytes(config.history_gans);
}

template <class Bytes, class Problem>
void visit_problem(Bytes& bytes, Problem& problem) {
  bytes(problem.hidden_layers);
  for (auto& width : problem.hidden_width) bytes(width);
  bytes(problem.activation);
  bytes(problem.initializer);
  bytes(problem.loss);
  bytes(problem.weight_clip);
  bytes(problem.gradient_penalty);
  bytes(problem.estimator);
  bytes(problem.inner_samples);
  bytes(problem.optimizer);
  bytes(problem.smoothing);
  bytes(problem.smoothing_amount);
}

template <class Bytes, class Schedule>
void visit_schedule(Bytes& bytes, Schedule& schedule) {
  bytes(schedule.shape);
  bytes(schedule.knot_count);
  for (int i = 0; i < schedule.knot_count && i < max_temperature_knots; ++i) {
    bytes(schedule.knots[i].step);
    bytes(schedule.knots[i].temperature);
  }
}

template <class Bytes, class Record, class Count>
void visit_sweep(Bytes& bytes, Record& record, Count&& data_count, Count&& data_hash) {
  auto& config = record.config;
  bytes(config.num_gans);
  bytes(config.target);
  bytes(data_count);
  bytes(data_hash);
  bytes(config.order);
  bytes.list(config.problem, [&](auto& problem) { visit_problem(bytes, problem); });
  bytes(config.seed);
  bytes(config.first_gan);
  bytes(config.generator_learning_rate);
  bytes(config.discriminator_learning_rate);
  bytes(config.beta_1);
  bytes(config.beta_2);
  bytes(config.epsilon);
  bytes.list(config.temperature, [&](auto& schedule) { visit_schedule(bytes, schedule); });
  bytes(config.batch_size);
  bytes(config.generator_steps);
  bytes(config.epochs);
  bytes(config.steps_per_epoch);
  bytes(config.initial_logits);
  bytes(config.until_total_variation);
  bytes(config.gradient_samples);
  bytes(config.history_gans);
  bytes.list(record.axes, [&](auto& axis) {
    bytes(axis.name);
    bytes(axis.value);
    bytes(axis.words);
    bytes(axis.logarithmic);
  });
}

enum class run_kind { fleet, sweep };

// What else a GAN's bytes depend on. The second is raised when recorded bytes of trainings change.
constexpr std::uint64_t versions[] = {stream_version, 1};

void write_beginning(byte_writer& bytes, run_kind kind) {
  for (const std::uint64_t version : versions) bytes(version);
  bytes(kind);
}

run_kind read_beginning(byte_reader& bytes, const std::string& file) {
  for (const std::uint64_t version : versions) {
    std::uint64_t found = 0;
    bytes(found);
    if (found != version)
      throw damaged_file(file + " is of another version of gumbelcuda, whose GANs have other bytes");
  }
  run_kind kind{};
  bytes(kind);
  return kind;
}

}  // namespace

std::string bytes_of_settings(const fleet_config& fleet) {
  byte_writer bytes;
  write_beginning(bytes, run_kind::fleet);
  visit_fleet(bytes, fleet);
  return bytes.bytes();
}

std::string bytes_of_settings(const sweep_record& sweep) {
  const sweep_config& config = sweep.config;
  byte_writer bytes;
  write_beginning(bytes, run_kind::sweep);
  if (config.data.empty())
    visit_sweep(bytes, sweep, sweep.data_count, sweep.data_hash);
  else
    visit_sweep(bytes, sweep, config.data.size(), data_hash_of(config.data));
  return bytes.bytes();
}

run_settings settings_of_bytes(const std::string& bytes, const std::string& file) {
  byte_reader reader(bytes, file);
  fleet_config fleet;
  sweep_record sweep;
  const run_kind kind = read_beginning(reader, file);
  try {
    switch (kind) {
      case run_kind::fleet:
        visit_fleet(reader, fleet);
        reader.expect_end();
        validate(fleet);
        return fleet;
      case run_kind::sweep:
        visit_sweep(reader, sweep, sweep.data_count, sweep.data_hash);
        reader.expect_end();
        validate(sweep.config);
        validate_axis_names(sweep.axes);
        validate_axis_values(sweep.axes, sweep.config.num_gans);
        return sweep;
    }
  } catch (const invalid_argument& error) {
    reader.damaged(error.what());
  }
  reader.damaged("it is of a kind that is not known");
}

}  // namespace gumbelcuda
