// SPDX-License-Identifier: Apache-2.0
// A training whose GANs' results go into a checkpoint as they end.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "gumbelcuda/checkpoint.hpp"
#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/ended_rows.hpp"

namespace gumbelcuda {

// The GANs of `run` that have ended and are not `kept` yet, as records; they are marked as kept. GAN 0 of `run` is
// number `place` of the whole run.
template <class Config, class Partial>
class new_records {
 public:
  new_records(const Config& config, const Partial& run, std::uint64_t place, std::vector<std::uint8_t>& kept)
      : config_(config), run_(run), place_(place), kept_(kept) {}

  // False after the last.
  bool next(checkpoint_record& record) {
    constexpr std::size_t most_bytes = std::size_t{16} << 20;
    while (gan_ < kept_.size() && !is_new(gan_)) ++gan_;
    if (gan_ == kept_.size()) return false;
    const std::uint64_t most = std::max<std::uint64_t>(1, most_bytes / bytes_of_rows(config_, run_, gan_, 1).size());
    std::uint64_t end = gan_;
    while (end < kept_.size() && end - gan_ < most && is_new(end)) kept_[end++] = 1;
    record = {place_ + gan_, end - gan_, bytes_of_rows(config_, run_, gan_, end - gan_)};
    gan_ = end;
    return true;
  }

 private:
  bool is_new(std::uint64_t gan) const { return !kept_[gan] && run_.has_ended(gan); }

  const Config& config_;
  const Partial& run_;
  std::uint64_t place_, gan_ = 0;
  std::vector<std::uint8_t>& kept_;
};

// When it is time for an addition.
class addition_clock {
 public:
  explicit addition_clock(const checkpoint& kept) : kept_(kept) {}
  bool is_due() {
    const bool asked = kept_.wants_addition && kept_.wants_addition();
    if (!asked && seconds() < next_) return false;
    next_ = seconds() + kept_.interval;
    return true;
  }
  double interval() const { return kept_.interval; }
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  const checkpoint& kept_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double next_ = kept_.interval;
};

template <class Config, class Partial>
class kept_training {
 public:
  // What has ended in `run` is in checkpoints. GAN 0 of `run` is number `place` of the whole run.
  kept_training(const Config& config, Partial& run, std::uint64_t place, checkpoint_file& file, const checkpoint& kept,
                addition_clock& clock)
      : config_(config), run_(run), place_(place), file_(file), options_(kept), clock_(clock), kept_(run.ended) {}

  // train(execution) trains what is left of `run`. Whatever it throws, what has ended is kept before.
  template <class Train>
  void train(Train train, fleet_execution execution) {
    const auto report = execution.on_progress;
    execution.on_progress = [&](const progress_report& progress) {
      if (report) report(progress);
      if (clock_.is_due()) tell(try_to_add(), false);
    };
    try {
      train(execution);
    } catch (...) {
      tell(try_to_add(), true);
      throw;
    }
    const std::string problem = try_to_add();
    if (!problem.empty() && !options_.on_problem) throw file_error(problem);
    tell(problem, true);
  }

 private:
  // Returns what went wrong; nothing has been added then. A disk that is full now may not be later.
  std::string try_to_add() {
    try {
      std::vector<std::uint8_t> kept = kept_;
      new_records records(config_, run_, place_, kept);
      file_.add([&](checkpoint_record& record) { return records.next(record); });
      kept_ = std::move(kept);
    } catch (const file_error& error) {
      return error.what();
    } catch (const std::bad_alloc&) {
      return "out of memory for an addition to the checkpoint";
    }
    return "";
  }
  void tell(const std::string& problem, bool last) const {
    if (!problem.empty() && options_.on_problem) options_.on_problem(problem, last);
  }

  const Config& config_;
  Partial& run_;
  std::uint64_t place_;
  checkpoint_file& file_;
  const checkpoint& options_;
  addition_clock& clock_;
  std::vector<std::uint8_t> kept_;
};

}  // namespace gumbelcuda
