// SPDX-License-Identifier: Apache-2.0
// For the tests of tests/kernels/, whose kernels work on host memory. A kernel that failed fails the test.
#include <gtest/gtest.h>

#include "tests/simt/runtime/fake_cuda.hpp"

namespace gumbelcuda {
namespace {

class host_memory : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo&) override { fake_cuda::install({.reaches_host_memory = true}); }
  void OnTestEnd(const testing::TestInfo&) override {
    for (const std::string& offence : fake_cuda::offences()) ADD_FAILURE() << offence;
  }
};

const bool listens = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new host_memory);
  return true;
}();

}  // namespace
}  // namespace gumbelcuda
