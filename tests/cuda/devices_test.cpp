// SPDX-License-Identifier: Apache-2.0
// Which devices the library lists, which of them train, and its message where there is none.
#include <gtest/gtest.h>

#include "gumbelcuda/fleet.hpp"
#include "tests/cuda/fake_devices.hpp"

namespace gumbelcuda {
namespace {

TEST(Devices, AreThoseOfTheMachine) {
  fake_cuda::install({.devices = 3, .memory = 12345});
  const std::vector<cuda_device> devices = cuda_devices();
  ASSERT_EQ(devices.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(devices[std::size_t(i)].number, i);
    EXPECT_EQ(devices[std::size_t(i)].name, i < 2 ? "Made Up A" : "Made Up B");
    EXPECT_EQ(devices[std::size_t(i)].compute_capability, 90);
    EXPECT_EQ(devices[std::size_t(i)].multiprocessors, 3);
    EXPECT_EQ(devices[std::size_t(i)].memory, 12345u);
  }
  EXPECT_EQ(cuda_problem(), "");
}

void expect_problem(const fake_cuda::machine& machine, const char* says) {
  SCOPED_TRACE(says);
  fake_cuda::install(machine);
  EXPECT_TRUE(cuda_devices().empty());
  EXPECT_EQ(cudaGetLastError(), cudaSuccess) << "left for the caller's next launch";
  EXPECT_NE(cuda_problem().find(says), std::string::npos) << cuda_problem();
  EXPECT_NE(cuda_problem().find("use the CPU backend"), std::string::npos) << cuda_problem();
  try {
    train_fleet(small_fleet(1), on_cuda());
    ADD_FAILURE() << "trained";
  } catch (const no_device& refused) {
    EXPECT_EQ(refused.what(), "backend cuda: " + cuda_problem());
  }
  EXPECT_EQ(train_fleet(small_fleet(1)).backend, "cpu");
}

TEST(Devices, ThatAreNotThereHaveAReason) {
  expect_problem({.driver_version = 0}, "there is no NVIDIA driver");
  expect_problem({.driver_version = 12040}, "is for CUDA 12.4, and this build needs 13.0");
  expect_problem({.devices = 0}, "sees no device");
  expect_problem({.failing_call = 1, .failure = cudaErrorUnknown, .lost = true}, "does not work (cudaGetDeviceCount: ");
}

std::string target_of(const std::vector<int>& devices, backend_kind backend = backend_kind::cuda) {
  fleet_execution execution = on_cuda(devices);
  execution.backend = backend;
  return train_fleet(small_fleet(6), execution).target;
}

TEST(Devices, AreTheFirstOrThoseThatAreNamed) {
  fake_cuda::install({.devices = 3});
  EXPECT_EQ(target_of({}), "Made Up A, sm_90");
  EXPECT_EQ(fake_cuda::steps_of_launches(1).size(), 0u);
  EXPECT_EQ(target_of({1, 2, 0}), "Made Up A, sm_90; Made Up B, sm_90");
  EXPECT_GT(fake_cuda::steps_of_launches(1).size(), 0u);
  EXPECT_EQ(target_of({}, backend_kind::automatic), "Made Up A, sm_90");
  EXPECT_EQ(target_of({2}, backend_kind::automatic), "Made Up B, sm_90");
}

TEST(Devices, AreNotUsedWhereItIsSaidHowTheCpuTrains) {
  fake_cuda::install({});
  fleet_execution execution;
  execution.threads = 1;
  EXPECT_EQ(train_fleet(small_fleet(1), execution).backend, "cpu");
  execution.threads = 0;
  execution.cpu_target = "scalar";
  EXPECT_EQ(train_fleet(small_fleet(1), execution).backend, "cpu");
}

void expect_refused(const fleet_execution& execution, const char* says) {
  try {
    train_fleet(small_fleet(1), execution);
    ADD_FAILURE() << "trained";
  } catch (const invalid_argument& refused) {
    EXPECT_EQ(refused.argument(), "devices");
    EXPECT_NE(std::string(refused.what()).find(says), std::string::npos) << refused.what();
  }
}

TEST(Devices, ThatAreUnknownOrNamedTwiceAreRefused) {
  fake_cuda::install({.devices = 2});
  expect_refused(on_cuda({2}), "2 is not among those of this machine: 0 (Made Up A), 1 (Made Up A)");
  expect_refused(on_cuda({0, -1}), "-1 is not among");
  expect_refused(on_cuda({1, 0, 1}), "1 is named twice");
  fleet_execution on_cpu = on_cuda({0});
  on_cpu.backend = backend_kind::cpu;
  expect_refused(on_cpu, "the CPU backend was asked for");
  fake_cuda::install({.driver_version = 0});
  fleet_execution automatic = on_cuda({0});
  automatic.backend = backend_kind::automatic;
  EXPECT_THROW(train_fleet(small_fleet(1), automatic), no_device);
}

}  // namespace
}  // namespace gumbelcuda
