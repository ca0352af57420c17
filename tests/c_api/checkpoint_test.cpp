// SPDX-License-Identifier: Apache-2.0
// Checkpoints in C: trainings that are stopped and go on, shards and their merge, what a checkpoint's run was asked
// for, refusals by name, additions that fail.
#include <cmath>
#include <functional>

#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "tests/c_api/c_training.hpp"
#include "tests/gan/same_result.hpp"
#include "tests/results/scratch_folder.hpp"
#include "tests/sweep/mixed_sweep.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_c;
using ::expect_same;

gumbelcuda_checkpoint checkpoint_at(const std::string& file, bool resume = false) {
  gumbelcuda_checkpoint kept{};
  kept.struct_size = sizeof kept;
  kept.file = file.c_str();
  kept.resume = resume;
  return kept;
}

// A fleet and a sweep of the same form: what one test does, it does with both.
struct of_fleet {
  using result = gumbelcuda_fleet_result;
  using view = gumbelcuda_fleet_view;
  static constexpr auto train = gumbelcuda_train_fleet_kept;
  static constexpr auto merge = gumbelcuda_merge_fleet;
  static constexpr auto look = gumbelcuda_view_fleet;

  // Half a second on one thread of the slowest instruction set.
  fleet_config config;
  gumbelcuda_fleet_config in_c;
  of_fleet() {
    config.num_gans = 24;
    config.target = {.5, .25, .25};
    config.epochs = 5;
    config.temperature.clear();
    for (int gan = 0; gan < 24; ++gan) config.temperature.push_back(.01f * float(gan));
    config.first_gan = 1000;
    config.history_gans = 15;
    in_c = testing_c::in_c(config);
  }
  fleet_result trained() const { return train_fleet(config); }
  std::string settings() const { return bytes_of_settings(config); }
};

struct of_sweep {
  using result = gumbelcuda_sweep_result;
  using view = gumbelcuda_sweep_view;
  static constexpr auto train = gumbelcuda_train_sweep_kept;
  static constexpr auto merge = gumbelcuda_merge_sweep;
  static constexpr auto look = gumbelcuda_view_sweep;

  sweep_config config;
  c_sweep c;
  gumbelcuda_sweep_config in_c;
  static sweep_config sweep_of_data() {
    sweep_config config;
    config.num_gans = 24;
    config.data = {0, 1, 2, 2, 1, 2, 0, 2};
    config.target = {{.25, .25, .5}};
    config.order = data_order::shuffled;
    config.epochs = {5};
    config.seed.clear();
    for (std::uint64_t gan = 0; gan < 24; ++gan) config.seed.push_back(100 + gan);
    config.first_gan = 1000;
    config.history_gans = 15;
    return config;
  }
  of_sweep() : config(sweep_of_data()), c(config), in_c(c.config) {}
  sweep_result trained() const { return train_sweep(config); }
  std::string settings() const {
    sweep_record record;
    record.config = config;
    return bytes_of_settings(record);
  }
};

template <class Of>
class CCheckpoint : public testing::Test {
 protected:
  using result_pointer = std::unique_ptr<typename Of::result, destroy_result>;

  result_pointer train(const gumbelcuda_checkpoint& kept, const gumbelcuda_training_execution* where = {}) const {
    typename Of::result* result = nullptr;
    EXPECT_EQ(Of::train(&result, &run.in_c, &kept, where), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
    return result_pointer(result);
  }
  result_pointer merge(const std::vector<const char*>& files) const {
    typename Of::result* result = nullptr;
    EXPECT_EQ(Of::merge(&result, files.data(), files.size()), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
    return result_pointer(result);
  }
  static typename Of::view view_of(const result_pointer& result) {
    typename Of::view view{};
    view.struct_size = sizeof view;
    EXPECT_EQ(Of::look(result.get(), &view), GUMBELCUDA_SUCCESS);
    return view;
  }
  // Of the file "shard 0", and so on.
  std::vector<std::string> train_shards(std::uint64_t shards) const {
    std::vector<std::string> files;
    for (std::uint64_t shard = 0; shard < shards; ++shard) {
      files.push_back(folder / ("shard " + std::to_string(shard)));
      gumbelcuda_checkpoint kept = checkpoint_at(files.back());
      kept.shard = shard;
      kept.shards = shards;
      const auto view = view_of(train(kept));
      EXPECT_EQ(view.num_gans, 24 / shards);
      EXPECT_EQ(view.first_gan, 1000 + shard * 24 / shards);
    }
    return files;
  }
  static std::uint64_t gans_in(const std::string& file) {
    std::uint64_t count = 0;
    read_records(file, [&](const checkpoint_record& record) { count += record.count; });
    return count;
  }

  Of run;
  scratch_folder folder;
};
struct names_of_kinds {
  template <class Of>
  static std::string GetName(int) {
    return std::is_same_v<Of, of_fleet> ? "Fleet" : "Sweep";
  }
};
using kinds = testing::Types<of_fleet, of_sweep>;
TYPED_TEST_SUITE(CCheckpoint, kinds, names_of_kinds);

int stop_after_a_third(void*, std::uint64_t done, std::uint64_t total) { return done >= total / 3; }
int count_call(void* context, std::uint64_t, std::uint64_t) {
  ++*static_cast<int*>(context);
  return 0;
}

TYPED_TEST(CCheckpoint, GoesOnWhereItWasStopped) {
  const std::string file = this->folder / "run";
  gumbelcuda_training_execution where = default_execution();
  where.backend = GUMBELCUDA_CPU;
  where.threads = 1;
  where.cpu_target = "scalar";
  where.on_progress = stop_after_a_third;
  auto* result = reinterpret_cast<typename TypeParam::result*>(1);
  const gumbelcuda_checkpoint begun = checkpoint_at(file);
  ASSERT_EQ(TypeParam::train(&result, &this->run.in_c, &begun, &where), GUMBELCUDA_INTERRUPTED);
  EXPECT_EQ(result, nullptr);
  const std::uint64_t kept = this->gans_in(file);
  EXPECT_GT(kept, 0u);
  EXPECT_LT(kept, 24u);

  where = default_execution();
  where.threads = 2;
  const auto trained = this->train(checkpoint_at(file, true), &where);
  expect_same(in_cpp(trained.get()), this->run.trained());
  EXPECT_EQ(this->view_of(trained).first_gan, 1000u);
  EXPECT_EQ(this->gans_in(file), 24u);

  int calls = 0;
  where.on_progress = count_call;
  where.context = &calls;
  expect_same(in_cpp(this->train(checkpoint_at(file, true), &where).get()), this->run.trained());
  EXPECT_EQ(calls, 0) << "it was all there";
  expect_same(in_cpp(this->merge({file.c_str()}).get()), this->run.trained());
}

TYPED_TEST(CCheckpoint, JoinsShardsInAnyOrder) {
  const std::vector<std::string> files = this->train_shards(3);
  const auto merged = this->merge({files[1].c_str(), files[2].c_str(), files[0].c_str()});
  expect_same(in_cpp(merged.get()), this->run.trained());
  const auto view = this->view_of(merged);
  EXPECT_EQ(view.first_gan, 1000u);
  EXPECT_STREQ(view.backend, "");
  EXPECT_STREQ(view.target, "");
  EXPECT_EQ(view.threads, 0u);
  EXPECT_EQ(view.seconds, 0);
}

TYPED_TEST(CCheckpoint, RefusesFilesThatAreNotOneRun) {
  const std::vector<std::string> files = this->train_shards(2);
  const auto refuse = [](const std::vector<const char*>& names, const char* name, const char* part) {
    auto* result = reinterpret_cast<typename TypeParam::result*>(1);
    expect_refusal(TypeParam::merge(&result, names.data(), names.size()), name, part);
    EXPECT_EQ(result, nullptr);
  };
  refuse({}, "files", "there are none");
  refuse({files[0].c_str(), nullptr}, "files[1]", "null");
  refuse({files[0].c_str()}, "files", "GAN 1012");
  refuse({files[0].c_str(), files[1].c_str(), files[0].c_str()}, "files", "GAN 1000");
  typename TypeParam::result* result = nullptr;
  expect_refusal(TypeParam::merge(&result, nullptr, 1), "files", "null");
  const char* const first = files[0].c_str();
  expect_refusal(TypeParam::merge(nullptr, &first, 1), "result", "null");
}

TYPED_TEST(CCheckpoint, RefusesWhatIsWrongByNameAndValue) {
  const std::string file = this->folder / "run";
  struct refusal {
    const char *name, *part;
    std::function<void(gumbelcuda_checkpoint&)> spoil;
  };
  const refusal refusals[] = {
      {"checkpoint.struct_size", "0 is not", [](auto& c) { c.struct_size = 0; }},
      {"checkpoint.file", "null", [](auto& c) { c.file = nullptr; }},
      {"checkpoint.file", "has no name", [](auto& c) { c.file = ""; }},
      {"checkpoint.resume", "2 is neither 0 nor 1", [](auto& c) { c.resume = 2; }},
      {"checkpoint.reserved", "1 is not 0", [](auto& c) { c.reserved = 1; }},
      {"checkpoint.interval", "-1 is not in", [](auto& c) { c.interval = -1; }},
      {"checkpoint.interval", "nan", [](auto& c) { c.interval = std::nan(""); }},
      {"checkpoint.shard", "1 of 1 is no shard", [](auto& c) { c.shard = 1; }},
      {"checkpoint.shards", "24 GANs cannot be divided by 25", [](auto& c) { c.shards = 25; }},
  };
  auto* result = reinterpret_cast<typename TypeParam::result*>(1);
  for (const refusal& r : refusals) {
    gumbelcuda_checkpoint kept = checkpoint_at(file);
    r.spoil(kept);
    expect_refusal(TypeParam::train(&result, &this->run.in_c, &kept, nullptr), r.name, r.part);
    EXPECT_EQ(result, nullptr);
    EXPECT_TRUE(this->folder.names().empty());
  }
  expect_refusal(TypeParam::train(&result, &this->run.in_c, nullptr, nullptr), "checkpoint", "null");
  gumbelcuda_checkpoint kept = checkpoint_at(file);
  expect_refusal(TypeParam::train(nullptr, &this->run.in_c, &kept, nullptr), "result", "null");
  gumbelcuda_training_execution where = default_execution();
  where.cpu_target = "mmx";
  expect_refusal(TypeParam::train(&result, &this->run.in_c, &kept, &where), "cpu_target", "mmx");
  EXPECT_TRUE(this->folder.names().empty()) << "nothing was trained";
}

TYPED_TEST(CCheckpoint, LeavesAFileThatIsRefusedAsItIs) {
  const std::string file = this->train_shards(2)[0];
  const std::string before = content(file);
  typename TypeParam::result* result = nullptr;
  const auto train = [&](bool resume, std::uint64_t shard) {
    gumbelcuda_checkpoint kept = checkpoint_at(file, resume);
    kept.shard = shard;
    kept.shards = 2;
    return TypeParam::train(&result, &this->run.in_c, &kept, nullptr);
  };
  expect_refusal(train(false, 0), "checkpoint.file", "already exists");
  expect_refusal(train(true, 1), "checkpoint.resume", "GAN 1000, which is of another shard");
  ++this->run.in_c.first_gan;
  expect_refusal(train(true, 0), "checkpoint.resume", "a run with other settings");
  --this->run.in_c.first_gan;
  EXPECT_EQ(content(file), before);

  std::string changed = before;
  changed.back() ^= 1;
  const std::string cut = before.substr(0, before.size() - 1);
  for (const std::string& damaged : {changed, cut, std::string("nothing")}) {
    put(file, damaged);
    EXPECT_EQ(train(true, 0), GUMBELCUDA_DAMAGED_FILE);
    EXPECT_NE(std::string(gumbelcuda_last_error_message()).find(file), std::string::npos);
    const char* const name = file.c_str();
    EXPECT_EQ(TypeParam::merge(&result, &name, 1), GUMBELCUDA_DAMAGED_FILE);
    EXPECT_EQ(content(file), damaged);
  }
  EXPECT_STREQ(gumbelcuda_status_string(GUMBELCUDA_DAMAGED_FILE), "damaged file");

  const std::string nowhere = this->folder / "no folder/run";
  const gumbelcuda_checkpoint kept = checkpoint_at(nowhere, true);
  EXPECT_EQ(TypeParam::train(&result, &this->run.in_c, &kept, nullptr), GUMBELCUDA_FILE_ERROR);
  EXPECT_STREQ(gumbelcuda_status_string(GUMBELCUDA_FILE_ERROR), "file error");
  const char* const name = nowhere.c_str();
  EXPECT_EQ(TypeParam::merge(&result, &name, 1), GUMBELCUDA_FILE_ERROR);
}

struct heard {
  int asked = 0, problems = 0, last = 0;
  std::string problem;
};

// On a disk that is full when there is a checkpoint without any GAN.
TYPED_TEST(CCheckpoint, TellsThatAnAdditionFailed) {
  const std::string file = this->folder / "run";
  heard told;
  gumbelcuda_checkpoint kept = checkpoint_at(file, true);
  kept.context = &told;
  kept.wants_addition = [](void* context) { return ++static_cast<heard*>(context)->asked; };
  kept.on_problem = [](void* context, const char* problem, int last) {
    auto& to = *static_cast<heard*>(context);
    ++to.problems;
    to.problem = problem;
    to.last += last;
  };
  gumbelcuda_training_execution where = default_execution();
  where.threads = 1;
  where.cpu_target = "scalar";
  ASSERT_TRUE(create_checkpoint(file, this->run.settings()));
  const std::uint64_t empty = content(file).size();
  {
    const file_size_limit full(empty);
    expect_same(in_cpp(this->train(kept, &where).get()), this->run.trained());
  }
  EXPECT_GT(told.asked, 0);
  EXPECT_GT(told.problems, 1) << "each addition that was asked for, and the last one";
  EXPECT_EQ(told.last, 1);
  EXPECT_NE(told.problem.find(file), std::string::npos) << told.problem;
  EXPECT_EQ(this->gans_in(file), 0u);

  kept.wants_addition = nullptr;
  kept.on_problem = nullptr;
  typename TypeParam::result* result = nullptr;
  {
    const file_size_limit full(empty);
    EXPECT_EQ(TypeParam::train(&result, &this->run.in_c, &kept, nullptr), GUMBELCUDA_FILE_ERROR);
  }
  expect_same(in_cpp(this->train(kept).get()), this->run.trained());
}

}  // namespace
}  // namespace gumbelcuda
