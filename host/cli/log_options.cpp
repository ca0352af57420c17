// SPDX-License-Identifier: Apache-2.0
#include "host/cli/log_options.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "host/checkpoint/paused_file.hpp"
#include "host/cli/csv_output.hpp"
#include "host/cli/file_kind.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/started_by_mpirun.hpp"
#include "host/files/atomic_file.hpp"

namespace gumbelcuda {
namespace {

using named_file = std::pair<std::string, std::string>;  // the option, the path

std::vector<named_file> other_files(const run_options& options) {
  std::vector<named_file> files{{"--out", options.out}, {"--csv", options.csv}};
  if (options.checkpoint.file.empty()) return files;
  std::vector<std::string> checkpoints{options.checkpoint.file};
  if (const long ranks = processes_of_mpirun(); ranks > 1)
    for (long rank = 0; rank < ranks; ++rank)
      checkpoints.push_back(options.checkpoint.file + "." + std::to_string(rank));
  for (const std::string& each : checkpoints)
    for (const std::string& path : {each, paused_path_of(each)}) files.emplace_back("--checkpoint", path);
  return files;
}

void expect_own_file(const std::string& flag, const std::string& path, const std::vector<named_file>& others) {
  for (const auto& [other, its_path] : others)
    if (!its_path.empty() && !is_standard_output(its_path) && same_destination(path, its_path))
      throw invalid_argument(flag, "'" + path + "' is the file of " + other + ", too");
}

// Refuses to write into what is something else.
void expect_beginning(const std::string& flag, const std::string& path, std::string_view beginning, const char* kind) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return;
  std::string there(beginning.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  if (file && (!file.read(there.data(), std::streamsize(there.size())) || there != beginning))
    throw invalid_argument(flag, "'" + path + "' is there and not " + kind + "; name another file");
}

}  // namespace

void add_log_options(flag_set& flags, log_options& options, bool trains) {
  flags.group("Logs");
  flags.add("--log-file", "FILE", options.file,
            {"append a line of JSON for each thing that happens (docs/command.md)"});
  if (!trains) return;
  flags.add("--log-interval", "SECONDS", options.interval,
            {"between two of its lines about the progress", "0.1 … 1e6", fmt::format("{}", options.interval)});
  flags.add("--metrics-file", "FILE", options.metrics,
            {"keep the run's state in FILE, as metrics for Prometheus' node exporter (docs/command.md)"});
}

void check_log_options(const run_options& options, const std::string& command) {
  const log_options& log = options.log;
  std::vector<named_file> others = other_files(options);
  if (!log.file.empty()) {
    if (is_standard_output(log.file))
      throw invalid_argument("--log-file", "'" + log.file +
                                               "' is standard output, which is for results; name a file, or "
                                               "/dev/stderr");
    refuse_other_kind("--log-file", log.file, kind_of_file::log, command);
    expect_own_file("--log-file", log.file, others);
    expect_beginning("--log-file", log.file, R"({"time":")", "a log");
    others.emplace_back("--log-file", log.file);
  }
  if (!log.metrics.empty()) {
    refuse_other_kind("--metrics-file", log.metrics, kind_of_file::metrics, command);
    expect_own_file("--metrics-file", log.metrics, others);
    expect_beginning("--metrics-file", log.metrics, "# TYPE gumbelcuda_", "metrics of gumbelcuda");
    atomic_file(log.metrics, temporary_file::unnamed_if_possible, durable::no);
  }
}

}  // namespace gumbelcuda
