// SPDX-License-Identifier: Apache-2.0
// For fuzz_arguments.cpp: the trainings of fuzz_training.hpp with checkpoints of any kind. A configuration that is
// refused without a checkpoint is refused with one; otherwise a run that is kept, resumed, or joined of its shards has
// the bytes of one without a checkpoint, and so has what its checkpoint says that it was asked for.
#pragma once

#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "tests/c_api/fuzz_memory.hpp"

namespace gumbelcuda::testing_c {

// A folder for checkpoints: in memory, if the machine has such a place. It is empty between two uses.
class checkpoint_folder {
 public:
  checkpoint_folder() {
    const std::filesystem::path memory = "/dev/shm";
    std::string name = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    name += "/gumbelcuda.XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~checkpoint_folder() { std::filesystem::remove_all(path_); }
  checkpoint_folder(const checkpoint_folder&) = delete;

  std::string name(std::uint64_t shard) const { return path_ + "/" + std::to_string(shard); }
  void empty() const {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) std::filesystem::remove(entry.path());
  }

 private:
  std::string path_;
};

// What is called for a fleet or a sweep.
template <class Result, class Config>
struct kept_functions {
  gumbelcuda_status (*train_alone)(Result**, const Config*, const gumbelcuda_training_execution*);
  gumbelcuda_status (*train)(Result**, const Config*, const gumbelcuda_checkpoint*,
                             const gumbelcuda_training_execution*);
  gumbelcuda_status (*merge)(Result**, const char* const*, std::size_t);
  void (*destroy)(Result*);
  const Config* gumbelcuda_kept_run_view::*config;
};

inline int asks_by_context(void* context) { return context != nullptr; }
inline void on_no_problem(void*, const char*, int) { std::abort(); }

inline gumbelcuda_checkpoint any_checkpoint(input& in, const char* file) {
  gumbelcuda_checkpoint kept{};
  kept.struct_size = in.once_in(32) ? in.number(sizeof kept + 16) : sizeof kept;
  kept.file = in.once_in(64) ? nullptr : in.once_in(64) ? "" : file;
  kept.resume = in.once_in(32) ? int(in.byte()) - 128 : in.byte() % 2;
  kept.reserved = in.once_in(64);
  const double intervals[] = {0, .1, 1e6, -1, .09, 1.1e6, std::numeric_limits<double>::quiet_NaN()};
  kept.interval = intervals[in.byte() % (in.once_in(16) ? std::size(intervals) : 3)];
  if (in.once_in(2)) kept.shards = in.number(4);
  if (kept.shards > 0) kept.shard = in.once_in(16) ? in.number(4) : in.byte() % kept.shards;
  if (in.once_in(2)) kept.wants_addition = asks_by_context;
  kept.on_problem = on_no_problem;
  if (in.once_in(2)) kept.context = &kept;
  return kept;
}

// What the library sees of the caller's struct.
inline gumbelcuda_checkpoint seen_of(const gumbelcuda_checkpoint& kept) {
  gumbelcuda_checkpoint seen{};
  std::memcpy(&seen, &kept, std::min(kept.struct_size, sizeof kept));
  return seen;
}
inline bool is_allowed(const gumbelcuda_checkpoint& kept, std::uint64_t num_gans) {
  const std::uint64_t shards = kept.shards == 0 ? 1 : kept.shards;
  return kept.struct_size >= 8 && kept.struct_size <= sizeof kept && kept.struct_size % 8 == 0 && kept.file &&
         *kept.file && (kept.resume == 0 || kept.resume == 1) && kept.reserved == 0 &&
         (kept.interval == 0 || (kept.interval >= .1 && kept.interval <= 1e6)) && kept.shard < shards &&
         shards <= num_gans;
}

template <class Result, class Config, class IsResult>
bool trains_as_its_run_says(const kept_functions<Result, Config>& c, const char* file, const Config& config,
                            IsResult is_result) {
  gumbelcuda_kept_run* run = nullptr;
  REQUIRE(gumbelcuda_read_kept_run(&run, file) == GUMBELCUDA_SUCCESS);
  gumbelcuda_kept_run_view view{};
  view.struct_size = sizeof view;
  REQUIRE(gumbelcuda_view_kept_run(run, &view) == GUMBELCUDA_SUCCESS);
  REQUIRE((view.fleet == nullptr) != (view.sweep == nullptr));
  REQUIRE(view.*c.config != nullptr);
  bool same = true;
  std::size_t data = 0;
  if constexpr (requires { config.data; }) data = config.data.count;
  if (data > 0) {
    REQUIRE(view.data_count == data);
  } else {
    Result* trained = nullptr;
    REQUIRE(c.train_alone(&trained, view.*c.config, nullptr) == GUMBELCUDA_SUCCESS);
    same = is_result(trained);
  }
  gumbelcuda_destroy_kept_run(run);
  return same;
}

// accepted: what the configuration gives without a checkpoint; null if it is refused.
template <class Result, class Config, class BytesOf>
void keeps(const kept_functions<Result, Config>& c, input& in, const Config& config, const Result* accepted,
           BytesOf bytes_of, bool (*answers)(gumbelcuda_status)) {
  static const checkpoint_folder folder;
  gumbelcuda_training_execution where{};
  where.struct_size = sizeof where;
  where.threads = 1;
  Result* trained = nullptr;
  const auto is_result = [&](Result* found) {
    const bool same = bytes_of(found) == bytes_of(accepted);
    c.destroy(found);
    return same;
  };
  const auto train = [&](const gumbelcuda_checkpoint& kept) {
    // The struct occupies exactly the number of bytes that it states.
    const std::vector<std::uint64_t> copy(
        reinterpret_cast<const std::uint64_t*>(&kept),
        reinterpret_cast<const std::uint64_t*>(&kept) + std::clamp<std::size_t>(kept.struct_size, 8, sizeof kept) / 8);
    return answers(c.train(&trained, &config, reinterpret_cast<const gumbelcuda_checkpoint*>(copy.data()), &where));
  };

  const std::string names[] = {folder.name(0), folder.name(1), folder.name(2), folder.name(3)};
  gumbelcuda_checkpoint kept = any_checkpoint(in, names[0].c_str());
  const gumbelcuda_checkpoint seen = seen_of(kept);
  const bool expected = accepted && is_allowed(seen, config.num_gans);
  REQUIRE(train(kept) == expected);
  REQUIRE((trained != nullptr) == expected);
  REQUIRE(std::filesystem::exists(names[0]) == expected);
  if (!expected) return;
  const std::uint64_t shards = seen.shards == 0 ? 1 : seen.shards;
  REQUIRE(is_result(trained) || shards > 1);
  kept = seen;
  kept.struct_size = sizeof kept;
  kept.resume = 0;
  REQUIRE(!train(kept));
  kept.resume = 1;
  std::vector<const char*> files;
  for (std::uint64_t i = 0; i < shards; ++i) {
    kept.shard = (seen.shard + i) % shards;
    kept.file = names[i].c_str();
    files.push_back(kept.file);
    REQUIRE(train(kept));
    c.destroy(trained);
  }
  REQUIRE(c.merge(&trained, files.data(), files.size()) == GUMBELCUDA_SUCCESS);
  REQUIRE(is_result(trained));
  files.push_back(files[in.byte() % files.size()]);
  REQUIRE(!answers(c.merge(&trained, files.data(), files.size())));
  if (shards > 1) REQUIRE(!answers(c.merge(&trained, files.data(), 1)));
  REQUIRE(trains_as_its_run_says(c, files[0], config, is_result));
  folder.empty();
}

}  // namespace gumbelcuda::testing_c
