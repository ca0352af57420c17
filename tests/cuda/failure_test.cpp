// SPDX-License-Identifier: Apache-2.0
// Makes every runtime call fail once, alone and together with all calls after it: the result must be an exception that
// names the call, nothing left behind, and no hang.
#include <gtest/gtest.h>

#include "gumbelcuda/fleet.hpp"
#include "tests/cuda/fake_devices.hpp"

namespace gumbelcuda {
namespace {

fleet_config fleet_with_everything() {
  fleet_config config = small_fleet(6);
  config.history_gans = 3;
  config.temperature = {1e-3f, 1e-2f, .1f, .2f, .3f, .4f};
  return config;
}

// Devices so small that each of the two trains two slices.
fake_cuda::machine two_small_devices(std::uint64_t schedule) {
  return {.devices = 2, .memory = (66'600 + 2 * 4 * (33 + 18 + 1 + 15)) * 8 / 7, .schedule = schedule};
}

// Failures that are not reported: of calls that only release resources, and of page locking, without which copies still
// work.
bool is_no_loss(const std::string& call) {
  for (const char* name : {"cudaHostRegister", "cudaHostUnregister", "cudaFree", "cudaStreamSynchronize",
                           "cudaStreamDestroy", "cudaEventDestroy"})
    if (call == name) return true;
  return false;
}

TEST(Failure, OfAnyCallIsAnExceptionThatLeavesNothingBehind) {
  const fleet_config config = fleet_with_everything();
  const fleet_result expected = train_on_cpu(config);
  fake_cuda::install(two_small_devices(0));
  train_fleet(config, on_cuda({0, 1}));
  const std::uint64_t calls = fake_cuda::calls();
  ASSERT_GT(calls, 100u);
  for (const int device : {0, 1}) ASSERT_GE(fake_cuda::steps_of_launches(device).size(), 2 * 3u) << "not in slices";

  for (const bool lost : {false, true})
    for (std::uint64_t call = 1; call <= calls; ++call) {
      SCOPED_TRACE(testing::Message() << "call " << call << (lost ? " and all after it" : ""));
      fake_cuda::machine machine = two_small_devices(call % 3);
      machine.failing_call = call;
      machine.lost = lost;
      fake_cuda::install(machine);
      try {
        expect_same(train_fleet(config, on_cuda({0, 1})), expected);
        for (const std::string& name : fake_cuda::failed_calls()) EXPECT_TRUE(is_no_loss(name)) << name;
      } catch (const error& failure) {
        const std::string message = failure.what();
        EXPECT_EQ(message.rfind("backend cuda", 0), 0u) << message;
        EXPECT_NE(message.find(": cudaErrorMadeUp, made-up error"), std::string::npos) << message;
        bool named = false;
        for (const std::string& name : fake_cuda::failed_calls()) named |= message.find(name) != std::string::npos;
        EXPECT_TRUE(named) << message;
      }
      expect_no_offences();
    }
}

TEST(Failure, OfWorkThatNobodyWaitsForAtOnceIsNotMissed) {
  fleet_config config = fleet_with_everything();
  config.history_gans = config.num_gans;  // so that a slice ends by sending history
  fake_cuda::install(two_small_devices(1));
  train_fleet(config, on_cuda());
  const std::uint64_t pieces = fake_cuda::pieces_of_work();
  for (std::uint64_t piece = 1; piece <= pieces; ++piece) {
    SCOPED_TRACE(piece);
    fake_cuda::machine machine = two_small_devices(piece % 2);
    machine.failing_work = piece;
    fake_cuda::install(machine);
    EXPECT_THROW(train_fleet(config, on_cuda()), device_error);
    expect_no_offences();
  }
}

TEST(Failure, OfOneDeviceStopsTheOthers) {
  fleet_config config = small_fleet(2);
  config.epochs = 100'000'000;
  fake_cuda::install({.devices = 2, .failing_call = 80});
  EXPECT_THROW(train_fleet(config, on_cuda({0, 1})), device_error);
  expect_no_offences();
}

struct code_case {
  cudaError_t code;
  const char* says;
};

template <class Error>
void expect_failure(const code_case& c) {
  // The first call that concerns only one device.
  fake_cuda::install({.devices = 2, .failing_call = 4, .failure = c.code, .lost = true});
  try {
    train_fleet(small_fleet(2), on_cuda({1}));
    ADD_FAILURE() << "no failure";
  } catch (const Error& failure) {
    const std::string what = failure.what();
    EXPECT_NE(what.find("device 1 (Made Up A)"), std::string::npos) << what;
    EXPECT_NE(what.find(c.says), std::string::npos) << what;
    EXPECT_NE(what.find("cudaSetDevice: cudaErrorMadeUp, made-up error"), std::string::npos) << what;
  }
  expect_no_offences();
}

TEST(Failure, IsOfTheKindThatItsCodeSays) {
  expect_failure<out_of_memory>({cudaErrorMemoryAllocation, "end other programs"});
  for (const cudaError_t code :
       {cudaErrorNoKernelImageForDevice, cudaErrorInvalidDeviceFunction, cudaErrorUnsupportedPtxVersion})
    expect_failure<no_device>({code, "sm_90"});
  expect_failure<no_device>({cudaErrorDevicesUnavailable, "another program"});
  expect_failure<device_error>({cudaErrorIllegalAddress, "no result"});
}

TEST(Failure, OfTheKernelsCodeIsNoneWhereTheCpuWillDo) {
  const fleet_config config = small_fleet(2);
  fake_cuda::install({.failing_call = 3, .failure = cudaErrorNoKernelImageForDevice, .lost = true});
  const fleet_result result = train_fleet(config);
  EXPECT_EQ(result.backend, "cpu");
  EXPECT_FALSE(fake_cuda::failed_calls().empty());
  expect_same(result, train_on_cpu(config));
}

TEST(Failure, TooLittleMemoryForOneGanSaysHowMuchThereIs) {
  fleet_config config = small_fleet(2);
  config.history_gans = 1;
  fake_cuda::install({.memory = 76'200});
  try {
    train_fleet(config, on_cuda());
    FAIL() << "it fitted";
  } catch (const out_of_memory& failure) {
    EXPECT_NE(std::string(failure.what()).find("one GAN takes up to 264 bytes"), std::string::npos) << failure.what();
    EXPECT_NE(std::string(failure.what()).find("of 74.4 KiB can be used"), std::string::npos) << failure.what();
  }
  expect_no_offences();
}

}  // namespace
}  // namespace gumbelcuda
