// SPDX-License-Identifier: Apache-2.0
// Connects the threads that train with the one that waits for them: their progress, and whether to stop. For all
// backends.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

class training_watch {
 public:
  // `total`: in the units of done().
  training_watch(std::uint64_t total, const fleet_execution& execution) : execution_(execution), total_(total) {}

  // For the threads that train.
  bool stopped() const {
    return abandoned_.load(std::memory_order_relaxed) ||
           (execution_.stop && execution_.stop->load(std::memory_order_relaxed));
  }
  void done(std::uint64_t more) { done_.fetch_add(more, std::memory_order_relaxed); }
  void abandon() { abandoned_ = true; }
  void worker_ends() {
    const std::lock_guard lock(mutex_);
    ++ended_;
    changed_.notify_all();
  }

  // For the thread that waits: returns when so many have ended, and reports progress every 0.1 s.
  void wait_for(int workers) {
    while (!ended_soon(workers)) {
      if (!execution_.on_progress) continue;
      try {
        execution_.on_progress({done_.load(std::memory_order_relaxed), total_});
      } catch (...) {
        abandon();  // otherwise the threads, joined on the way out, train to the end
        throw;
      }
    }
  }

 private:
  bool ended_soon(int workers) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(100), [&] { return ended_ == workers; });
  }

  const fleet_execution& execution_;
  std::uint64_t total_;
  std::atomic<std::uint64_t> done_{0};
  std::atomic<bool> abandoned_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  int ended_ = 0;
};

// The first failure of any worker.
class first_failure {
 public:
  void keep(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
  }
  // If there was one.
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr failure_;
};

// Calls work(i) for i = 0 … workers − 1, each on a thread of its own, and returns when all have ended. If not all can
// be started, the others do the work. Returns how many there were; throws std::system_error if not even one can be
// started.
template <class Work>
int run_workers(int workers, training_watch& watch, Work work) {
  std::vector<std::jthread> threads;
  threads.reserve(std::size_t(workers));
  int started = 0;
  for (; started < workers; ++started) {
    try {
      threads.emplace_back([&watch, &work, started] {
        work(started);
        watch.worker_ends();
      });
    } catch (const std::system_error&) {
      if (started == 0) throw;
      break;
    } catch (...) {
      watch.abandon();
      throw;
    }
  }
  watch.wait_for(started);
  return started;
}

}  // namespace gumbelcuda
