// SPDX-License-Identifier: Apache-2.0
#include "host/cli/rank_training.hpp"

#include <cctype>

namespace gumbelcuda {

std::vector<std::string> checkpoints_of_ranks(const std::string& file) {
  namespace fs = std::filesystem;
  const fs::path path(file);
  const std::string beginning = path.filename().string() + ".";
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(path.has_parent_path() ? path.parent_path() : fs::path("."))) {
    const std::string name = entry.path().filename().string();
    const std::string number = name.starts_with(beginning) ? name.substr(beginning.size()) : "";
    const bool is_number = !number.empty() && number.size() < 10 && (number == "0" || number[0] != '0') &&
                           std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c); });
    if (is_number) found.push_back(file + "." + number);
  }
  return found;
}

void check_rank_options(const run_options& options) {
  const checkpoint_options& checkpoint = options.checkpoint;
  if (checkpoint.file.empty())
    throw invalid_argument("--checkpoint",
                           "is needed with mpirun: each process keeps its results in FILE.0, FILE.1, …");
  if (checkpoint.part) throw invalid_argument("--shard", "cannot be given with mpirun, whose processes share the run");
}

void expect_no_checkpoints(const checkpoint_options& options) {
  if (const std::vector<std::string> there = checkpoints_of_ranks(options.file); !there.empty())
    throw already_exists(there.front());
}

std::vector<int> device_of_rank(const run_options& options, int number_on_this_machine) {
  if (options.execution.backend == backend_kind::cpu) return {};
  const std::vector<cuda_device> devices = cuda_devices();
  if (devices.empty()) return {};
  return {devices[static_cast<std::size_t>(number_on_this_machine) % devices.size()].number};
}

}  // namespace gumbelcuda
