// SPDX-License-Identifier: Apache-2.0
// Files of sweeps: what is written is read back; what is damaged, or of another kind, is refused.
#include "host/results/sweep_file.hpp"

#include <gtest/gtest.h>
#include <hdf5.h>

#include <functional>
#include <limits>

#include "host/results/result_seal.hpp"
#include "tests/results/example_fleet.hpp"
#include "tests/results/hdf5_edits.hpp"
#include "tests/results/scratch_folder.hpp"
#include "tests/results/small_sweep.hpp"
#include "tests/sweep/mixed_sweep.hpp"

namespace {

using namespace gumbelcuda;

void expect_same(const temperature_schedule& a, const temperature_schedule& b) {
  EXPECT_EQ(a.shape, b.shape);
  ASSERT_EQ(a.knot_count, b.knot_count);
  for (int knot = 0; knot < a.knot_count; ++knot) {
    EXPECT_EQ(a.knots[knot].step, b.knots[knot].step);
    EXPECT_EQ(a.knots[knot].temperature, b.knots[knot].temperature);
  }
}

void expect_same(const sweep_config& a, const sweep_config& b) {
  EXPECT_EQ(a.num_gans, b.num_gans);
  EXPECT_EQ(a.target, b.target);
  EXPECT_EQ(a.order, b.order);
  EXPECT_EQ(a.problem, b.problem);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.first_gan, b.first_gan);
  EXPECT_EQ(a.generator_learning_rate, b.generator_learning_rate);
  EXPECT_EQ(a.discriminator_learning_rate, b.discriminator_learning_rate);
  EXPECT_EQ(a.beta_1, b.beta_1);
  EXPECT_EQ(a.beta_2, b.beta_2);
  EXPECT_EQ(a.epsilon, b.epsilon);
  ASSERT_EQ(a.temperature.size(), b.temperature.size());
  for (std::size_t i = 0; i < a.temperature.size(); ++i) expect_same(a.temperature[i], b.temperature[i]);
  EXPECT_EQ(a.batch_size, b.batch_size);
  EXPECT_EQ(a.generator_steps, b.generator_steps);
  EXPECT_EQ(a.epochs, b.epochs);
  EXPECT_EQ(a.steps_per_epoch, b.steps_per_epoch);
  EXPECT_EQ(a.initial_logits, b.initial_logits);
  EXPECT_EQ(a.until_total_variation, b.until_total_variation);
  EXPECT_EQ(a.gradient_samples, b.gradient_samples);
  EXPECT_EQ(a.history_gans, b.history_gans);
}

struct sweep_file : testing::Test {
  scratch_folder folder;
  std::string path = folder / "a.h5";

  sweep_record round_trip(const sweep_record& record) {
    write_sweep_file(path, record);
    const sweep_record again = read_sweep_file(path);
    expect_same(record.config, again.config);
    expect_same(record.result, again.result);
    EXPECT_EQ(record.tolerance, again.tolerance);
    EXPECT_EQ(record.axes.size(), again.axes.size());
    for (std::size_t i = 0; i < std::min(record.axes.size(), again.axes.size()); ++i) {
      EXPECT_EQ(record.axes[i].name, again.axes[i].name);
      EXPECT_EQ(record.axes[i].value, again.axes[i].value);
      EXPECT_EQ(record.axes[i].words, again.axes[i].words);
      EXPECT_EQ(record.axes[i].logarithmic, again.axes[i].logarithmic);
    }
    return again;
  }
};

TEST_F(sweep_file, gives_back_what_was_written) {
  round_trip(small_sweep(true));
  round_trip(small_sweep(true, 0));
  round_trip(small_sweep(false));
}

TEST_F(sweep_file, of_one_gan_is_read_back) {
  sweep_record record = small_sweep(false, 0);
  record.config.num_gans = record.result.num_gans = 1;
  sweep_result& result = record.result;
  for (auto* values : {&result.total_variation, &result.generator_loss, &result.discriminator_loss}) values->resize(1);
  for (auto* values : {&result.distribution, &result.logits}) values->resize(5);
  for (auto* values : {&result.epochs, &result.steps}) values->resize(1);
  result.classes.resize(1);
  result.outcome.resize(1);
  round_trip(record);
}

TEST_F(sweep_file, has_the_same_bytes_whenever_it_is_written) {
  sweep_record record = small_sweep();
  write_sweep_file(path, record);
  record.result.seconds = 99;
  record.result.threads = 7;
  record.result.backend = "cuda";
  write_sweep_file(folder / "b.h5", record);
  EXPECT_EQ(content(path), content(folder / "b.h5"));
  EXPECT_LE(content(path).size(), sweep_file_bytes(record));
}

TEST_F(sweep_file, keeps_number_and_hash_of_the_data) {
  sweep_record record = small_sweep(false);
  record.config.data = {3, 0, 4};
  record.config.order = data_order::shuffled;
  write_sweep_file(path, record);
  const sweep_record again = read_sweep_file(path);
  EXPECT_EQ(again.data_count, 3u);
  // FNV-1a of 03000000 00000000 04000000.
  EXPECT_EQ(again.data_hash, data_hash_of(record.config.data));
  EXPECT_NE(again.data_hash, data_hash_of({0, 3, 4}));
  EXPECT_EQ(again.config.order, data_order::shuffled);
  EXPECT_TRUE(again.config.data.empty());
  write_sweep_file(folder / "b.h5", again);
  EXPECT_EQ(content(path), content(folder / "b.h5"));
}

TEST_F(sweep_file, histories_are_read_gan_by_gan) {
  const sweep_record record = small_sweep();
  write_sweep_file(path, record);
  use_sweep_file(path, {}, [&](const sweep_record& again, const sweep_histories& histories) {
    EXPECT_TRUE(again.result.history.empty());
    EXPECT_TRUE(again.result.history_generator_loss.empty());
    EXPECT_EQ(again.result.history_gans, 2u);
    EXPECT_EQ(again.result.classes, record.result.classes);
    const std::size_t row = record.result.history.size() / 2;
    std::vector<float> second(row);
    histories.history.copy(row, row, second.data());
    EXPECT_EQ(second,
              std::vector<float>(record.result.history.begin() + std::ptrdiff_t(row), record.result.history.end()));
    EXPECT_EQ(histories.history_total_variation.size(), record.result.history_total_variation.size());
  });
}

TEST_F(sweep_file, and_a_fleets_are_told_apart) {
  write_sweep_file(path, small_sweep());
  const auto config = example_config(3);
  write_result_file(folder / "fleet.h5", config, example_result(config));
  EXPECT_EQ(kind_of_result_file(path), result_kind::sweep);
  EXPECT_EQ(kind_of_result_file(folder / "fleet.h5"), result_kind::fleet);
  EXPECT_THROW(read_result_file(path), damaged_file);
  EXPECT_THROW(read_sweep_file(folder / "fleet.h5"), damaged_file);
  EXPECT_THROW(kind_of_result_file(folder / "none.h5"), file_error);
}

TEST_F(sweep_file, of_arrays_that_do_not_fit_is_not_written) {
  const auto refused = [&](const std::function<void(sweep_record&)>& change) {
    sweep_record record = small_sweep();
    change(record);
    EXPECT_THROW(write_sweep_file(path, record), invalid_argument);
  };
  refused([](sweep_record& record) { record.result.logits.pop_back(); });
  refused([](sweep_record& record) { record.result.num_gans = 5; });
  refused([](sweep_record& record) { record.result.outcome.push_back(gan_outcome::end); });
  refused([](sweep_record& record) { record.axes[0].value.pop_back(); });
  refused([](sweep_record& record) { record.config.seed.pop_back(); });
  refused([](sweep_record& record) { record.result.nonzero_gradients.pop_back(); });
  refused([](sweep_record& record) { record.result.gradient_variance.clear(); });
  refused([](sweep_record& record) { record.result.history.pop_back(); });
  EXPECT_TRUE(folder.names().empty());
}

struct damaged_sweep_file : sweep_file {
  std::string whole;

  void SetUp() override {
    write_sweep_file(path, small_sweep());
    whole = content(path);
    testing::internal::CaptureStderr();
  }
  void TearDown() override { EXPECT_EQ(testing::internal::GetCapturedStderr(), ""); }

  std::string complaint() {
    return message_of<damaged_file>([&] { read_sweep_file(path); });
  }
  // Changes the file and renews the seal, so that the checks behind it are reached.
  std::string after(const std::function<void(hid_t)>& change) {
    put(path, whole);
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    change(file);
    H5Fclose(file);
    file_checksum checksum;
    checksum.add(content(path));
    put(path, content(path) + checksum.seal());
    return complaint();
  }
};

TEST_F(damaged_sweep_file, is_refused_wherever_it_is_cut_or_changed) {
  for (std::size_t length = 0; length < whole.size(); length += whole.size() / 97) {
    put(path, whole.substr(0, length));
    complaint();
    std::string flipped = whole;
    flipped[length] = static_cast<char>(flipped[length] ^ 4);
    put(path, flipped);
    complaint();
  }
}

TEST_F(damaged_sweep_file, of_another_program_is_refused) {
  const auto number = [](const char* name, std::uint64_t value) {
    return [=](hid_t file) { replace_number(file, name, H5T_STD_U64LE, value); };
  };
  const auto signed_number = [](const char* name, std::uint64_t value) {
    return [=](hid_t file) { replace_number(file, name, H5T_STD_I64LE, value); };
  };
  EXPECT_NE(after(number("format_version", 2)).find("format_version is 2"), std::string::npos);
  after(number("num_gans", 0));
  after(number("num_gans", 7));
  after(number("num_gans", std::uint64_t{1} << 60));
  after(number("temperature_knots_at_most", 9));
  after(number("history_gans", 7));
  after(signed_number("classes", 5));
  after(signed_number("classes", 0));
  after(signed_number("epochs_at_most", 0));
  after(signed_number("data_order", 3));
  after(signed_number("gradient_samples", 1));
  after(signed_number("gradient_samples", static_cast<std::uint64_t>(-2)));
  after(signed_number("gradient_samples", std::uint64_t{1} << 40));
  for (const char* const name : {"axes", "axis_target", "gan_classes", "outcome", "loss", "target", "seed", "tolerance",
                                 "temperature", "gradient_variance", "history_total_variation"})
    after([name](hid_t file) { H5Ldelete(file, name, H5P_DEFAULT); });
  const auto values = [](const char* name, std::vector<float> numbers, std::vector<hsize_t> sizes) {
    return [=](hid_t file) { replace_values(file, name, numbers, sizes); };
  };
  after(values("total_variation", {1, 2, 3}, {3}));
  after(values("distribution", std::vector<float>(24, 2), {6, 4}));
  after(values("axis_target", std::vector<float>(6, 0), {6}));  // floats, where doubles are
}

TEST_F(damaged_sweep_file, with_numbers_that_nobody_knows_is_refused) {
  const auto overwrite = [](const char* name, auto value, hid_t type) {
    return [=](hid_t file) {
      std::vector<decltype(value)> values(6, value);
      const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
      H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      H5Dclose(dataset);
    };
  };
  const auto whole_number = [&](const char* name, std::int64_t value) {
    return after(overwrite(name, value, H5T_NATIVE_INT64));
  };
  EXPECT_NE(whole_number("loss", 4).find("loss"), std::string::npos);
  EXPECT_NE(whole_number("loss", -1).find("loss"), std::string::npos);
  EXPECT_NE(whole_number("outcome", 3).find("outcome"), std::string::npos);
  EXPECT_NE(whole_number("gan_classes", 5).find("gan_classes"), std::string::npos);
  EXPECT_NE(whole_number("gan_classes", 2).find("gan_classes"), std::string::npos);
  EXPECT_NE(whole_number("temperature_knots", 0).find("temperature_knots"), std::string::npos);
  EXPECT_NE(whole_number("temperature_shape", 3).find("temperature_shape"), std::string::npos);
  EXPECT_NE(whole_number("hidden_layers", 4).find("hidden_layers"), std::string::npos);
  EXPECT_NE(whole_number("batch_size", std::int64_t{1} << 40).find("batch_size"), std::string::npos);
  EXPECT_NE(after(overwrite("axis_target", 4., H5T_NATIVE_DOUBLE)).find("axis_target"), std::string::npos);
  EXPECT_NE(after(overwrite("axis_target", .5, H5T_NATIVE_DOUBLE)).find("axis_target"), std::string::npos);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(after(overwrite("axis_generator_learning_rate", nan, H5T_NATIVE_DOUBLE)).find("axis_generator"),
            std::string::npos);
  for (const std::int64_t epochs : {0, 5})
    EXPECT_NE(whole_number("trained_epochs", epochs).find("epochs"), std::string::npos);
  for (const std::int64_t steps : {std::int64_t{0}, std::int64_t{29}, std::numeric_limits<std::int64_t>::max()})
    EXPECT_NE(whole_number("trained_steps", steps).find("cannot have trained"), std::string::npos);
  EXPECT_NE(after(overwrite("total_variation", std::numeric_limits<float>::quiet_NaN(), H5T_NATIVE_FLOAT))
                .find("has no total variation"),
            std::string::npos);
  EXPECT_NE(after(overwrite("generator_learning_rate", -1.f, H5T_NATIVE_FLOAT)).find("generator_learning_rate"),
            std::string::npos);
}

}  // namespace
