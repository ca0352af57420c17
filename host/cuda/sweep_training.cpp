// SPDX-License-Identifier: Apache-2.0
// Trains a sweep on a device, group by group, as many GANs at a time as its memory holds. After each epoch the device
// says which GANs have diverged, and what those are that somebody wants to know of; those that have ended are not
// launched any more.
#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <numeric>
#include <utility>

#include "gumbelcuda/detail/sweep/shape.hpp"
#include "gumbelcuda/detail/training_watch.hpp"
#include "host/byte_text.hpp"
#include "host/cpu/fleet/train_task.hpp"
#include "host/cpu/supported_targets.hpp"
#include "host/cpu/sweep/sweep_recorder.hpp"
#include "host/cuda/handles.hpp"
#include "host/cuda/launch_pace.hpp"
#include "host/cuda/slice_size.hpp"
#include "host/cuda/sweep_backend.hpp"
#include "kernels/sweep/train.hpp"

namespace gumbelcuda {
namespace {

// An array on the device with these values, which have arrived there.
template <class T>
device_buffer<T> sent(const std::vector<T>& values, const cuda_stream& stream) {
  device_buffer<T> buffer;
  to_device(buffer, values.data(), values.size(), stream);
  check(cudaStreamSynchronize(stream.get()), "cudaStreamSynchronize");
  return buffer;
}

// Declared after memory that the stream's work may still use when an exception leaves this block.
class end_of_work {
 public:
  explicit end_of_work(const cuda_stream& stream) : stream_(stream) {}
  ~end_of_work() { quietly(cudaStreamSynchronize(stream_.get())); }
  end_of_work(const end_of_work&) = delete;
  end_of_work& operator=(const end_of_work&) = delete;

 private:
  const cuda_stream& stream_;
};

// GANs begin … end − 1 of a group, which train at the same time.
class sweep_slice {
 public:
  sweep_slice(const sweep_config& config, const sweep_group& group, std::size_t begin, std::size_t end,
              const sweep_recorder& recorder, training_state& training, training_watch& watch)
      : config_(config),
        group_(group),
        begin_(begin),
        count_(end - begin),
        recorder_(recorder),
        training_(training),
        watch_(watch),
        step_(group.steps) {
    const auto from = group.settings.begin() + std::ptrdiff_t(begin);
    settings_ = sent(std::vector<sweep_gan_settings>(from, from + std::ptrdiff_t(count_)), stream_);
    first_word_ = sent(group.first_word, stream_);
    last_word_ = sent(group.last_word, stream_);
    probabilities_ = sent(group.probabilities, stream_);
    initial_logits_ = sent(group.initial_logits, stream_);
    temperatures_ = sent(config.temperature, stream_);
    data_ = sent(config.data, stream_);
    const sweep_shape shape(group.shape);
    numbers_ = std::uint64_t(shape.state_numbers());
    state_ = device_buffer<float>(count_ * numbers_);
    gradient_ = device_buffer<float>(count_ * std::uint64_t(shape.discriminator_parameters()));
    diverged_step_.resize(count_);
    std::vector<double> powers(count_ * 4, 1);
    if (step_ > 0) load(powers);
    powers_ = sent(powers, stream_);
    diverged_ = sent(diverged_step_, stream_);
    active_.resize(count_);
    task_ = group.task(config);
    task_.gans = settings_.data();
    task_.first_word = first_word_.data();
    task_.last_word = last_word_.data();
    task_.probabilities = probabilities_.data();
    task_.initial_logits = initial_logits_.data();
    task_.temperatures = temperatures_.data();
    task_.data = data_.data();
    task_.state = state_.data();
    task_.powers = powers_.data();
    task_.diverged_step = diverged_.data();
    std::iota(active_.begin(), active_.end(), 0u);
  }

  // Bytes of device memory for each GAN, and for what they share.
  static std::uint64_t bytes_of_gan(const sweep_shape& shape) {
    const auto numbers = std::uint64_t(shape.state_numbers() + shape.discriminator_parameters());
    const std::uint64_t looked_at = sizeof(std::uint32_t) + (2 * unsigned(shape.classes) + 2) * sizeof(float) + 8;
    return numbers * sizeof(float) + sizeof(sweep_gan_settings) + 4 * sizeof(double) + 8 + 2 * looked_at;
  }
  static std::uint64_t shared_bytes(const sweep_config& config, const sweep_group& group) {
    return group.first_word.size() * 16 + group.initial_logits.size() * 4 +
           config.temperature.size() * sizeof(temperature_schedule) + config.data.size() * 4;
  }

  // Returns false if it was stopped; GANs are paused then.
  bool train() {
    while (!active_.empty()) {
      const std::uint64_t epoch = step_ / task_.steps_per_epoch;
      if (!train_epoch(epoch)) {
        pause();
        return false;
      }
      record(epoch);
    }
    return true;
  }

 private:
  // The device has them [number][gan].
  void load(std::vector<double>& powers) {
    std::vector<float> numbers(state_.size());
    for (std::uint64_t gan = 0; gan < count_; ++gan) {
      const paused_gan& from = *training_.find(number_of(std::uint32_t(gan)));
      for (std::uint64_t n = 0; n < numbers_; ++n) numbers[n * count_ + gan] = from.numbers[n];
      std::copy(from.powers.begin(), from.powers.end(), &powers[gan * 4]);
      diverged_step_[gan] = from.diverged_step;
    }
    state_.fill(numbers.data(), stream_);
    wait();
  }
  void pause() {
    if (step_ == group_.steps) return;  // as they were
    try {
      std::vector<float> numbers(state_.size());
      std::vector<double> powers(powers_.size());
      const end_of_work waits(stream_);
      state_.read(numbers.data(), stream_);
      powers_.read(powers.data(), stream_);
      diverged_.read(diverged_step_.data(), stream_);
      wait();
      for (const std::uint32_t gan : active_) {
        paused_gan paused{number_of(gan), step_};
        for (std::uint64_t n = 0; n < numbers_; ++n) paused.numbers.push_back(numbers[n * count_ + gan]);
        std::copy_n(&powers[gan * 4u], 4, paused.powers.begin());
        paused.diverged_step = diverged_step_[gan];
        training_.pause(std::move(paused));
      }
    } catch (const std::bad_alloc&) {  // the others go on from where they were before
    }
  }
  void wait() const { check(cudaStreamSynchronize(stream_.get()), "cudaStreamSynchronize"); }

  bool train_epoch(std::uint64_t epoch) {
    const device_buffer<std::uint32_t> gans = sent(active_, stream_);
    const end_of_work waits(stream_);
    const std::uint64_t end = (epoch + 1) * task_.steps_per_epoch;
    while (step_ < end) {
      if (watch_.stopped()) return false;
      const std::uint64_t steps = std::min(pace_.steps(), end - step_);
      const sweep_launch what{task_, count_, gans.data(), std::uint32_t(active_.size()), gradient_.data(),
                              step_, steps};
      const auto before = std::chrono::steady_clock::now();
      check(cudaError_t(launch_train_sweep(what, stream_.get())), "launch of the training");
      wait();
      pace_.measured(steps,
                     std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count());
      step_ += steps;
    }
    watch_.done(active_.size());
    return true;
  }

  void record(std::uint64_t epoch) {
    diverged_.read(diverged_step_.data(), stream_);
    wait();
    std::vector<std::uint32_t> wanted;
    for (const std::uint32_t gan : active_)
      if (recorder_.wants(number_of(gan), epoch, diverged_step_[gan])) wanted.push_back(gan);
    if (wanted.empty()) return;
    const std::uint64_t looks = wanted.size(), values = looks * unsigned(task_.shape.classes);
    const device_buffer<std::uint32_t> gans = sent(wanted, stream_);
    const device_buffer<float> distribution(values), logits(values), generator_loss(looks), discriminator_loss(looks);
    const device_buffer<double> total_variation(looks);
    const sweep_look what{task_,
                          count_,
                          gans.data(),
                          std::uint32_t(looks),
                          distribution.data(),
                          logits.data(),
                          generator_loss.data(),
                          discriminator_loss.data(),
                          total_variation.data()};
    std::vector<float> p(values), l(values), g(looks), d(looks);
    std::vector<double> tv(looks);
    const end_of_work waits(stream_);
    check(cudaError_t(launch_evaluate_sweep(what, stream_.get())), "launch of the evaluation");
    distribution.read(p.data(), stream_);
    logits.read(l.data(), stream_);
    generator_loss.read(g.data(), stream_);
    discriminator_loss.read(d.data(), stream_);
    total_variation.read(tv.data(), stream_);
    wait();
    std::vector<std::uint32_t> ended;
    std::vector<float> states;  // of all GANs, if somebody asks
    const auto classes = std::uint64_t(task_.shape.classes);
    for (std::uint64_t i = 0; i < looks; ++i) {
      const bool goes_on = recorder_.goes_on(
          number_of(wanted[i]), epoch, diverged_step_[wanted[i]],
          [&](sweep_evaluation& now) {
            std::copy_n(&p[i * classes], classes, now.distribution);
            std::copy_n(&l[i * classes], classes, now.logits);
            now.total_variation = tv[i];
            now.generator_loss = g[i];
            now.discriminator_loss = d[i];
          },
          [&](sweep_evaluation& now, std::uint64_t step_now) {
            // The host looks: this happens once for each GAN.
            if (states.empty()) {
              states.resize(state_.size());
              state_.read(states.data(), stream_);
              wait();
            }
            sweep_task on_host = group_.task(config_);
            on_host.gans += begin_;
            find_target("").sweep->look_at_gradients(on_host, wanted[i], &states[wanted[i]], count_,
                                                     config_.gradient_samples, step_now, now);
          });
      if (!goes_on) ended.push_back(wanted[i]);
    }
    // Both are in order.
    std::vector<std::uint32_t> left;
    std::set_difference(active_.begin(), active_.end(), ended.begin(), ended.end(), std::back_inserter(left));
    active_ = std::move(left);
    for (const std::uint32_t gan : ended)  // the epochs of GANs that stopped early count as done
      watch_.done(std::uint64_t(value_of_gan(config_.epochs, number_of(gan)) - recorder_.epochs(number_of(gan))));
  }

  std::uint64_t number_of(std::uint32_t gan) const { return group_.gans[begin_ + gan]; }

  const sweep_config& config_;
  const sweep_group& group_;
  std::size_t begin_;
  std::uint64_t count_;
  const sweep_recorder& recorder_;
  training_state& training_;
  training_watch& watch_;
  std::uint64_t step_, numbers_ = 0;  // that have been made; of a GAN
  sweep_task task_;
  launch_pace pace_;
  device_buffer<sweep_gan_settings> settings_;
  device_buffer<std::uint32_t> first_word_, last_word_;
  device_buffer<double> probabilities_;
  device_buffer<float> initial_logits_;
  device_buffer<temperature_schedule> temperatures_;
  device_buffer<std::uint32_t> data_;
  device_buffer<float> state_, gradient_;
  device_buffer<double> powers_;
  device_buffer<std::uint64_t> diverged_;
  std::vector<std::uint64_t> diverged_step_;
  std::vector<std::uint32_t> active_;
  cuda_stream stream_ = make_stream();  // the last: when it ends, it waits for its work, which uses the memory above
};

// Of each group, device number `part` of `parts` trains an equal share.
void train_groups(const sweep_config& config, const std::vector<sweep_group>& groups, const cuda_device& device,
                  std::size_t part, std::size_t parts, const sweep_recorder& recorder, training_state& state,
                  training_watch& watch) {
  check(cudaSetDevice(device.number), "cudaSetDevice");
  for (const sweep_group& group : groups) {
    const std::size_t last = group.gans.size() * (part + 1) / parts;
    for (std::size_t begin = group.gans.size() * part / parts; begin < last && !watch.stopped();) {
      std::size_t free = 0, total = 0;
      check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
      const std::uint64_t usable = usable_memory(free, total), shared = sweep_slice::shared_bytes(config, group);
      const std::uint64_t each = sweep_slice::bytes_of_gan(sweep_shape(group.shape));
      const std::uint64_t size = usable < shared ? 0 : std::min<std::uint64_t>((usable - shared) / each, 0x7fffffff);
      if (size == 0)
        throw out_of_memory("backend cuda, " + device_text(device) + ": one GAN takes " + byte_text(each + shared) +
                            " of the device's memory, and " + byte_text(usable) +
                            " can be used; end other programs that use it");
      const std::size_t end = std::min<std::size_t>(last, begin + size);
      if (!sweep_slice(config, group, begin, end, recorder, state, watch).train()) return;
      begin = end;
    }
  }
}

}  // namespace

void train_sweep_on_cuda(const sweep_config& config, const fleet_execution& execution,
                         const std::vector<cuda_device>& devices, training_state& state, sweep_result& result) {
  const auto start = std::chrono::steady_clock::now();
  training_watch watch(all_epochs(config), execution);
  watch.done(epochs_so_far(config, state));
  const sweep_recorder recorder(config, state, result);
  const std::vector<sweep_group> groups = groups_of(config, state);
  const std::size_t parts = devices.size();
  first_failure failure;
  const int started = run_workers(int(parts), watch, [&](int part) {
    const cuda_device& device = devices[std::size_t(part)];
    try {
      try {
        train_groups(config, groups, device, std::size_t(part), parts, recorder, state, watch);
      } catch (const cuda_failure& cause) {
        throw_failure_of(device, cause);
      }
    } catch (...) {
      failure.keep(std::current_exception());
      watch.abandon();
    }
  });
  failure.rethrow();
  if (std::size_t(started) < parts)
    throw error("cannot start a thread for each device; end other programs or raise ulimit -u");
  if (watch.stopped()) throw interrupted("training was stopped before its end");
  result.threads = int(parts);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.lanes_busy = 1;
  result.backend = "cuda";
  result.target = target_text_of(devices);
}

}  // namespace gumbelcuda
