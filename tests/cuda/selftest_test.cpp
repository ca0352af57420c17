// SPDX-License-Identifier: Apache-2.0
// The self-test on a device: complete arrays are copied there and results come back, on the fake runtime of
// tests/simt/runtime/.
#include <gtest/gtest.h>

#include "host/selftest/checks.hpp"
#include "host/selftest/every_operation.hpp"
#include "tests/cuda/fake_devices.hpp"

namespace gumbelcuda {
namespace {

TEST(SelftestOnCuda, GivesTheCpusBytesAndTheRecordedOnes) {
  for (const std::uint64_t schedule : {1, 2}) {
    fake_cuda::install({.schedule = schedule});
    {
      const auto cuda = make_library_sampler(backend_kind::cuda, 0), cpu = make_library_sampler(backend_kind::cpu, 1);
      const std::uint64_t further = 400;
      for (const number_type type :
           {number_type::float32, number_type::float16, number_type::bfloat16, number_type::float64})
        for (const std::uint64_t gap : {0, 3}) {
          row_shape shape{type, 5, 37, gap, {.seed = 7, .first_row = 3, .offset = 8}, 11};
          shape.noise.device_offset = &further;
          EXPECT_EQ(every_operation(*cuda, shape), every_operation(*cpu, shape)) << int(type) << ", gap " << gap;
        }
      for (const check_result& check : golden_bytes({.sampler = *cuda, .reference = *cpu}))
        EXPECT_TRUE(check.passed()) << check.name << ": " << check.value;
    }
    expect_no_offences();
  }
}

TEST(SelftestOnCuda, GivesBackWhatItHasWhereMemoryIsShort) {
  fake_cuda::install({.memory = 1000});
  {
    const auto cuda = make_library_sampler(backend_kind::cuda, 0);
    EXPECT_THROW(every_operation(*cuda, {.rows = 5, .classes = 37}), error);
  }
  expect_no_offences();
}

}  // namespace
}  // namespace gumbelcuda
