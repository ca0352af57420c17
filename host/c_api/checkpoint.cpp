// SPDX-License-Identifier: Apache-2.0
// Implements the trainings and merges of gumbelcuda/c/checkpoint.h: turns a checkpoint in C into one in C++.
#include "gumbelcuda/checkpoint.hpp"

#include <string>
#include <utility>
#include <vector>

#include "gumbelcuda/c/checkpoint.h"
#include "host/c_api/training.hpp"
#include "host/checkpoint/train_into_checkpoint.hpp"

namespace gumbelcuda::c_api {
namespace {

checkpoint checkpoint_from_c(const gumbelcuda_checkpoint* in_c) {
  const gumbelcuda_checkpoint c = read(in_c, "checkpoint", "checkpoint.struct_size");
  check_not_null("checkpoint.file", c.file);
  check_reserved(c.reserved, "checkpoint");
  if (c.resume != 0 && c.resume != 1)
    throw invalid_argument("checkpoint.resume", std::to_string(c.resume) + " is neither 0 nor 1");
  checkpoint kept{.file = c.file, .resume = c.resume == 1, .shard = c.shard};
  set_if_given(kept.interval, c.interval);
  set_if_given(kept.shards, c.shards);
  if (c.wants_addition) kept.wants_addition = [c] { return c.wants_addition(c.context) != 0; };
  if (c.on_problem)
    kept.on_problem = [c](const std::string& problem, bool last) { c.on_problem(c.context, problem.c_str(), last); };
  return kept;
}

// The first GAN of what is trained.
template <class Config>
std::uint64_t first_gan(const Config& config, const checkpoint& kept) {
  return config.first_gan + gans_of_shard(kept, config.num_gans).first;
}

// merge(files) gives a Result.
template <class Result, class Merge>
gumbelcuda_status merge_new(Result** result, const char* const* files, std::size_t count, Merge merge) {
  return answer([&] {
    check_not_null("result", result);
    *result = nullptr;
    if (count > 0) check_not_null("files", files);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
      check_not_null(("files[" + std::to_string(i) + "]").c_str(), files[i]);
      names.emplace_back(files[i]);
    }
    *result = new Result(merge(names));
  });
}

}  // namespace
}  // namespace gumbelcuda::c_api

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_train_fleet_kept(gumbelcuda_fleet_result** result, const gumbelcuda_fleet_config* config,
                                              const gumbelcuda_checkpoint* checkpoint,
                                              const gumbelcuda_training_execution* execution) {
  return train_new(result, config, execution, [&](const auto& in_cpp, const auto& where) {
    const auto kept = checkpoint_from_c(checkpoint);
    return gumbelcuda_fleet_result{train_fleet(in_cpp, kept, where), in_cpp.epochs, first_gan(in_cpp, kept)};
  });
}

gumbelcuda_status gumbelcuda_train_sweep_kept(gumbelcuda_sweep_result** result, const gumbelcuda_sweep_config* config,
                                              const gumbelcuda_checkpoint* checkpoint,
                                              const gumbelcuda_training_execution* execution) {
  return train_new(result, config, execution, [&](const auto& in_cpp, const auto& where) {
    const auto kept = checkpoint_from_c(checkpoint);
    return gumbelcuda_sweep_result{train_sweep(in_cpp, kept, where), first_gan(in_cpp, kept)};
  });
}

gumbelcuda_status gumbelcuda_merge_fleet(gumbelcuda_fleet_result** result, const char* const* files, size_t count) {
  return merge_new(result, files, count, [](const auto& names) {
    merged_fleet merged = merge_fleet(names);
    return gumbelcuda_fleet_result{std::move(merged.result), merged.config.epochs, merged.config.first_gan};
  });
}

gumbelcuda_status gumbelcuda_merge_sweep(gumbelcuda_sweep_result** result, const char* const* files, size_t count) {
  return merge_new(result, files, count, [](const auto& names) {
    merged_sweep merged = merge_sweep(names);
    return gumbelcuda_sweep_result{std::move(merged.result), merged.config.first_gan};
  });
}
