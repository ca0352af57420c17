// SPDX-License-Identifier: Apache-2.0
#include "host/cuda/slice_training.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>
#include <vector>

#include "gumbelcuda/detail/gan/race.hpp"
#include "host/cpu/fleet/task_of_config.hpp"
#include "host/cuda/launch_pace.hpp"
#include "kernels/fleet/train.hpp"

namespace gumbelcuda {
namespace {

// Shorter rows of the history are not worth a copy of their own.
constexpr std::uint64_t least_row_bytes = 1024;

}  // namespace

device_constants::device_constants(const training_constants& constants) {
  const cuda_stream stream = make_stream();
  to_device(target, constants.target.data(), constants.target.size(), stream);
  to_device(corrections, constants.adam_values.data(), constants.adam_values.size(), stream);
  to_device(first_word, constants.first_word.data(), constants.first_word.size(), stream);
  to_device(last_word, constants.last_word.data(), constants.last_word.size(), stream);
  check(cudaStreamSynchronize(stream.get()), "cudaStreamSynchronize");
}

void slice_training::send(const std::vector<float>& all, gan_values& to) const {
  const bool one_for_all = all.size() == 1;
  const float* const values = all.data() + (one_for_all ? 0 : first_);
  const std::uint64_t count = one_for_all ? 1 : count_;
  to.largest = *std::max_element(values, values + count);
  to_device(to.values, values, count, training_);
}

slice_training::slice_training(const cuda_fleet& fleet, const device_constants& constants, int multiprocessors,
                               std::uint64_t first, std::uint64_t count)
    : fleet_(fleet), first_(first), count_(count), begin_(fleet.state.steps(first)) {
  const fleet_config& config = fleet.config;
  const std::uint64_t values = count * config.target.size();
  send(config.temperature, temperature_);
  send(config.generator_learning_rate, generator_rate_);
  send(config.discriminator_learning_rate, discriminator_rate_);
  static_cast<training_task&>(slice_) = task_of(config, first, count);
  set_arrays(slice_, constants.target, constants.first_word, constants.last_word, constants.corrections,
             temperature_.values, generator_rate_.values, discriminator_rate_.values);
  slice_.multiprocessors = multiprocessors;
  slice_.racing = temperature_.largest <= racing_temperature_limit;

  const auto allocate = [](device_buffer<float>& buffer, std::uint64_t floats) {
    buffer = device_buffer<float>(floats);
    return buffer.data();
  };
  slice_.state = allocate(state_, count * fleet_state_size(slice_.classes));
  slice_.results = {allocate(distribution_, values),  allocate(logits_, values),
                    allocate(weights_, values),       allocate(bias_, count),
                    allocate(generator_loss_, count), allocate(discriminator_loss_, count)};
  slice_.history = allocate(history_, slice_.history_gans * slice_.epochs * config.target.size());
  history_sent_ = epochs_at(begin_);
  if (begin_ > 0) load_state();
}

// The device has them [number][gan].
void slice_training::load_state() {
  std::vector<float> numbers(state_.size());
  for (std::uint64_t gan = 0; gan < count_; ++gan) {
    const std::vector<float>& own = fleet_.state.find(first_ + gan)->numbers;
    for (std::uint64_t n = 0; n < own.size(); ++n) numbers[n * count_ + gan] = own[n];
  }
  state_.fill(numbers.data(), training_);
  check(cudaStreamSynchronize(training_.get()), "cudaStreamSynchronize");
}

void slice_training::pause(const launched& last) {
  try {
    std::vector<float> numbers(state_.size());
    send_history(last, 0);
    state_.read(numbers.data(), training_);
    wait();
    for (std::uint64_t gan = 0; gan < count_; ++gan) {
      paused_gan paused{first_ + gan, last.last_step};
      for (std::uint64_t at = gan; at < numbers.size(); at += count_) paused.numbers.push_back(numbers[at]);
      fleet_.state.pause(std::move(paused));
    }
  } catch (const std::bad_alloc&) {  // the others go on from where they were before
  }
}

void slice_training::wait() const {
  for (const cuda_stream* stream : {&training_, &leaving_})
    check(cudaStreamSynchronize(stream->get()), "cudaStreamSynchronize");
}

bool slice_training::run() {
  const std::uint64_t steps = slice_.epochs * slice_.steps_per_epoch;
  launch_pace pace;
  // One launch runs and the next one waits behind it, so that the device is busy while this thread checks the watch.
  std::array<launched, 2> launches;
  std::uint64_t started = 0, finished = 0, next_step = begin_;
  for (bool stopped = false;;) {
    stopped = stopped || fleet_.watch.stopped();
    const bool more = next_step < steps && !stopped;
    if (!more && finished == started) break;
    if (more && started - finished < launches.size()) {
      launched& launch = launches[started++ % launches.size()];
      launch.first_step = next_step;
      launch.last_step = next_step += std::min(pace.steps(), steps - next_step);
      start(launch);
    } else {
      const launched& launch = launches[finished++ % launches.size()];
      check(cudaEventSynchronize(launch.end.get()), "cudaEventSynchronize");
      pace.measured(launch.last_step - launch.first_step, milliseconds_between(launch.begin, launch.end));
      fleet_.watch.done(count_ * (epochs_at(launch.last_step) - epochs_at(launch.first_step)));
    }
  }
  if (next_step < steps) {
    if (started > 0) pause(launches[(started - 1) % launches.size()]);
    return false;
  }
  fetch_results();
  return true;
}

void slice_training::start(const launched& launch) {
  slice_.first_step = launch.first_step;
  slice_.last_step = launch.last_step;
  check(cudaEventRecord(launch.begin.get(), training_.get()), "cudaEventRecord");
  check(cudaError_t(launch_train_fleet(slice_, training_.get())), "launch of the training");
  check(cudaEventRecord(launch.end.get(), training_.get()), "cudaEventRecord");
  send_history(launch, least_row_bytes);
}

// Epochs that are complete after this launch are copied to the host while the next launch trains.
void slice_training::send_history(const launched& launch, std::uint64_t least_bytes) {
  const std::uint64_t complete = epochs_at(launch.last_step), epoch_bytes = sizeof(float) * fleet_.config.target.size();
  const std::uint64_t row_bytes = (complete - history_sent_) * epoch_bytes;
  if (slice_.history_gans == 0 || row_bytes == 0 || (complete < slice_.epochs && row_bytes < least_bytes)) return;
  const std::uint64_t pitch = slice_.epochs * epoch_bytes, values_before = history_sent_ * fleet_.config.target.size();
  float* const to = fleet_.result.history.data() + first_ * slice_.epochs * fleet_.config.target.size() + values_before;
  check(cudaStreamWaitEvent(leaving_.get(), launch.end.get(), 0), "cudaStreamWaitEvent");
  read_rows(to, history_.data() + values_before, row_bytes, slice_.history_gans, pitch, leaving_);
  history_sent_ = complete;
}

void slice_training::fetch_results() {
  fleet_result& result = fleet_.result;
  const std::uint64_t values = first_ * fleet_.config.target.size();
  distribution_.read(result.distribution.data() + values, training_);
  logits_.read(result.logits.data() + values, training_);
  weights_.read(result.weights.data() + values, training_);
  bias_.read(result.bias.data() + first_, training_);
  generator_loss_.read(result.generator_loss.data() + first_, training_);
  discriminator_loss_.read(result.discriminator_loss.data() + first_, training_);
  wait();
}

}  // namespace gumbelcuda
