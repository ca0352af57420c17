// SPDX-License-Identifier: Apache-2.0
#include "host/cli/run_progress.hpp"

#include <exception>
#include <string>
#include <utility>

#include "host/api/choose_devices.hpp"
#include "host/cli/run_watch.hpp"
#include "host/cli/stop_signal.hpp"

namespace gumbelcuda {
namespace {

// What will train, if the devices can do what they promise.
training_hardware hardware_for(const fleet_execution& execution) {
  const std::vector<cuda_device> devices = choose_devices(execution);
  if (!devices.empty()) return {"cuda", devices.front().name, int(devices.size())};
  const std::string target = execution.cpu_target.empty() ? cpu_targets().front() : execution.cpu_target;
  return {"cpu", target, execution.threads > 0 ? execution.threads : default_threads()};
}

double part_of(const progress_report& report) {
  return report.total == 0 ? 0 : static_cast<double>(report.done) / static_cast<double>(report.total);
}

}  // namespace

run_progress::run_progress(const fleet_execution& execution, training_view view, bool on_standard_error)
    : execution_(execution),
      view_(std::move(view)),
      line_(view_.gans, on_standard_error, part_of(view_.before)),
      report_(view_.before) {
  if (!run_is_watched()) return;
  expected_ = hardware_for(execution);
  log_training_begins(state());
}

run_progress::~run_progress() {
  if (!run_is_watched()) return;
  try {
    log_training_ends(state());
  } catch (const std::exception&) {  // no memory for the line
  }
}

fleet_execution run_progress::execution() {
  fleet_execution execution = execution_;
  execution.stop = &stop_flag();
  if (line_.wanted() || run_is_watched())
    execution.on_progress = [this](const progress_report& report) { show(report); };
  return execution;
}

void run_progress::show(const progress_report& report) {
  report_ = report;
  if (line_.wanted()) line_.show(report);
  if (time_for_log_training()) log_training(state());
}

watched_training run_progress::state() const {
  watched_training now;
  now.num_gans = view_.gans;
  now.gans_resumed = view_.resumed;
  now.gans_ended = view_.ended();
  if (view_.counts_gan_epochs) now.gan_epochs = report_;
  now.seconds = line_.seconds();
  now.estimate = estimate_of(report_, view_.gans, now.seconds, part_of(view_.before));
  now.trained_on = view_.hardware();
  if (now.trained_on.backend.empty()) now.trained_on = expected_;
  return now;
}

}  // namespace gumbelcuda
