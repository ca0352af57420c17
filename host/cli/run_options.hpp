// SPDX-License-Identifier: Apache-2.0
// What train and sweep have in common: options of where to run and where results go, and what is done about them before
// and after the training.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "gumbelcuda/fleet.hpp"
#include "host/cli/checkpoint_options.hpp"
#include "host/cli/command.hpp"
#include "host/cli/flag.hpp"
#include "host/cli/log_options.hpp"
#include "host/cli/stop_signal.hpp"

namespace gumbelcuda {

struct run_options {
  fleet_execution execution;
  double tolerance = .1;
  std::string out, csv;
  bool json = false, quiet = false;
  bool all_devices = false;  // until finish_options(), which names them
  checkpoint_options checkpoint{};
  log_options log{};
};

// The heading "Execution".
void add_execution_options(flag_set& flags, run_options& options);
// --csv, --json, --tolerance, --quiet. `rows` says what --csv writes, `page` where the object of --json is described.
void add_report_options(flag_set& flags, run_options& options, const std::string& rows, const std::string& page);

// After the texts have been converted. Throws no_device, invalid_argument.
void finish_options(run_options& options);

// Throws invalid_argument or file_error for outputs that cannot work, alone or together. `command` is "train" or
// "sweep"; the files take at least so many bytes. Leaves nothing behind.
void check_outputs(const run_options& options, const std::string& command, std::uint64_t out_bytes,
                   std::uint64_t csv_bytes);

// Whether the devices that the options name are there. Also true if devices do not matter, because the CPU was
// requested.
bool devices_exist(const run_options& options);

// Throws interrupted if a signal has come.
void stop_here();

// Trains what is in view, with its progress on standard error, in the log and in the metrics, and can be interrupted.
struct training_view;
void train_with_progress(const run_options& options, const training_view& view,
                         const std::function<void(const fleet_execution&)>& train);

// "cpu (avx2), 2 threads: 16 GANs in 1.5 s, 10.7 GANs/s", and a newline.
std::string speed_text(const std::string& backend, const std::string& target, int threads, std::uint64_t gans,
                       double seconds);

// Delivers what it can: if a file fails, the other file and the table are still written. finish() throws what failed.
class delivery {
 public:
  template <class Write>
  void file(const std::string& path, Write write) {
    if (path.empty()) return;
    stop_here();
    attempt([&] { write(path); });
  }
  void text(const std::string& text) {
    attempt([&] { print_result(text); });
  }
  bool failed() const { return !problems_.empty(); }
  void finish() const {
    if (!problems_.empty()) throw file_error(problems_);
  }

 private:
  template <class Action>
  void attempt(Action action) {
    try {
      action();
    } catch (const file_error& error) {
      problems_ += (problems_.empty() ? "" : "; ") + std::string(error.what());
    }
  }

  std::string problems_;
};

// What all_diverged and warnings say: empty if none diverged.
std::string divergence_text(std::uint64_t diverged, std::uint64_t gans, const std::string& advice);

}  // namespace gumbelcuda
