// SPDX-License-Identifier: Apache-2.0
// The progress of a training, from which the line on standard error, the log and the metrics are fed.
#pragma once

#include <cstdint>
#include <functional>

#include "gumbelcuda/partial_training.hpp"
#include "host/checkpoint/ended_rows.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/run_state.hpp"
#include "host/cpu/fleet/task_of_config.hpp"
#include "host/cpu/sweep/sweep_groups.hpp"

namespace gumbelcuda {

struct training_view {
  std::uint64_t gans = 0, resumed = 0;
  progress_report before{};                       // the first report: what the resumed ones come to
  bool counts_gan_epochs = true;                  // otherwise reports count something else
  std::function<std::uint64_t()> ended{};         // GANs, so far
  std::function<training_hardware()> hardware{};  // what trained; no backend: not known yet
};

template <class Result>
std::uint64_t count_ended(const partial_training<Result>& run) {
  std::uint64_t count = 0;
  for (std::uint64_t gan = 0; gan < run.ended.size(); ++gan) count += run.has_ended(gan) ? 1 : 0;
  return count;
}

// Of a training that has not begun. `run` must live as long as the view.
template <class Config, class Partial>
training_view view_of(const Config& config, const Partial& run) {
  const std::uint64_t ended = count_ended(run);
  return {config.num_gans,
          ended,
          {epochs_so_far(config, run), all_epochs(config)},
          true,
          [&run] { return count_ended(run); },
          [&run] {
            return training_hardware{run.result.backend, run.result.target, run.result.threads};
          }};
}

class run_progress {
 public:
  // `execution`: with which it will train.
  run_progress(const fleet_execution& execution, training_view view, bool on_standard_error);
  // The training has ended, well or not.
  ~run_progress();
  run_progress(const run_progress&) = delete;
  run_progress& operator=(const run_progress&) = delete;

  // With which to train: it can be interrupted, and calls show() if anybody wants it.
  fleet_execution execution();
  // To be called now and then.
  void show(const progress_report& report);
  // The training has ended well.
  void done() { report_.done = report_.total; }

 private:
  watched_training state() const;

  fleet_execution execution_;
  training_view view_;
  progress_line line_;
  progress_report report_;
  training_hardware expected_;
};

}  // namespace gumbelcuda
