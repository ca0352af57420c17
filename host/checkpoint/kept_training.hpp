// SPDX-License-Identifier: Apache-2.0
// A training whose GANs' results go into a checkpoint as they end. GANs that train for long are kept in mid-training.
#pragma once

#include <algorithm>
#include <atomic>
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
#include "host/checkpoint/paused_file.hpp"

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
    std::uint64_t end = gan_;
    // GANs of a sweep may have as many bytes as all before them.
    for (std::uint64_t bytes = 0; end < kept_.size() && is_new(end); kept_[end++] = 1) {
      bytes += count_row_bytes(config_, run_, end);
      if (end > gan_ && bytes > most_bytes) break;
    }
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
  enum class due { no, by_interval, asked };

  explicit addition_clock(const checkpoint& kept) : kept_(kept) {}
  due is_due() {
    const bool asked = kept_.wants_addition && kept_.wants_addition();
    if (!asked && seconds() < next_) return due::no;
    next_ = seconds() + kept_.interval;
    return asked ? due::asked : due::by_interval;
  }
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  const checkpoint& kept_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double next_ = kept_.interval;
};

// The files of one process, and what they are of.
struct kept_files {
  const checkpoint& options;
  const std::string& settings;
  checkpoint_file ended;
  std::string paused;  // a path
  // GANs in mid-training that the file `paused` is to have besides those of the training.
  std::vector<paused_record> others{};
  bool have_work = false;    // this process has added something to them
  bool lacks_ended = false;  // a last addition failed: of GANs that have ended, `paused` may have what there is

  kept_files(const checkpoint& kept, const std::string& settings_)
      : options(kept), settings(settings_), ended(kept.file), paused(paused_path_of(kept.file)) {}
};

// How much work would be lost with the process, in seconds: epochs that no file has at the speed so far, or the time
// since one was completed, where they are long.
class unsaved_work {
 public:
  // saved: epochs that files have, of the progress that is reported.
  unsaved_work(double saved, double now) : at_start_(saved), saved_(saved), done_(saved), start_(now), changed_(now) {}
  void save(double epochs) { saved_ = std::max(saved_, epochs); }
  void hear(const progress_report& report, double now) {
    const auto done = double(report.done);
    if (done > done_) done_ = done, changed_ = now;
  }
  double done() const { return done_; }
  double seconds(double now) const {
    const double since = done_ - at_start_;
    return std::max(now - changed_, since > 0 ? (done_ - saved_) * (now - start_) / since : 0);
  }

 private:
  double at_start_, saved_, done_, start_, changed_;
};

template <class Config, class Partial>
class kept_training {
 public:
  // What has ended in `run`, and what is paused, is in checkpoints. GAN 0 of `run` is number `place` of the whole run.
  kept_training(const Config& config, Partial& run, std::uint64_t place, kept_files& files, addition_clock& clock)
      : config_(config),
        run_(run),
        place_(place),
        files_(files),
        clock_(clock),
        kept_(run.ended),
        ended_epochs_(epochs_so_far(config, run)) {}

  // train(execution) trains what is left of `run`, perhaps in several calls: where GANs train so long that more than an
  // interval of work would be lost with the process, they are stopped, kept, and go on. Whatever train() throws, what
  // was done is kept before.
  template <class Train>
  void train(Train train, const fleet_execution& given) {
    const double start = clock_.seconds();
    while (!train_until_kept(train, given)) {
    }
    run_.result.seconds = clock_.seconds() - start;
    const std::string problem = try_to_add();
    if (!problem.empty() && !files_.options.on_problem) throw file_error(problem);
    files_.lacks_ended = !problem.empty();
    tell(problem, true);
  }

 private:
  // Returns whether all GANs have ended.
  template <class Train>
  bool train_until_kept(Train train, const fleet_execution& given) {
    // A stop for the files must not cost more than a fiftieth of the time.
    constexpr double worth = 50, first_report = .1;  // seconds after the training goes on
    const auto asked_to_stop = [&] { return given.stop && given.stop->load(std::memory_order_relaxed); };
    std::atomic<bool> stop{asked_to_stop()};
    unsaved_work unsaved(double(epochs_so_far(config_, run_)), clock_.seconds());
    fleet_execution execution = given;
    execution.stop = &stop;
    execution.on_progress = [&](const progress_report& report) {
      if (stopped_at_ >= 0 && !stop) {
        const double now = clock_.seconds();
        next_stop_ = now + worth * std::max(0., now - stopped_at_ - first_report);
        stopped_at_ = -1;
      }
      if (given.on_progress) given.on_progress(report);
      if (asked_to_stop()) stop = true;
      const addition_clock::due due = clock_.is_due();
      unsaved.hear(report, clock_.seconds());
      if (due == addition_clock::due::no) return;
      tell(try_to_add(), false);
      unsaved.save(double(ended_epochs_));
      const double now = clock_.seconds();
      if (stop || !can_pause_) return;
      if (due == addition_clock::due::by_interval &&
          (now < next_stop_ || unsaved.seconds(now) <= files_.options.interval))
        return;
      stopped_at_ = now;
      stop = true;
    };
    try {
      train(execution);
      return true;
    } catch (const interrupted&) {
      const bool goes_on = stop && !asked_to_stop();  // otherwise the caller has stopped it, perhaps by this exception
      tell(try_to_keep(), !goes_on);
      if (!goes_on) throw;
      // Where memory is too little to pause GANs each such stop would take them back to where they were before.
      can_pause_ = double(epochs_so_far(config_, run_)) >= unsaved.done();
      if (!can_pause_) tell("out of memory for GANs in mid-training, which are not kept", false);
      return false;
    } catch (...) {
      tell(try_to_keep(), true);
      throw;
    }
  }

  // Return what went wrong; nothing has been added then. A disk that is full now may not be later.
  std::string try_to_add() {
    return problem_of([&](checkpoint_addition& made) { add(made); });
  }
  std::string try_to_keep() {
    return problem_of([&](checkpoint_addition& made) {
      add(made);
      write_paused(made);
    });
  }
  template <class Write>
  std::string problem_of(Write write) {
    const double start = clock_.seconds();
    checkpoint_addition made;
    try {
      write(made);
      made.seconds = clock_.seconds() - start;
      if (made.bytes > 0 && files_.options.on_addition) files_.options.on_addition(made);
    } catch (const file_error& error) {
      return error.what();
    } catch (const std::bad_alloc&) {
      return "out of memory for an addition to the checkpoint";
    }
    return "";
  }
  void add(checkpoint_addition& made) {
    std::vector<std::uint8_t> kept = kept_;
    new_records records(config_, run_, place_, kept);
    files_.ended.add([&](checkpoint_record& record) {
      if (!records.next(record)) return false;
      made.ended += record.count;
      made.bytes += record.rows.size();
      return true;
    });
    for (std::uint64_t gan = 0; gan < kept.size(); ++gan)
      if (kept[gan] && !kept_[gan]) ended_epochs_ += epochs_of(config_, gan);
    kept_ = std::move(kept);
    files_.have_work = files_.have_work || made.ended > 0;
  }
  void write_paused(checkpoint_addition& made) {
    if (run_.paused.empty() && files_.others.empty()) return;
    auto own = run_.paused.begin();
    auto other = files_.others.begin();
    write_paused_file(files_.paused, files_.settings, [&](paused_record& record) {
      if (own != run_.paused.end()) {
        record = {place_ + own->gan, own->steps, bytes_of_paused(config_, run_, *own)};
        ++own;
      } else if (other != files_.others.end()) {
        record = *other++;
      } else {
        return false;
      }
      ++made.paused;
      made.bytes += record.bytes.size();
      return true;
    });
    files_.have_work = true;
  }
  void tell(const std::string& problem, bool last) const {
    if (!problem.empty() && files_.options.on_problem) files_.options.on_problem(problem, last);
  }

  const Config& config_;
  Partial& run_;
  std::uint64_t place_;
  kept_files& files_;
  addition_clock& clock_;
  std::vector<std::uint8_t> kept_;
  std::uint64_t ended_epochs_;              // of GANs that are kept
  double stopped_at_ = -1, next_stop_ = 0;  // seconds of the clock
  bool can_pause_ = true;
};

}  // namespace gumbelcuda
