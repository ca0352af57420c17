// SPDX-License-Identifier: Apache-2.0
#include "host/cpu/fleet/cpu_backend.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>

#include "gumbelcuda/detail/gan/parameters.hpp"
#include "gumbelcuda/detail/gan/training_constants.hpp"
#include "gumbelcuda/detail/training_watch.hpp"
#include "host/cpu/fleet/task_of_config.hpp"
#include "host/cpu/fleet/train_task.hpp"
#include "host/cpu/supported_targets.hpp"

namespace gumbelcuda {
namespace {

// Neighbouring GANs that one thread trains together.
struct block {
  std::uint64_t first;
  int count;
  bool single;
};

// One GAN per element, if that fills enough of a vector. GANs left over are trained one at a time, and so are fleets
// too small to give every thread a vector. A single GAN takes a fifth of a full vector's time.
std::vector<block> split(const std::vector<gan_range>& ranges, const cpu_target& target, int threads) {
  const auto width = std::uint64_t(target.width);
  const std::uint64_t worth_a_vector = width / 4;
  const bool all_single = total(ranges) <= std::uint64_t(threads) * worth_a_vector;
  std::vector<block> blocks;
  for (auto [gan, left] : ranges) {
    const auto add = [&, &gan = gan, &left = left](std::uint64_t count, bool alone) {
      blocks.push_back({gan, int(count), alone});
      gan += count;
      left -= count;
    };
    while (!all_single && left >= width) add(width, width == 1);
    if (!all_single && left > worth_a_vector) add(left, false);
    while (left > 0) add(1, true);
  }
  return blocks;
}

struct aligned_free {
  void operator()(void* memory) const { std::free(memory); }
};
using workspace = std::unique_ptr<void, aligned_free>;

workspace allocate_workspace(std::size_t bytes) {
  workspace memory(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
  if (!memory) throw std::bad_alloc();
  return memory;
}

// Hands out blocks to threads.
class block_queue {
 public:
  block_queue(const std::vector<block>& blocks, const training_watch& watch) : blocks_(blocks), watch_(watch) {}

  const block* next() {
    const std::size_t i = next_.fetch_add(1, std::memory_order_relaxed);
    return i < blocks_.size() && !watch_.stopped() ? &blocks_[i] : nullptr;
  }

 private:
  const std::vector<block>& blocks_;
  const training_watch& watch_;
  std::atomic<std::size_t> next_{0};
};

class worker {
 public:
  worker(const cpu_target& target, const cpu_train_task& task)
      : target_(target),
        task_(task),
        scratch_(allocate_workspace(target.workspace_bytes(task))),
        state_size_(fleet_state_size(task.classes)),
        numbers_(std::size_t(target.width) * state_size_) {}

  void work(block_queue& queue, training_state& state) {
    while (const block* b = queue.next()) {
      cpu_gans gans{b->first, b->count, state.steps(b->first), numbers_.data()};
      if (gans.steps > 0)
        for (int i = 0; i < gans.count; ++i) {
          const std::vector<float>& from = state.find(gans.first + std::uint64_t(i))->numbers;
          std::copy(from.begin(), from.end(), numbers_of(i));
        }
      if (!(b->single ? target_.train_single(task_, gans, scratch_.get())
                      : target_.train_lanes(task_, gans, scratch_.get())))
        return pause(gans, state);
      state.mark(gans.first, std::uint64_t(gans.count));
    }
  }

 private:
  std::vector<float>::iterator numbers_of(int i) { return numbers_.begin() + i * std::ptrdiff_t(state_size_); }
  void pause(const cpu_gans& gans, training_state& state) {
    try {
      for (int i = 0; i < gans.count; ++i)
        state.pause({gans.first + std::uint64_t(i), gans.steps, {numbers_of(i), numbers_of(i + 1)}});
    } catch (const std::bad_alloc&) {  // they go on from where they were before
    }
  }

  const cpu_target& target_;
  const cpu_train_task& task_;
  workspace scratch_;
  std::size_t state_size_;
  std::vector<float> numbers_;
};

}  // namespace

void check_threads(int threads) {
  if (threads < 0 || threads > 4096)
    throw invalid_argument("threads", std::to_string(threads) + " is not in 0 … 4096 (0: all processors)");
}

int cpu_threads(const fleet_execution& execution) {
  check_threads(execution.threads);
  if (execution.threads > 0) return execution.threads;
  cpu_set_t usable;  // what this process may use: taskset or a container may restrict it
  if (sched_getaffinity(0, sizeof usable, &usable) == 0) return std::max(1, CPU_COUNT(&usable));
  return std::max(1, int(std::thread::hardware_concurrency()));
}

void train_fleet_on_cpu(const fleet_config& config, const fleet_execution& execution, training_state& state,
                        fleet_result& result) {
  const cpu_target& target = find_target(execution.cpu_target);
  const int wanted_threads = cpu_threads(execution);
  const training_constants constants(config.target);

  cpu_train_task task{};
  static_cast<training_task&>(task) = task_of(config, 0, config.num_gans);
  set_arrays(task, constants, config, result);

  const std::vector<gan_range> ranges = state.left();
  const std::vector<block> blocks = split(ranges, target, wanted_threads);
  training_watch watch(all_epochs(config), execution);
  watch.done((config.num_gans - total(ranges)) * std::uint64_t(config.epochs) +
             state.paused_epochs(task.steps_per_epoch));
  block_queue queue(blocks, watch);
  task.epoch_done = [](void* context, int gans) { static_cast<training_watch*>(context)->done(std::uint64_t(gans)); };
  task.stopped = [](void* context) { return static_cast<training_watch*>(context)->stopped(); };
  task.context = &watch;

  std::vector<worker> workers;
  for (std::size_t i = 0; i < std::min(std::size_t(wanted_threads), blocks.size()); ++i)
    workers.emplace_back(target, task);

  const auto start = std::chrono::steady_clock::now();
  result.threads = run_workers(int(workers.size()), watch, [&](int i) { workers[std::size_t(i)].work(queue, state); });
  if (watch.stopped()) throw interrupted("training was stopped before its end");
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.backend = "cpu";
  result.target = target.name;
}

}  // namespace gumbelcuda
