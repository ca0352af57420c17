// SPDX-License-Identifier: Apache-2.0
// This build on this machine with its real devices: the CPU's bytes on each of them, or a reason why there is none.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "gumbelcuda/fleet.hpp"
#include "host/cuda/device_arrays.hpp"
#include "host/cuda/pointers.hpp"
#include "tests/c_api/c_batch.hpp"
#include "tests/gan/same_result.hpp"

namespace gumbelcuda {
namespace {

// As the benchmarks, where scripts/gpu-check has an interpreter in place of a device.
bool is_tiny() { return std::getenv("GUMBELCUDA_BENCHMARK_TINY") != nullptr; }

fleet_config small() {
  fleet_config config;
  config.num_gans = is_tiny() ? 9 : 300;
  config.epochs = is_tiny() ? 2 : 4;
  config.steps_per_epoch = is_tiny() ? 2 : 5;
  config.history_gans = is_tiny() ? 5 : 200;
  return config;
}

fleet_result train_on(backend_kind backend, const fleet_config& config, std::vector<int> devices = {}) {
  fleet_execution execution;
  execution.backend = backend;
  execution.devices = std::move(devices);
  return train_fleet(config, execution);
}

TEST(Machine, TrainsOnItsDevicesOrSaysWhyNot) {
  const std::vector<cuda_device> devices = cuda_devices();
  if (devices.empty()) {
    ASSERT_NE(cuda_problem(), "");
    try {
      train_on(backend_kind::cuda, small());
      FAIL() << "trained on a device that is not there";
    } catch (const no_device& refused) {
      const std::string what = refused.what();
      EXPECT_EQ(what, "backend cuda: " + cuda_problem());
      EXPECT_NE(what.find("use the CPU backend"), std::string::npos) << what;
#ifdef GUMBELCUDA_BUILT_WITH_CUDA
      EXPECT_NE(what.find("NVIDIA driver"), std::string::npos) << what;
#endif
    }
    EXPECT_EQ(train_fleet(small()).backend, "cpu");
    return;
  }
  EXPECT_EQ(cuda_problem(), "");
  EXPECT_EQ(train_fleet(small()).backend, "cuda");
  std::vector<int> all;
  for (const cuda_device& device : devices) {
    all.push_back(device.number);
    std::cout << "device " << device.number << ": " << device.name << ", sm_" << device.compute_capability << '\n';
  }
  // Temperatures at which the race is used and at which it is not, in several launches, with a history. Then the sizes
  // that have kernels of their own, and sizes that share one.
  for (const float temperature : {1e-3f, .5f})
    for (const int classes : {5, 2, 3, 4, 6, 7, 8, 9, 10, 16, 33}) {
      SCOPED_TRACE(testing::Message() << classes << " classes, temperature " << temperature);
      fleet_config config = small();
      config.target.assign(std::size_t(classes), 1. / classes);
      config.temperature = {temperature};
      const fleet_result expected = train_on(backend_kind::cpu, config);
      for (const int device : all) expect_same(train_on(backend_kind::cuda, config, {device}), expected);
      expect_same(train_on(backend_kind::cuda, config, all), expected);
    }
}

TEST(Machine, TellsItsMemoryFromTheDevices) {
  if (cuda_devices().empty()) GTEST_SKIP() << cuda_problem();
  const auto device = make_device_arrays();
  std::vector<float> here(6);
  float* const there = static_cast<float*>(device->upload(here.data(), 6 * sizeof(float)));
  const auto noise = [&](int backend, float* out) {
    const testing_c::handle handle = testing_c::make_handle({});
    EXPECT_EQ(gumbelcuda_set_backend(handle.get(), backend), GUMBELCUDA_SUCCESS);
    EXPECT_EQ(gumbelcuda_set_stream(handle.get(), device->stream()), GUMBELCUDA_SUCCESS);
    const gumbelcuda_gumbel_noise_args args{sizeof args, 2, 3, GUMBELCUDA_FLOAT32, 0, {out, 0, 0}, {}};
    return gumbelcuda_gumbel_noise(handle.get(), &args);
  };
  EXPECT_EQ(noise(GUMBELCUDA_CUDA, there), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(noise(GUMBELCUDA_CPU, here.data()), GUMBELCUDA_SUCCESS);
  // Unless host and device can read each other's memory.
  if (pointer_check().is_plain_host_memory(here.data())) {
    EXPECT_EQ(noise(GUMBELCUDA_CUDA, here.data()), GUMBELCUDA_INVALID_ARGUMENT);
    // The CPU backend asks the driver, if the process has one. What stands in for the runtime (tests/ptx/) has none,
    // and its devices' memory is the host's.
    const bool has_driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD) != nullptr;
    EXPECT_EQ(noise(GUMBELCUDA_CPU, there), has_driver ? GUMBELCUDA_INVALID_ARGUMENT : GUMBELCUDA_SUCCESS);
  }
  std::vector<float> back(6);
  device->download(back.data(), there, 6 * sizeof(float));
  EXPECT_EQ(back, here);
}

}  // namespace
}  // namespace gumbelcuda
