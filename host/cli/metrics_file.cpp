// SPDX-License-Identifier: Apache-2.0
#include "host/cli/metrics_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <initializer_list>
#include <utility>

#include "host/cli/peak_memory.hpp"
#include "host/cli/valid_text.hpp"
#include "host/cli/version.hpp"
#include "host/files/atomic_file.hpp"

namespace gumbelcuda {
namespace {

// Both formats know these three escapes, and no other.
std::string escaped(const std::string& value) {
  std::string text;
  for (const char c : valid_text(value)) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return text;
}

using labels = std::initializer_list<std::pair<const char*, std::string>>;

class metrics {
 public:
  explicit metrics(const std::string& run) : run_(run) {}

  template <class Value>
  void gauge(const std::string& name, const std::string& help, Value value, labels more = {}) {
    begin(name, "gauge", help);
    sample(name, value, more);
  }
  template <class Value>
  void counter(const std::string& name, const std::string& help, Value value) {
    begin(name, "counter", help);
    sample(name + "_total", value, {});
  }
  std::string text() const { return text_ + "# EOF\n"; }

 private:
  void begin(const std::string& name, const char* type, const std::string& help) {
    text_ += fmt::format("# TYPE gumbelcuda_{} {}\n", name, type);
    for (const char* unit : {"seconds", "bytes", "ratio"})
      if (name.ends_with(unit)) text_ += fmt::format("# UNIT gumbelcuda_{} {}\n", name, unit);
    text_ += fmt::format("# HELP gumbelcuda_{} {}\n", name, help);
  }
  template <class Value>
  void sample(const std::string& name, Value value, labels more) {
    text_ += fmt::format("gumbelcuda_{}{{run=\"{}\"", name, escaped(run_));
    for (const auto& [label, text] : more)
      if (!text.empty()) text_ += fmt::format(",{}=\"{}\"", label, escaped(text));
    text_ += fmt::format("}} {}\n", value);
  }

  const std::string& run_;
  std::string text_;
};

void add_training(metrics& all, const watched_training& training, bool ended) {
  all.gauge("gans", "GANs of the run, or of its shard.", training.num_gans);
  all.gauge("gans_resumed", "GANs that had ended before, and are in the checkpoint.", training.gans_resumed);
  all.counter("gans_ended", "GANs that have ended, those that had before among them.", training.gans_ended);
  if (training.gan_epochs) {
    all.gauge("gan_epochs", "Epochs of all GANs.", training.gan_epochs->total);
    all.counter("gan_epochs_done", "Epochs of GANs that have been trained.", training.gan_epochs->done);
  }
  all.gauge("progress_ratio", "Part of the training that is done.", training.estimate.part);
  all.counter("training_seconds", "Time spent training.", training.seconds);
  if (training.estimate.seconds_left && !ended)
    all.gauge("remaining_seconds", "Estimate of the time until the training ends.", *training.estimate.seconds_left);
}

void add_checkpoint(metrics& all, const checkpoint_additions& additions) {
  all.counter("checkpoint_additions", "Additions to the checkpoint.", additions.count);
  all.counter("checkpoint_gans", "GANs that were added to the checkpoint.", additions.gans);
  all.counter("checkpoint_bytes", "Bytes that were added to the checkpoint.", additions.bytes);
  all.counter("checkpoint_seconds", "Time spent adding to the checkpoint.", additions.seconds);
  if (additions.count > 0)
    all.gauge("checkpoint_last_time_seconds", "When something was last added, since 1970.", additions.last_time);
}

}  // namespace

std::string metrics_text(const run_state& state, const std::string& run) {
  metrics all(run);
  const training_hardware on = state.training ? state.training->trained_on : training_hardware{};
  all.gauge("run_info", "What runs; always 1.", 1,
            {{"version", version()},
             {"command", state.command},
             {"shard", state.shard},
             {"checkpoint", state.checkpoint},
             {"backend", on.backend},
             {"hardware", on.hardware}});
  all.gauge("start_time_seconds", "When the run began, since 1970.", state.start_time);
  all.gauge("running", "Whether the run goes on.", state.exit_code ? 0 : 1);
  if (state.exit_code) all.gauge("exit_code", "Exit code of a run that has ended.", *state.exit_code);
  if (state.training) add_training(all, *state.training, state.exit_code.has_value());
  if (!state.checkpoint.empty()) add_checkpoint(all, state.additions);
  all.counter("warnings", "Warnings.", state.warnings);
  all.gauge("peak_memory_bytes", "Most memory that the process has had.", peak_memory_bytes());
  return all.text();
}

std::string run_of_metrics_file(const std::string& path) { return std::filesystem::path(path).stem().string(); }

void write_metrics(const std::string& path, const run_state& state) {
  atomic_file file(path, temporary_file::unnamed_if_possible, durable::no);
  file.write(metrics_text(state, run_of_metrics_file(path)));
  file.commit();
}

}  // namespace gumbelcuda
