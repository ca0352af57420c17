// SPDX-License-Identifier: Apache-2.0
// What a checkpoint's run was asked for, in C: every setting is there, and trains the same GANs again.
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

struct destroy_run {
  void operator()(gumbelcuda_kept_run* run) const { gumbelcuda_destroy_kept_run(run); }
};
using kept_run = std::unique_ptr<gumbelcuda_kept_run, destroy_run>;

// Of a checkpoint with these settings.
kept_run read_run(const std::string& settings) {
  const scratch_folder folder;
  const std::string file = folder / "run";
  EXPECT_TRUE(create_checkpoint(file, settings));
  gumbelcuda_kept_run* run = nullptr;
  EXPECT_EQ(gumbelcuda_read_kept_run(&run, file.c_str()), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  return kept_run(run);
}

gumbelcuda_kept_run_view view_of(const kept_run& run) {
  gumbelcuda_kept_run_view view{};
  view.struct_size = sizeof view;
  EXPECT_EQ(gumbelcuda_view_kept_run(run.get(), &view), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
  return view;
}

TEST(CKeptRun, HasTheSettingsOfAFleet) {
  fleet_config config;
  config.num_gans = 5;
  config.target = {.5, .25, .25};
  config.epochs = 3;
  config.steps_per_epoch = 4;
  config.batch_size = 7;
  config.generator_steps = 2;
  config.temperature = {.1f, .2f, .3f, .4f, 0};
  config.generator_learning_rate = {.01f};
  config.discriminator_learning_rate = {.01f, .02f, .03f, .04f, .05f};
  config.seed = 9;
  config.first_gan = 77;
  config.history_gans = 2;
  const kept_run run = read_run(bytes_of_settings(config));
  const gumbelcuda_kept_run_view view = view_of(run);
  ASSERT_NE(view.fleet, nullptr);
  EXPECT_EQ(view.sweep, nullptr);
  EXPECT_EQ(view.fleet->struct_size, sizeof *view.fleet);
  EXPECT_EQ(view.fleet->temperature.count, 5u);
  EXPECT_EQ(view.fleet->generator_learning_rate.count, 1u);
  expect_same(in_cpp(train(*view.fleet).get()), train_fleet(config));
}

TEST(CKeptRun, HasTheSettingsOfASweep) {
  for (const bool stops_early : {false, true}) {
    sweep_record record;
    record.config = mixed();
    record.config.history_gans = 3;
    record.config.first_gan = 77;
    if (stops_early) record.config.until_total_variation = .3;
    const kept_run run = read_run(bytes_of_settings(record));
    const gumbelcuda_kept_run_view view = view_of(run);
    ASSERT_NE(view.sweep, nullptr);
    EXPECT_EQ(view.fleet, nullptr);
    EXPECT_EQ(view.sweep->struct_size, sizeof *view.sweep);
    EXPECT_EQ(view.sweep->problem.count, 41u);
    EXPECT_EQ(view.sweep->generator_steps.count, 1u);
    EXPECT_EQ(view.sweep->until_total_variation != nullptr, stops_early);
    EXPECT_EQ(view.axes, 0u);
    EXPECT_EQ(view.axis, nullptr);
    EXPECT_EQ(view.data_count, 0u);
    expect_same(in_cpp(train(*view.sweep).get()), train_sweep(record.config));
  }
}

TEST(CKeptRun, KnowsTheDataByTheirHash) {
  sweep_record record;
  record.config.data = {0, 1, 1, 1};
  record.config.target = {{.25, .75}};
  record.config.order = data_order::iid;
  const kept_run run = read_run(bytes_of_settings(record));
  const gumbelcuda_kept_run_view view = view_of(run);
  ASSERT_NE(view.sweep, nullptr);
  EXPECT_EQ(view.data_count, 4u);
  EXPECT_EQ(view.data_hash, data_hash_of(record.config.data));
  EXPECT_EQ(view.sweep->data.count, 0u);
  EXPECT_EQ(view.sweep->order, GUMBELCUDA_DATA_ORDER_IID);
  ASSERT_EQ(view.sweep->target.count, 1u);
  EXPECT_EQ(copy(view.sweep->target.data, 2), record.config.target[0]);
}

TEST(CKeptRun, HasTheAxesOfTheCommand) {
  sweep_record record;
  record.config.num_gans = 4;
  record.axes = {{.name = "loss", .value = {0, 0, 1, 1}, .words = {"hinge", "saturating"}},
                 {.name = "replica", .value = {0, 1, 0, 1}}};
  const kept_run run = read_run(bytes_of_settings(record));
  const gumbelcuda_kept_run_view view = view_of(run);
  ASSERT_EQ(view.axes, 2u);
  EXPECT_STREQ(view.axis[0].name, "loss");
  EXPECT_EQ(copy(view.axis[0].value, 4), record.axes[0].value);
  ASSERT_EQ(view.axis[0].words, 2u);
  EXPECT_STREQ(view.axis[0].word[1], "saturating");
  EXPECT_STREQ(view.axis[1].name, "replica");
  EXPECT_EQ(copy(view.axis[1].value, 4), record.axes[1].value);
  EXPECT_EQ(view.axis[1].words, 0u);
  EXPECT_EQ(view.axis[1].word, nullptr);
}

TEST(CKeptRun, RefusesWhatIsWrong) {
  const scratch_folder folder;
  const std::string file = folder / "run";
  auto* run = reinterpret_cast<gumbelcuda_kept_run*>(1);
  EXPECT_EQ(gumbelcuda_read_kept_run(&run, file.c_str()), GUMBELCUDA_FILE_ERROR);
  EXPECT_EQ(run, nullptr);
  put(file, "nothing");
  EXPECT_EQ(gumbelcuda_read_kept_run(&run, file.c_str()), GUMBELCUDA_DAMAGED_FILE);
  EXPECT_EQ(gumbelcuda_last_error_message(), file + " is not a checkpoint");
  expect_refusal(gumbelcuda_read_kept_run(&run, nullptr), "file", "null");
  expect_refusal(gumbelcuda_read_kept_run(nullptr, file.c_str()), "run", "null");
  gumbelcuda_kept_run_view view{};
  view.struct_size = sizeof view;
  expect_refusal(gumbelcuda_view_kept_run(nullptr, &view), "run", "null");
  const kept_run one = read_run(bytes_of_settings(fleet_config{}));
  expect_refusal(gumbelcuda_view_kept_run(one.get(), nullptr), "view", "null");
  view.struct_size = 12;
  expect_refusal(gumbelcuda_view_kept_run(one.get(), &view), "view.struct_size", "12");
  gumbelcuda_destroy_kept_run(nullptr);
}

}  // namespace
}  // namespace gumbelcuda
