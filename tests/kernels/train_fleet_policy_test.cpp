// SPDX-License-Identifier: Apache-2.0
// Which plan each fleet is trained with.
#include "kernels/fleet/policy.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "gumbelcuda/detail/gan/shape.hpp"

namespace gumbelcuda {
namespace {

constexpr int hundred = 100;  // multiprocessors, with capacity for 51,200 threads

std::string plan(int classes, int batch, std::uint64_t gans, int multiprocessors = hundred, bool racing = false) {
  return to_string(plan_train_fleet(classes, batch, gans, multiprocessors, racing));
}

TEST(TrainFleetPolicy, SmallFleetsGetAsManyLanesAsThereAreThreadsFor) {
  EXPECT_EQ(plan(5, 10, 1), "16 lanes a GAN, samples side by side, 10 at a time");
  EXPECT_EQ(plan(5, 10, 3200), "16 lanes a GAN, samples side by side, 10 at a time");
  EXPECT_EQ(plan(5, 10, 3201), "8 lanes a GAN, samples side by side, 10 at a time");
  EXPECT_EQ(plan(5, 10, 12800), "4 lanes a GAN, samples side by side, 10 at a time");
  EXPECT_EQ(plan(5, 10, 25600), "2 lanes a GAN, samples side by side, 10 at a time");
  EXPECT_EQ(plan(5, 10, 25601), "a GAN a thread");
  EXPECT_EQ(plan(5, 10, ~std::uint64_t{0}), "a GAN a thread");
}

TEST(TrainFleetPolicy, GroupsOfARaceMustBeFew) {
  EXPECT_EQ(plan(5, 10, 3200, hundred, true), "16 lanes a GAN, samples side by side, 10 at a time");
  EXPECT_EQ(plan(5, 10, 7199, hundred, true), "16 lanes a GAN, samples side by side, 10 at a time");
  EXPECT_EQ(plan(5, 10, 7200, hundred, true), "a GAN a thread");
  EXPECT_EQ(plan(6, 10, 9599, hundred, true), "4 lanes a GAN, samples side by side, 10 at a time");
  EXPECT_EQ(plan(6, 10, 9600, hundred, true), "a GAN a thread");
  EXPECT_EQ(plan(5, 11, 9599, hundred, true), "4 lanes a GAN, samples side by side, 11 at a time");
  EXPECT_EQ(plan(17, 10, 1600, hundred, true), "32 lanes a GAN, classes side by side");
}

TEST(TrainFleetPolicy, NoLaneIsWithoutASample) {
  EXPECT_EQ(plan(5, 1, 1), "a GAN a thread");
  EXPECT_EQ(plan(5, 2, 1), "2 lanes a GAN, samples side by side, 2 at a time");
  EXPECT_EQ(plan(5, 16, 1), "16 lanes a GAN, samples side by side, 16 at a time");
  EXPECT_EQ(plan(5, 17, 1), "32 lanes a GAN, samples side by side, 17 at a time");
  EXPECT_EQ(plan(16, 4096, 1), "32 lanes a GAN, samples side by side, 32 at a time");
}

TEST(TrainFleetPolicy, ManyClassesLieInLanes) {
  EXPECT_EQ(plan(16, 10, 1600), "16 lanes a GAN, samples side by side, 10 at a time");
  EXPECT_EQ(plan(17, 10, 1600), "32 lanes a GAN, classes side by side");
  EXPECT_EQ(plan(17, 10, 1601), "a GAN a thread");
  EXPECT_EQ(plan(32, 10, 1601), "a GAN a thread");
  for (const std::uint64_t gans : {std::uint64_t{1}, ~std::uint64_t{0}})
    for (const int classes : {33, 1024})
      EXPECT_EQ(plan(classes, 10, gans), "32 lanes a GAN, classes side by side") << classes;
}

TEST(TrainFleetPolicy, AnUnknownDeviceGetsWhatNeedsNoKnowledge) {
  EXPECT_EQ(plan(5, 10, 1, 0), "a GAN a thread");
  EXPECT_EQ(plan(32, 10, 1, 0), "a GAN a thread");
  EXPECT_EQ(plan(33, 10, 1, 0), "32 lanes a GAN, classes side by side");
}

// A launch that requested more shared memory than a block has would fail.
TEST(TrainFleetPolicy, EveryGroupHasRoom) {
  for (int classes = 1; classes <= short_sum_length; ++classes)
    for (int lanes = 2; lanes <= warp_size; lanes *= 2)
      for (int batch = 1; batch <= max_batch_size; ++batch) {
        const fleet_plan p = plan_samples_in_lanes(classes, batch, lanes);
        ASSERT_TRUE((group_memory{classes, p.samples}.fits(p.lanes))) << classes << ' ' << lanes << ' ' << batch;
        ASSERT_GE(p.samples, std::min(batch, lanes));
        ASSERT_LE(p.samples, batch);
      }
}

// For consecutive samples, wherever in a quad the first one is.
TEST(TrainFleetPolicy, RoomIsForEveryQuadThatIsTouched) {
  for (int samples = 1; samples <= 40; ++samples) {
    int most = 0;
    for (int first = 0; first < 4; ++first) most = std::max(most, (first + samples + 3) / 4);
    EXPECT_EQ((group_memory{5, samples}.quads()), most) << samples;
  }
}

}  // namespace
}  // namespace gumbelcuda
