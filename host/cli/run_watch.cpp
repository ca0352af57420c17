// SPDX-License-Identifier: Apache-2.0
// nlohmann::json and one write make a line; a library for logs would need a formatter for JSON and a sink for whole
// lines of its own.
#include "host/cli/run_watch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <csignal>
#include <exception>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "host/cli/command.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/last_lines.hpp"
#include "host/cli/metrics_file.hpp"
#include "host/cli/peak_memory.hpp"
#include "host/cli/run_log.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/started_by_mpirun.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/cli/utc_time.hpp"
#include "host/cli/valid_text.hpp"
#include "host/cli/version.hpp"
#include "host/files/destination.hpp"

namespace gumbelcuda {
namespace {

using json = nlohmann::ordered_json;

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string signal_name(int number) {
  for (const auto& [each, name] : {std::pair{SIGHUP, "SIGHUP"}, std::pair{SIGINT, "SIGINT"},
                                   std::pair{SIGTERM, "SIGTERM"}, std::pair{SIGUSR1, "SIGUSR1"}})
    if (each == number) return name;
  return std::to_string(number);
}

template <class Value>
json or_null(const std::optional<Value>& value) {
  return value ? json(*value) : json();
}

class run_watch {
 public:
  std::vector<std::string> command_line{};

  bool watched() const { return log_ || !metrics_.empty(); }
  void begin(const std::string& command, const run_options& options) {
    check_log_options(options, command);
    state_.command = command;
    state_.checkpoint = options.checkpoint.file;
    if (processes_of_mpirun() > 1) state_.checkpoint += "." + std::to_string(number_from_mpirun());
    state_.start_time = seconds_since_1970();
    if (const auto& part = options.checkpoint.part) state_.shard = fmt::format("{}/{}", part->index, part->count);
    interval_ = options.log.interval;
    if (number_from_mpirun() == 0) metrics_ = options.log.metrics;
    if (options.log.file.empty()) return;
    log_.emplace(options.log.file);
    json line = line_of("start");
    line["version"] = version();
    line["command_line"] = command_line;
    append(line);
    prepare_last_lines();
  }

  void show(const watched_training& training) {
    state_.training = training;
    log_progress();
    refresh_metrics();
  }
  bool is_time() {
    if (!watched()) return false;
    if (stop_flag()) signal(stop_signal());
    return elapsed_() >= std::min(next_line_, next_metrics_);
  }
  void training_goes_on(const watched_training& training) {
    state_.training = training;
    if (elapsed_() >= next_line_) log_progress();
    if (elapsed_() >= next_metrics_) refresh_metrics();
  }
  void training_ends(const watched_training& training) {
    if (stop_flag()) signal(stop_signal());
    show(training);
    prepare_last_lines();
  }

  void addition(const checkpoint_addition& made) {
    checkpoint_additions& all = state_.additions;
    ++all.count;
    all.gans += made.ended;
    all.bytes += made.bytes;
    all.seconds += made.seconds;
    all.last_time = seconds_since_1970();
    json line = line_of("checkpoint");
    line["checkpoint"] = state_.checkpoint;
    line["checkpoint_gans"] = made.ended;
    line["checkpoint_paused_gans"] = made.paused;
    line["checkpoint_bytes"] = made.bytes;
    line["checkpoint_seconds"] = made.seconds;
    append(line);
  }
  // Once for each signal that ends the run.
  void signal(int number) {
    if (number != SIGUSR1 && std::exchange(signal_logged_, true)) return;
    json line = line_of("signal");
    line["signal"] = signal_name(number);
    append(line);
  }
  void message(const char* event, const std::string& text) {
    if (event == std::string_view("warning")) ++state_.warnings;
    json line = line_of(event);
    line["message"] = text;
    append(line);
  }
  void end(int exit_code, const std::string& text) {
    static const stop_by_flag until_the_process_ends(later_signals::wait);
    forget_last_lines();
    if (stop_flag()) signal(stop_signal());
    state_.exit_code = exit_code;
    append(end_line(exit_code, text));
    refresh_metrics();
    log_.reset();
    metrics_.clear();
  }

 private:
  json line_of(const char* event) const {
    const utc_text now = utc_now();
    json line{{"time", std::string(now.begin(), now.end())}, {"event", event}, {"host", host_}, {"pid", ::getpid()}};
    if (processes_of_mpirun() > 1) line["rank"] = number_from_mpirun();
    if (!state_.shard.empty()) line["shard"] = state_.shard;
    return line;
  }
  void put_training(json& line) const {
    line["peak_memory_bytes"] = peak_memory_bytes();
    if (!state_.training) return;
    const watched_training& training = *state_.training;
    line["backend"] = training.trained_on.backend;
    line["hardware"] = training.trained_on.hardware;
    line["threads"] = training.trained_on.threads;
    line["num_gans"] = training.num_gans;
    line["gans_resumed"] = training.gans_resumed;
    line["gans_ended"] = training.gans_ended;
    if (training.gan_epochs) {
      line["gan_epochs"] = training.gan_epochs->total;
      line["gan_epochs_done"] = training.gan_epochs->done;
    }
    line["progress_ratio"] = training.estimate.part;
    line["training_seconds"] = training.seconds;
    line["gans_per_second"] = or_null(training.estimate.gans_per_second);
    line["seconds_left"] = or_null(training.estimate.seconds_left);
  }
  json end_line(int exit_code, const std::string& text) const {
    json line = line_of("end");
    line["exit_code"] = exit_code;
    if (!text.empty()) line["message"] = text;
    put_training(line);
    return line;
  }
  void prepare_last_lines() {
    if (!log_) return;
    keep_last_lines(
        *log_,
        [this](int number) {
          json line = line_of("signal");
          line["signal"] = signal_name(number);
          return json_line(line) + "\n";
        },
        [this](int number, const char* text) { return json_line(end_line(exit_signal_base + number, text)) + "\n"; });
  }

  void log_progress() {
    next_line_ = elapsed_() + interval_;
    json line = line_of("progress");
    put_training(line);
    append(line);
  }
  void append(const json& line) {
    if (!log_) return;
    const int error_number = log_->append(json_line(line) + "\n");
    if (error_number == 0 || std::exchange(log_failed_, true)) return;
    warn(std::string(write_error(log_->path(), error_number).what()) +
         "; the run goes on, lines of its log are missing");
  }
  void refresh_metrics() {
    constexpr double metrics_interval = 5;  // seconds; Prometheus asks every 15 to 60
    next_metrics_ = elapsed_() + metrics_interval;
    if (metrics_.empty()) return;
    try {
      write_metrics(metrics_, state_);
    } catch (const file_error& error) {
      if (!std::exchange(metrics_failed_, true)) warn(std::string(error.what()) + "; the run goes on");
    }
  }

  std::optional<run_log> log_{};
  std::string metrics_{}, host_ = host_name();
  run_state state_{};
  stopwatch elapsed_ = started_stopwatch();
  double interval_ = 0, next_line_ = 0, next_metrics_ = 0;
  bool log_failed_ = false, metrics_failed_ = false, signal_logged_ = false;
};

run_watch& this_run() {
  static run_watch run;
  return run;
}

}  // namespace

void set_command_line(int argc, char** argv) { this_run().command_line.assign(argv, argv + argc); }
void begin_run(const std::string& command, const run_options& options) { this_run().begin(command, options); }
bool run_is_watched() { return this_run().watched(); }
void log_training_begins(const watched_training& state) { this_run().show(state); }
bool time_for_log_training() { return this_run().is_time(); }
void log_training(const watched_training& state) { this_run().training_goes_on(state); }
void log_training_ends(const watched_training& state) { this_run().training_ends(state); }
void log_addition(const checkpoint_addition& made) { this_run().addition(made); }
void log_signal(int number) { this_run().signal(number); }
void log_warning(const std::string& message) { this_run().message("warning", message); }
void log_error(const std::string& message) { this_run().message("error", message); }
void log_end(int exit_code, const std::string& message) {
  if (this_run().watched()) this_run().end(exit_code, message);
}

}  // namespace gumbelcuda
