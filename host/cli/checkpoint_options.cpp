// SPDX-License-Identifier: Apache-2.0
#include "host/cli/checkpoint_options.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/paused_file.hpp"
#include "host/cli/csv_output.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/rank_training.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/started_by_mpirun.hpp"
#include "host/files/destination.hpp"

namespace gumbelcuda {
namespace {

// Of a Slurm job array, whose tasks may begin at any number and be any number apart.
shard shard_of_slurm(const std::string& flag) {
  const auto number = [&](const char* name) {
    const char* const text = std::getenv(name);
    if (text == nullptr)
      throw invalid_argument(flag, fmt::format("auto reads Slurm's {}, which is not set; write I/N", name));
    std::uint64_t value = 0;
    parse(name, text, value);
    return value;
  };
  const std::uint64_t task = number("SLURM_ARRAY_TASK_ID"), count = number("SLURM_ARRAY_TASK_COUNT");
  const std::uint64_t first = number("SLURM_ARRAY_TASK_MIN"), last = number("SLURM_ARRAY_TASK_MAX");
  const std::uint64_t step = count > 1 ? (last - first) / (count - 1) : 1;
  if (count == 0 || task < first || task > last || (task - first) % step != 0 || first + step * (count - 1) != last)
    throw invalid_argument(flag, "auto needs an array whose tasks are equally far apart");
  return {(task - first) / step, count};
}

void parse_shard(const std::string& flag, const std::string& given, std::optional<shard>& part) {
  if (given == "auto") {
    part = shard_of_slurm(flag);
    return;
  }
  const std::size_t slash = given.find('/');
  if (slash == std::string::npos) throw invalid_argument(flag, "'" + given + "' is not I/N, as 0/4, or auto");
  shard read;
  parse(flag, given.substr(0, slash), read.index);
  parse(flag, given.substr(slash + 1), read.count);
  if (read.index >= read.count)
    throw invalid_argument(flag, "'" + given + "' is not a shard: of N there are 0/N … (N − 1)/N");
  part = read;
}

}  // namespace

invalid_argument already_exists(const std::string& path) {
  return {"--checkpoint", "'" + path + "' already exists; go on with it (--resume) or remove it"};
}

void add_checkpoint_options(flag_set& flags, checkpoint_options& options) {
  flags.group("Checkpoints");
  flags.add("--checkpoint", "FILE", options.file,
            {"keep the results of GANs that have ended in FILE, from which --resume goes on however this run ends "
             "(docs/checkpoints.md)"});
  flags.add_switch("--resume", options.resume, "go on with the checkpoint; begin one if there is none");
  flags.add("--checkpoint-interval", "SECONDS", options.interval,
            {"between two additions; signals to end and SIGUSR1 make one at once", "0.1 … 1e6",
             fmt::format("{}", options.interval)});
  flags.add_conversion(
      "--shard", "I/N|auto",
      {"train part I of N equal ones, into the checkpoint; gumbelcuda merge joins them",
       "0/N … (N − 1)/N; auto: the task of a Slurm job array"},
      [&options](const std::string& flag, const std::string& given) { parse_shard(flag, given, options.part); });
}

gan_range check_checkpoint_options(const run_options& options, std::uint64_t num_gans) {
  const checkpoint_options& checkpoint = options.checkpoint;
  if (!(checkpoint.interval >= .1 && checkpoint.interval <= 1e6))
    throw invalid_argument("--checkpoint-interval", fmt::format("{} is not in 0.1 … 1e6", checkpoint.interval));
  if (checkpoint.file.empty() && checkpoint.resume)
    throw invalid_argument("--resume", "needs --checkpoint FILE, with which it goes on");
  if (checkpoint.file.empty() && checkpoint.part)
    throw invalid_argument("--shard", "needs --checkpoint FILE, for the results that gumbelcuda merge joins");
  if (!checkpoint.file.empty() && is_stream(checkpoint.file))
    throw invalid_argument("--checkpoint", "'" + checkpoint.file + "' is not a file");
  if (!checkpoint.file.empty() && !checkpoint.resume)
    for (const std::string& path : {checkpoint.file, paused_path_of(checkpoint.file)})
      if (path_exists(path)) throw already_exists(path);
  for (const auto& [flag, output] : {std::pair{"--out", options.out}, std::pair{"--csv", options.csv}})
    for (const std::string& path : {checkpoint.file, paused_path_of(checkpoint.file)})
      if (!output.empty() && !checkpoint.file.empty() && !is_stream(output) && same_destination(output, path))
        throw invalid_argument("--checkpoint", "'" + path + "' is the file of " + flag + ", too");
  if (processes_of_mpirun() > 1) check_rank_options(options);
  if (!checkpoint.part) return {0, num_gans};
  for (const auto& [flag, is_given] : {std::pair{"--out", !options.out.empty()},
                                       std::pair{"--csv", !options.csv.empty()}, std::pair{"--json", options.json}})
    if (is_given)
      throw invalid_argument(flag, "a shard's results are in its checkpoint; gumbelcuda merge writes those of the run");
  if (checkpoint.part->count > num_gans)
    throw invalid_argument(
        "--shard", fmt::format("{} GANs cannot be divided by {}", grouped(num_gans), grouped(checkpoint.part->count)));
  return equal_part(num_gans, checkpoint.part->index, checkpoint.part->count);
}

}  // namespace gumbelcuda
