// SPDX-License-Identifier: Apache-2.0
// A file that is written reads back the same; its bytes depend only on the configuration and the result; and a failed
// write leaves the old file. result_file_damage_test.cpp tests invalid files.
#include "host/results/result_file.hpp"

#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

#include <cmath>
#include <ctime>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "host/results/result_layout.hpp"
#include "tests/results/example_fleet.hpp"
#include "tests/results/scratch_folder.hpp"

namespace {

using gumbelcuda::read_result_file;
using gumbelcuda::write_result_file;

TEST(result_file, gives_everything_back) {
  const scratch_folder folder;
  auto config = example_config(40, 7);
  config.temperature.assign(40, .5f);
  config.temperature[3] = .25f;
  config.discriminator_learning_rate = {.125f};
  config.steps_per_epoch = 17, config.batch_size = 19, config.generator_steps = 23;
  const auto result = example_result(config);
  write_result_file(folder / "a.h5", config, result);
  const auto found = read_result_file(folder / "a.h5");

  EXPECT_EQ(found.config.num_gans, 40u);
  EXPECT_EQ(found.config.target, config.target);
  EXPECT_EQ(found.config.epochs, 3);
  EXPECT_EQ(found.config.steps_per_epoch, 17);
  EXPECT_EQ(found.config.batch_size, 19);
  EXPECT_EQ(found.config.generator_steps, 23);
  EXPECT_EQ(found.config.temperature, config.temperature);
  EXPECT_EQ(found.config.generator_learning_rate, config.generator_learning_rate);
  EXPECT_EQ(found.config.discriminator_learning_rate, config.discriminator_learning_rate);
  EXPECT_EQ(found.config.seed, config.seed);
  EXPECT_EQ(found.config.first_gan, config.first_gan);
  EXPECT_EQ(found.config.history_gans, 7u);
  EXPECT_EQ(found.result.num_gans, 40u);
  EXPECT_EQ(found.result.classes, 5);
  EXPECT_EQ(found.result.distribution, result.distribution);
  EXPECT_EQ(found.result.logits, result.logits);
  EXPECT_EQ(found.result.weights, result.weights);
  EXPECT_EQ(found.result.bias, result.bias);
  EXPECT_EQ(found.result.generator_loss, result.generator_loss);
  EXPECT_EQ(found.result.discriminator_loss, result.discriminator_loss);
  EXPECT_EQ(found.result.history, result.history);
  EXPECT_EQ(found.distances.total_variation, gumbelcuda::total_variation(result.distribution, 5, config.target));
  EXPECT_EQ(found.distances.kl_divergence, gumbelcuda::kl_divergence(result.distribution, 5, config.target));
  EXPECT_EQ(folder.names(), std::set<std::string>{"a.h5"});
}

TEST(result_file, gives_numbers_back_that_are_not_finite) {
  const scratch_folder folder;
  const auto config = example_config(2);
  auto result = example_result(config);
  result.logits[3] = std::numeric_limits<float>::quiet_NaN();
  result.bias[1] = -std::numeric_limits<float>::infinity();
  write_result_file(folder / "a.h5", config, result);
  const auto found = read_result_file(folder / "a.h5");
  EXPECT_TRUE(std::isnan(found.result.logits[3]));
  EXPECT_EQ(found.result.bias[1], result.bias[1]);
}

TEST(result_file, same_fleet_same_bytes) {
  const scratch_folder folder;
  const auto config = example_config(300, 20);
  auto result = example_result(config);
  write_result_file(folder / "a.h5", config, result);
  // Changes all that may differ between two runs with the same outcome, and the clock.
  result.backend = "cuda", result.target = "sm_90", result.threads = 0, result.seconds = 1e-3;
  struct stat written;
  ASSERT_EQ(stat((folder / "a.h5").c_str(), &written), 0);
  while (time(nullptr) <= written.st_mtim.tv_sec) usleep(10'000);
  write_result_file(folder / "a second name.h5", config, result);
  EXPECT_TRUE(content(folder / "a.h5") == content(folder / "a second name.h5"));

  auto other = config;
  ++other.seed;
  write_result_file(folder / "b.h5", other, result);
  EXPECT_FALSE(content(folder / "a.h5") == content(folder / "b.h5"));
}

TEST(result_file, describes_itself_to_any_reader) {
  const scratch_folder folder;
  const auto config = example_config(4, 2);
  write_result_file(folder / "a.h5", config, example_result(config));
  const hid_t file = H5Fopen((folder / "a.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  // These and no others: a time or a thread count would make the files of two runs differ.
  std::set<std::string> attributes;
  const auto add_name = [](hid_t, const char* name, const H5A_info_t*, void* found) -> herr_t {
    static_cast<std::set<std::string>*>(found)->insert(name);
    return 0;
  };
  ASSERT_GE(H5Aiterate2(file, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add_name, &attributes), 0);
  EXPECT_EQ(attributes, (std::set<std::string>{"format", "format_version", "library_version", "stream_version", "seed",
                                               "first_gan", "num_gans", "classes", "epochs", "steps_per_epoch",
                                               "batch_size", "generator_steps", "history_gans"}));
  for (const char* name :
       {"target", "temperature", "generator_learning_rate", "discriminator_learning_rate", "distribution", "logits",
        "weights", "bias", "generator_loss", "discriminator_loss", "history", "total_variation", "kl_divergence", "gan",
        "class", "epoch", "history_gan", "gan_classes"})
    EXPECT_GT(H5Aexists_by_name(file, name, "description", H5P_DEFAULT), 0) << name;
  H5Fclose(file);
}

// recorded/version2.h5 has the configuration example_config(6, 2) of below and its example_result(). It was written
// when 2 was the newest version.
TEST(result_file, version_2_is_still_read) {
  const auto found = read_result_file(GUMBELCUDA_RECORDED_FILES "/version2.h5");
  auto config = example_config(6, 2);
  const auto result = example_result(config);
  EXPECT_EQ(found.format_version, 2u);
  EXPECT_EQ(found.config.seed, config.seed);
  EXPECT_EQ(found.config.steps_per_epoch, 17);
  EXPECT_EQ(found.config.temperature, (std::vector<float>{.5f, .25f, .125f, 1, 2, 4}));
  EXPECT_EQ(found.config.generator_learning_rate, config.generator_learning_rate);
  EXPECT_EQ(found.result.distribution, result.distribution);
  EXPECT_EQ(found.result.logits, result.logits);
  EXPECT_EQ(found.result.discriminator_loss, result.discriminator_loss);
  EXPECT_EQ(found.result.history, result.history);
  EXPECT_EQ(found.distances.total_variation, gumbelcuda::total_variation(result.distribution, 5, config.target));
}

TEST(result_file, is_read_row_by_row) {
  const scratch_folder folder;
  const auto config = example_config(6, 2);
  const auto result = example_result(config);
  write_result_file(folder / "a.h5", config, result);
  gumbelcuda::use_result_file(folder / "a.h5", {}, [&](const gumbelcuda::open_fleet& fleet) {
    EXPECT_EQ(fleet.config.history_gans, 2u);
    std::vector<float> distribution(10), history(15);
    fleet.rows.distribution.copy(15, 10, distribution.data());
    EXPECT_EQ(distribution, std::vector<float>(result.distribution.begin() + 15, result.distribution.begin() + 25));
    fleet.rows.history.copy(15, 15, history.data());
    EXPECT_EQ(history, std::vector<float>(result.history.begin() + 15, result.history.end()));
  });
}

// The size that is checked before training: never less than the file's, and not much more.
TEST(result_file, has_the_bytes_that_were_announced) {
  const scratch_folder folder;
  for (const std::uint64_t gans : {1, 100, 20'000}) {
    auto config = example_config(gans, gans / 2);
    if (gans == 100) config.temperature.assign(100, .5f);
    write_result_file(folder / "a.h5", config, example_result(config));
    const std::uint64_t announced = gumbelcuda::result_layout::file_bytes(config);
    const std::uint64_t found = std::filesystem::file_size(folder / "a.h5");
    EXPECT_LE(found, announced) << gans;
    EXPECT_GE(found + gumbelcuda::result_layout::structure_bytes, announced) << gans;
  }
  auto config = example_config(~0ull, ~0ull);
  EXPECT_EQ(gumbelcuda::result_layout::file_bytes(config), ~0ull);
}

TEST(result_file, that_cannot_be_finished_leaves_the_old_file) {
  const scratch_folder folder;
  const auto config = example_config(2'000, 100);
  const auto result = example_result(config);
  write_result_file(folder / "whole.h5", config, result);
  const auto size = std::filesystem::file_size(folder / "whole.h5");
  put(folder / "a.h5", "old");
  for (std::uintmax_t bytes = 0; bytes < size; bytes += size / 40) {
    const file_size_limit limit(bytes);
    testing::internal::CaptureStderr();
    const std::string message =
        message_of<gumbelcuda::file_error>([&] { write_result_file(folder / "a.h5", config, result); });
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_NE(message.find("larger than files may be"), std::string::npos) << message;
    EXPECT_EQ(content(folder / "a.h5"), "old");
    EXPECT_EQ(folder.names(), (std::set<std::string>{"a.h5", "whole.h5"}));
  }
  // HDF5 still works as before.
  write_result_file(folder / "a.h5", config, result);
  EXPECT_TRUE(content(folder / "a.h5") == content(folder / "whole.h5"));
}

TEST(result_file, result_must_fit_its_configuration) {
  const scratch_folder folder;
  auto config = example_config(10, 2);
  const auto result = example_result(config);
  const auto refuses = [&](const gumbelcuda::fleet_config& c, const gumbelcuda::fleet_result& r) {
    EXPECT_THROW(write_result_file(folder / "a.h5", c, r), gumbelcuda::invalid_argument);
  };
  auto wrong = result;
  wrong.weights.pop_back();
  refuses(config, wrong);
  wrong = result;
  wrong.num_gans = 9;
  refuses(config, wrong);
  config.temperature = {1, 2};
  refuses(config, result);
  EXPECT_EQ(folder.names(), std::set<std::string>{});
}

}  // namespace
