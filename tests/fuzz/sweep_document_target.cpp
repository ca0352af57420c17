// SPDX-License-Identifier: Apache-2.0
// The file of a sweep, and the file with its data. An input is the one, then a byte 0, then the other, whose name is
// "data". What is read must be something that a checkpoint can keep.
#include <algorithm>

#include "host/checkpoint/run_settings.hpp"
#include "host/cli/sweep_plan.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace gumbelcuda::fuzz {
namespace {

// Bytes that a sweep may take here. libFuzzer sees one that takes much more (-malloc_limit_mb).
constexpr std::uint64_t available = 1 << 22;

std::string npy(const std::string& shape, const std::string& type, const std::string& numbers) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return "\x93NUMPY\x01" + std::string(1, '\0') + static_cast<char>(header.size()) + std::string(1, '\0') + header +
         numbers;
}

std::string with_data(const std::string& format, const std::string& data) {
  return "[gan]\ndata = \"data\"\ndata_format = \"" + format + "\"\ndata_order = \"shuffled\"\n" +
         std::string(1, '\0') + data;
}

std::string from_tokens(random_numbers& random) {
  constexpr std::string_view tokens[] = {"=",
                                         "[",
                                         "]",
                                         "{",
                                         "}",
                                         ",",
                                         "\n",
                                         ".",
                                         "\"",
                                         "[gan]\n",
                                         "[grid]\n",
                                         "[[zip]]\n",
                                         "[random]\n",
                                         "from = ",
                                         "to = ",
                                         "count = ",
                                         "scale = ",
                                         "\"log\"",
                                         "draws = ",
                                         "choices = ",
                                         "replicas = ",
                                         "target = ",
                                         "seed = ",
                                         "epochs = ",
                                         "hidden = ",
                                         "loss = ",
                                         "temperature = ",
                                         "1",
                                         "2",
                                         "-1",
                                         "0.5",
                                         "1e-3",
                                         "16777216",
                                         "4294967296",
                                         "9223372036854775807",
                                         "inf",
                                         "nan",
                                         "'''",
                                         "\"\"\"",
                                         "#",
                                         "history = \"all\"\n",
                                         "learning_rate = ",
                                         "batch_size = ",
                                         "initial_logits = ",
                                         "2020-01-01",
                                         "true"};
  return std::string(tokens[random.below(std::size(tokens))]);
}

}  // namespace

std::vector<std::string> seeds() {
  return {
      "replicas = 2\n[gan]\nepochs = 2\nsteps_per_epoch = 3\nhistory = \"all\"\ntarget = [0.25, 0.75]\nuntil_tv = 0.1\n"
      "temperature = {shape = \"cosine\", steps = [0, 10], temperatures = [1, 0.1]}\ngradient_samples = 8\n"
      "[grid]\nlearning_rate = {from = 1e-4, to = 1e-2, count = 3, scale = \"log\"}\nloss = [\"hinge\", "
      "\"wasserstein\"]\n"
      "hidden = [[], [4, 5]]\n[[zip]]\nbatch_size = [1, 2]\nestimator = [\"relaxed\", \"gumbel_rao\"]\n",
      "[random]\ndraws = 4\nrandom_seed = 7\nbeta_1 = {from = 0.1, to = 0.9}\nepochs = {from = 1, to = 3}\n"
      "optimizer = {choices = [\"adam\", \"sgd\"]}\ninitial_logits = {choices = [[], [1, 2, 3, 4, 5]]}\n",
      with_data("npy", npy("(4,)", "<i2", std::string("\0\0\1\0\2\0\1\0", 8))),
      with_data("npy", npy("(3,)", "|u1", std::string("\0\1\1", 3))),
      with_data("integers", "0\n1\r\n3\n"),
      with_data("letters", "Two words"),
      with_data("bytes", "abcab"),
  };
}

std::string changed(const std::string& input, random_numbers& random) {
  std::string bytes = input;
  if (random.once_in(2)) {
    change_bytes(bytes);
    return bytes;
  }
  const std::size_t place = random.below(bytes.size() + 1), end = std::min(bytes.size(), place + random.below(16));
  switch (random.below(3)) {
    case 0:
      return bytes.insert(place, from_tokens(random));
    case 1:
      return bytes.replace(place, end - place, from_tokens(random));
    default:
      return bytes.insert(place, std::string(bytes, random.below(bytes.size() + 1), random.below(32)));
  }
}

bool read(const std::string& input) {
  static const scratch_folder folder;
  const std::size_t end = std::min(input.find('\0'), input.size());
  put_file(folder / "sweep.toml", input.substr(0, end));
  put_file(folder / "data", input.substr(std::min(end + 1, input.size())));
  sweep_record record;
  try {
    sweep_plan plan = read_sweep_plan(folder / "sweep.toml", available);
    record.config = std::move(plan.config);
    record.axes = std::move(plan.axes);
  } catch (const invalid_argument&) {
    return false;
  }
  const std::string settings = bytes_of_settings(record);
  REQUIRE(bytes_of_settings(std::get<sweep_record>(settings_of_bytes(settings, "settings"))) == settings);
  return true;
}

}  // namespace gumbelcuda::fuzz
