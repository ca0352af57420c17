// SPDX-License-Identifier: Apache-2.0
// The driver's small parts: how many GANs fit into memory, how many steps a launch has, which rows a copy has.
#include <gtest/gtest.h>

#include <numeric>

#include "gumbelcuda/fleet.hpp"
#include "host/cuda/handles.hpp"
#include "host/cuda/launch_pace.hpp"
#include "host/cuda/slice_size.hpp"
#include "tests/simt/runtime/fake_cuda.hpp"

namespace gumbelcuda {
namespace {

TEST(SliceSize, IsTheMostThatFits) {
  const fleet_config article;
  const gan_bytes bytes(article);
  EXPECT_EQ(bytes.each, 4u * (33 + 18));
  EXPECT_EQ(bytes.history, 4u * 5 * 200);
  const auto needed = [&](std::uint64_t gans, std::uint64_t with_history) {
    return gans * bytes.each + std::min(gans, with_history) * bytes.history;
  };
  for (const std::uint64_t left : {1, 5, 1000})
    for (const std::uint64_t with_history : {0, 1, 3, 1000})
      for (std::uint64_t memory = 0; memory < 50'000; memory += 101) {
        const std::uint64_t size = slice_size(bytes, left, std::min(left, with_history), memory);
        ASSERT_LE(size, left);
        ASSERT_LE(needed(size, with_history), memory);
        ASSERT_TRUE(size == left || needed(size + 1, with_history) > memory);
      }
}

TEST(SliceSize, HistoryBeyondAllMeasureFitsNowhere) {
  fleet_config config;
  config.epochs = std::int64_t{1} << 40;
  config.target.assign(1024, 1. / 1024);
  EXPECT_EQ(slice_size(gan_bytes(config), 1, 1, std::uint64_t{80} << 30), 0u);
}

TEST(SliceSize, PerGanValuesTakeRoom) {
  fleet_config config;
  config.num_gans = 2;
  config.temperature = {1, 2};
  config.discriminator_learning_rate = {1, 2};
  EXPECT_EQ(gan_bytes(config).each, 4u * (33 + 18 + 2));
}

TEST(Rows, AreReadAlikeInOneCopyAndInMany) {
  fake_cuda::install({.schedule = 1});
  {
    std::vector<float> values(30);
    std::iota(values.begin(), values.end(), 0.f);
    device_buffer<float> buffer;
    const cuda_stream stream = make_stream();
    to_device(buffer, values.data(), values.size(), stream);
    std::vector<float> at_once(30, -1), one_by_one(30, -1);
    read_rows(at_once.data(), buffer.data(), 3 * sizeof(float), 5, 6 * sizeof(float), stream);
    read_rows(one_by_one.data(), buffer.data(), 3 * sizeof(float), 5, 6 * sizeof(float), stream, 5);
    EXPECT_EQ(cudaStreamSynchronize(stream.get()), cudaSuccess);
    for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(at_once[i], i % 6 < 3 ? float(i) : -1.f);
    EXPECT_EQ(one_by_one, at_once);
  }
  EXPECT_TRUE(fake_cuda::offences().empty());
}

TEST(LaunchPace, FollowsWhatIsMeasured) {
  launch_pace pace;
  EXPECT_EQ(pace.steps(), 1u);
  pace.measured(1, 0);  // too short to measure
  EXPECT_EQ(pace.steps(), 8u);
  pace.measured(8, 16);
  EXPECT_EQ(pace.steps(), 25u);
  pace.measured(25, 5000);
  EXPECT_EQ(pace.steps(), 1u);
  pace.measured(1, 1e9);
  EXPECT_EQ(pace.steps(), 1u);
}

}  // namespace
}  // namespace gumbelcuda
