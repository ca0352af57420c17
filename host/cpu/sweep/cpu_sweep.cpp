// SPDX-License-Identifier: Apache-2.0
// A thread takes a pool of GANs of one shape and trains it epoch by epoch. After each epoch the GANs that have ended
// leave, and those that are left are put side by side anew: so vectors stay full, however different the GANs' lengths
// are. All GANs of a pool are at the same step, as the vectors' noise wants it.
#include "host/cpu/sweep/cpu_sweep.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <numeric>
#include <utility>
#include <vector>

#include "gumbelcuda/detail/sweep/shape.hpp"
#include "gumbelcuda/detail/training_watch.hpp"
#include "host/cpu/fleet/cpu_backend.hpp"
#include "host/cpu/fleet/train_task.hpp"
#include "host/cpu/supported_targets.hpp"
#include "host/cpu/sweep/sweep_recorder.hpp"

namespace gumbelcuda {
namespace {

// GANs `begin` … `end` − 1 of a group.
struct pool {
  const sweep_group* group;
  std::size_t begin, end;
};

// A vector of GANs, so that they end soon: a group's neighbours have the same number of epochs, or nearly. Where GANs
// may stop early, a pool is so large that its last vectors, which are not full, count for little, but so small that
// every thread has several, and that their states take little memory.
std::vector<pool> pools_of(const sweep_config& config, const std::vector<sweep_group>& groups, std::size_t width,
                           std::size_t threads) {
  constexpr std::size_t pools_a_thread = 4, most_bytes = std::size_t{32} << 20;
  const std::size_t most_vectors = config.until_total_variation >= 0 ? 64 : 1;
  std::vector<pool> pools;
  for (const sweep_group& group : groups) {
    const std::size_t gans = group.gans.size(), vectors = (gans + width - 1) / width;
    const std::size_t bytes = width * sizeof(float) * std::size_t(sweep_shape(group.shape).state_numbers());
    const std::size_t most = std::clamp<std::size_t>(most_bytes / bytes, 1, most_vectors);
    const std::size_t each = std::clamp<std::size_t>(vectors / (threads * pools_a_thread), 1, most) * width;
    for (std::size_t begin = 0; begin < gans; begin += each)
      pools.push_back({&group, begin, std::min(begin + each, gans)});
  }
  return pools;
}

struct busy_count {
  std::atomic<std::uint64_t> elements{0}, of{0};
};

class pool_trainer {
 public:
  pool_trainer(const sweep_config& config, const cpu_target& target, const sweep_recorder& recorder,
               training_state& state, training_watch& watch, busy_count& busy)
      : config_(config), target_(target), recorder_(recorder), state_(state), watch_(watch), busy_(busy) {}

  void train(const pool& p) {
    const std::size_t count = p.end - p.begin;
    sweep_task task = p.group->task(config_);
    task.gans += p.begin;
    numbers_.resize(count * numbers_of(task));
    powers_.assign(count * 4, 1);
    diverged_.assign(count, 0);
    task.state = numbers_.data();
    task.powers = powers_.data();
    task.diverged_step = diverged_.data();
    steps_.assign(count, p.group->steps);
    if (p.group->steps > 0) load(p, numbers_of(task));
    allocate_workspace(target_.sweep->workspace_bytes(task));
    std::vector<std::uint32_t> active(count);
    std::iota(active.begin(), active.end(), 0u);
    while (!active.empty())
      if (!train_epoch(p, task, active)) return pause(p, numbers_of(task), active);
    // The epochs of GANs that stopped early count as done.
    for (std::size_t i = p.begin; i < p.end; ++i) {
      const std::uint64_t gan = p.group->gans[i];
      watch_.done(std::uint64_t(value_of_gan(config_.epochs, gan) - recorder_.epochs(gan)));
    }
  }

 private:
  static std::size_t numbers_of(const sweep_task& task) { return std::size_t(sweep_shape(task.shape).state_numbers()); }
  void load(const pool& p, std::size_t numbers) {
    for (std::size_t i = 0; i < p.end - p.begin; ++i) {
      const paused_gan& from = *state_.find(p.group->gans[p.begin + i]);
      std::copy(from.numbers.begin(), from.numbers.end(), &numbers_[i * numbers]);
      std::copy(from.powers.begin(), from.powers.end(), &powers_[i * 4]);
      diverged_[i] = from.diverged_step;
    }
  }
  void pause(const pool& p, std::size_t numbers, const std::vector<std::uint32_t>& active) {
    for (const std::uint32_t i : active) {
      const auto first = numbers_.begin() + std::ptrdiff_t(i * numbers);
      paused_gan gan{p.group->gans[p.begin + i], steps_[i], {first, first + std::ptrdiff_t(numbers)}};
      std::copy_n(&powers_[i * 4], 4, gan.powers.begin());
      gan.diverged_step = diverged_[i];
      state_.pause(std::move(gan));
    }
  }

  // Trains all to the end of the epoch, and takes out those that have ended. Returns false if stopped.
  bool train_epoch(const pool& p, const sweep_task& task, std::vector<std::uint32_t>& active) {
    const auto width = std::size_t(target_.width);
    const std::uint64_t from = steps_[active.front()], epoch = from / task.steps_per_epoch;
    const std::uint64_t left = (epoch + 1) * task.steps_per_epoch - from;
    std::vector<std::uint32_t> go_on;
    for (std::size_t first = 0; first < active.size(); first += width) {
      const std::size_t count = std::min(width, active.size() - first);
      const auto stopped = [](void* watch) { return static_cast<training_watch*>(watch)->stopped(); };
      const std::uint64_t made =
          target_.sweep->train(task, &active[first], int(count), from, left, stopped, &watch_, workspace_.get());
      for (std::size_t i = first; i < first + count; ++i) steps_[active[i]] += made;
      if (made < left) {
        go_on.insert(go_on.end(), active.begin() + std::ptrdiff_t(first), active.end());
        active = std::move(go_on);
        return false;
      }
      watch_.done(count);
      busy_.elements += count;
      busy_.of += width;
      for (std::size_t i = first; i < first + count; ++i)
        if (goes_on(p, task, active[i], epoch)) go_on.push_back(active[i]);
    }
    active = std::move(go_on);
    return true;
  }
  bool goes_on(const pool& p, const sweep_task& task, std::uint32_t gan, std::uint64_t epoch) {
    return recorder_.goes_on(
        p.group->gans[p.begin + gan], epoch, diverged_[gan],
        [&](sweep_evaluation& now) { target_.sweep->evaluate(task, gan, now); },
        [&](sweep_evaluation& now, std::uint64_t step) {
          target_.sweep->look_at_gradients(task, gan, task.state + gan * numbers_of(task), 1, config_.gradient_samples,
                                           step, now);
        });
  }
  void allocate_workspace(std::size_t bytes) {
    if (bytes <= workspace_bytes_) return;
    workspace_.reset(::operator new(bytes, alignment));
    workspace_bytes_ = bytes;
  }

  static constexpr std::align_val_t alignment{64};
  struct give_back {
    void operator()(void* memory) const noexcept { ::operator delete(memory, alignment); }
  };

  const sweep_config& config_;
  const cpu_target& target_;
  const sweep_recorder& recorder_;
  training_state& state_;
  training_watch& watch_;
  busy_count& busy_;
  std::vector<float> numbers_;
  std::vector<double> powers_;
  std::vector<std::uint64_t> diverged_, steps_;
  std::unique_ptr<void, give_back> workspace_;
  std::size_t workspace_bytes_ = 0;
};

}  // namespace

void train_sweep_on_cpu(const sweep_config& config, const fleet_execution& execution, training_state& state,
                        sweep_result& result) {
  const cpu_target& target = find_target(execution.cpu_target);
  const int wanted_threads = cpu_threads(execution);
  const auto start = std::chrono::steady_clock::now();
  const std::vector<sweep_group> groups = groups_of(config, state);
  const std::vector<pool> pools = pools_of(config, groups, std::size_t(target.width), std::size_t(wanted_threads));

  training_watch watch(all_epochs(config), execution);
  watch.done(epochs_so_far(config, state));
  const sweep_recorder recorder(config, state, result);
  busy_count busy;
  std::atomic<std::size_t> next{0};
  first_failure failure;
  const int workers = int(std::min<std::size_t>(std::size_t(wanted_threads), pools.size()));
  result.threads = run_workers(workers, watch, [&](int) {
    try {
      pool_trainer trainer(config, target, recorder, state, watch, busy);
      for (std::size_t i; (i = next++) < pools.size() && !watch.stopped();) trainer.train(pools[i]);
    } catch (...) {  // no memory for a pool
      failure.keep(std::current_exception());
      watch.abandon();
    }
  });
  failure.rethrow();
  if (watch.stopped()) throw interrupted("training was stopped before its end");
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.lanes_busy = busy.of == 0 ? 1 : double(busy.elements) / double(busy.of);
  result.backend = "cpu";
  result.target = target.name;
}

}  // namespace gumbelcuda
