// SPDX-License-Identifier: Apache-2.0
// With backend cpu, the functions of gumbelcuda.h refuse pointers to device memory, in a process that has loaded a
// driver. Here the driver is fake and declares an array of the host to be device memory.
#include <dlfcn.h>

#include "tests/c_api/c_batch.hpp"
#include "tests/c_api/every_case.hpp"

namespace gumbelcuda {
namespace {

using testing_c::c_batch, testing_c::handle, testing_c::make_handle;

// Whether the output of `batch` is refused as a pointer to device memory.
bool refused(c_batch& batch, bool checked = true) {
  const handle h = make_handle(batch.address);
  EXPECT_EQ(gumbelcuda_set_pointer_checks(h.get(), checked), GUMBELCUDA_SUCCESS);
  const auto args = batch.noise_args();
  const gumbelcuda_status status = gumbelcuda_gumbel_noise(h.get(), &args);
  if (status == GUMBELCUDA_SUCCESS) return false;
  EXPECT_EQ(status, GUMBELCUDA_INVALID_ARGUMENT);
  EXPECT_STREQ(gumbelcuda_last_error_message(), "out.data: points to device memory, and backend cpu needs host memory");
  return true;
}

TEST(CApiOnTheCpu, RefusesMemoryOfADevice) {
  c_batch batch(number_type::float32, 5, 6);
  if (void* real = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD)) {
    dlclose(real);
    GTEST_SKIP() << "there is a real driver in this process";
  }
  EXPECT_FALSE(refused(batch)) << "nothing is loaded";
  void* const driver = dlopen(FAKE_DRIVER, RTLD_NOW);
  ASSERT_NE(driver, nullptr) << dlerror();
  EXPECT_FALSE(refused(batch)) << "it is not initialised";
  const auto memory =
      reinterpret_cast<void (*)(const void*, std::uintptr_t, unsigned, int)>(dlsym(driver, "fake_memory_"));
  ASSERT_NE(memory, nullptr);
  const auto args = batch.noise_args();
  memory(args.out.data, 1, 0, 0);
  EXPECT_TRUE(refused(batch));
  EXPECT_FALSE(refused(batch, false)) << "nobody should ask";
  memory(args.out.data, 1, 1, 0);
  EXPECT_FALSE(refused(batch)) << "it is managed";
  memory(args.out.data, 1, 0, 1);
  EXPECT_FALSE(refused(batch)) << "the processor shares the device's page tables";
  memory(&batch, 1, 0, 0);
  EXPECT_FALSE(refused(batch)) << "it is elsewhere";
}

TEST(CApiOnTheCpu, RefusesEveryPointerOfEveryOperationByName) {
  void* const driver = dlopen(FAKE_DRIVER, RTLD_NOW);
  ASSERT_NE(driver, nullptr) << dlerror();
  const auto memory =
      reinterpret_cast<void (*)(const void*, std::uintptr_t, unsigned, int)>(dlsym(driver, "fake_memory_"));
  if (!memory) GTEST_SKIP() << "there is a real driver in this process";
  testing_c::for_each_operation([&]<class Args>(const testing_c::operation<Args>& op) {
    testing_c::arrays_by_name arrays(number_type::float32);
    const Args args = op.args(arrays, true);
    for (const testing_c::field<Args>& f : op.all_fields()) {
      SCOPED_TRACE(op.name + ", " + f.name);
      memory(arrays.at<void>(f.name), 1, 0, 0);
      EXPECT_EQ(op.function(make_handle({}).get(), &args), GUMBELCUDA_INVALID_ARGUMENT);
      EXPECT_EQ(gumbelcuda_last_error_message(),
                f.data_name + ": points to device memory, and backend cpu needs host memory");
    }
  });
  memory(nullptr, 0, 0, 0);
}

TEST(CApiOnTheCpu, SetsChecksOfAHandleOnly) {
  EXPECT_EQ(gumbelcuda_set_pointer_checks(nullptr, 1), GUMBELCUDA_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace gumbelcuda
