// SPDX-License-Identifier: Apache-2.0
// Arguments that the functions of gumbelcuda.h refuse: they return a status, give a message that begins with the
// argument's name, and write nothing.
#include <cstddef>
#include <functional>
#include <limits>
#include <string>

#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "host/c_api/answer.hpp"
#include "tests/c_api/c_batch.hpp"

namespace gumbelcuda {
namespace {

using testing_c::c_batch, testing_c::handle, testing_c::make_handle;

constexpr std::uint64_t minus_one = ~std::uint64_t{0};

void expect_invalid(gumbelcuda_status status, const std::string& argument) {
  EXPECT_EQ(status, GUMBELCUDA_INVALID_ARGUMENT) << argument;
  EXPECT_EQ(std::string(gumbelcuda_last_error_message()).rfind(argument + ": ", 0), 0u)
      << argument << ", but: " << gumbelcuda_last_error_message();
}

template <class Pointer>
Pointer off_by(Pointer pointer, std::size_t bytes) {
  return reinterpret_cast<Pointer>(reinterpret_cast<std::uintptr_t>(pointer) + bytes);
}

// Valid arguments of one operation, which each test case makes invalid in one way.
template <class Args>
struct refusals {
  gumbelcuda_status (*operation)(gumbelcuda_handle*, const Args*);
  Args (c_batch::*args_of)();

  void operator()(const std::string& argument, const std::function<void(Args&)>& spoil) const {
    c_batch good(number_type::float32, 5, 6);
    const c_batch before = good;
    const handle h = make_handle(good.address);
    Args args = (good.*args_of)();
    spoil(args);
    expect_invalid(operation(h.get(), &args), argument);
    EXPECT_TRUE(good.results() == before.results()) << argument;
  }

  void everywhere() const {
    c_batch good(number_type::float32, 5, 6);
    const handle h = make_handle(good.address);
    alignas(Args) unsigned char bytes[sizeof(Args) + 8] = {};
    const Args args = (good.*args_of)();
    expect_invalid(operation(nullptr, &args), "handle");
    expect_invalid(operation(h.get(), nullptr), "args");
    expect_invalid(operation(h.get(), reinterpret_cast<const Args*>(bytes + 4)), "args");
    for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{12}, sizeof(Args) - 1, sizeof(Args) + 8,
                                   std::numeric_limits<std::size_t>::max()})
      (*this)("struct_size", [=](Args& a) { a.struct_size = size; });
    for (const int type : {-1, 4, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()})
      (*this)("type", [=](Args& a) { a.type = type; });
    for (const unsigned flags : {4u, 1u << 31}) (*this)("flags", [=](Args& a) { a.flags = flags; });
    (*this)("classes", [](Args& a) { a.classes = minus_one; });
  }
};

TEST(CApi, RefusesWhatIsWrongWithNoise) {
  const refusals<gumbelcuda_gumbel_noise_args> refused{gumbelcuda_gumbel_noise, &c_batch::noise_args};
  refused.everywhere();
  refused("out.data", [](auto& a) { a.out.data = nullptr; });
  refused("out.data", [](auto& a) { a.out.data = off_by(a.out.data, 2); });
  refused("out.row_stride", [](auto& a) { a.out.row_stride = 5; });
  refused("out.row_stride", [](auto& a) { a.out.row_stride = minus_one; });
  refused("out.row_stride", [](auto& a) { a.rows = minus_one; });
  refused("flags", [](auto& a) { a.flags = 1; });
}

TEST(CApi, RefusesWhatIsWrongWithMax) {
  const refusals<gumbelcuda_gumbel_max_args> refused{gumbelcuda_gumbel_max, &c_batch::max_args};
  refused.everywhere();
  refused("classes", [](auto& a) { a.classes = 0; });
  refused("logits.data", [](auto& a) { a.logits.data = nullptr; });
  refused("logits.row_stride", [](auto& a) { a.logits.row_stride = 5; });
  refused("logits.row_stride", [](auto& a) { a.rows = minus_one; });
  refused("index", [](auto& a) { a.index = nullptr; });
  refused("index", [](auto& a) { a.index = off_by(a.index, 4); });
  refused("log_prob", [](auto& a) { a.log_prob = off_by(a.log_prob, 2); });
}

TEST(CApi, RefusesWhatIsWrongWithSoftmax) {
  const refusals<gumbelcuda_gumbel_softmax_args> refused{gumbelcuda_gumbel_softmax, &c_batch::softmax_args};
  refused.everywhere();
  refused("classes", [](auto& a) { a.classes = 0; });
  refused("logits.data", [](auto& a) { a.logits.data = off_by(a.logits.data, 2); });
  refused("temperature", [](auto& a) { a.temperature = nullptr; });
  const float wrong = -1;
  refused("temperature", [&](auto& a) {
    a.temperature = &wrong;
    a.flags = 0;
  });
  refused("y.data", [](auto& a) {
    a.y.data = a.one_hot.data = nullptr;
    a.index = nullptr;
  });
  refused("y.row_stride", [](auto& a) { a.y.row_stride = 1; });
  refused("one_hot.data", [](auto& a) { a.one_hot.data = off_by(a.one_hot.data, 2); });
  refused("index", [](auto& a) { a.index = off_by(a.index, 4); });
  refused("gumbel.data", [](auto& a) { a.gumbel.data = off_by(a.logits.data, 2); });
  refused("gumbel.row_stride", [](auto& a) {
    a.gumbel.data = a.logits.data;
    a.gumbel.row_stride = 5;
  });
}

TEST(CApi, RefusesWhatIsWrongWithTheBackwardPass) {
  const refusals<gumbelcuda_gumbel_softmax_vjp_args> refused{gumbelcuda_gumbel_softmax_vjp, &c_batch::vjp_args};
  refused.everywhere();
  refused("classes", [](auto& a) { a.classes = 0; });
  refused("noise.offset", [](auto& a) { a.noise.offset = 2; });
  refused("flags", [](auto& a) { a.flags = GUMBELCUDA_LOG_DOMAIN; });
  refused("logits.data", [](auto& a) { a.logits.data = nullptr; });
  refused("temperature", [](auto& a) { a.temperature = nullptr; });
  refused("d_y.data", [](auto& a) { a.d_y.data = nullptr; });
  refused("d_logits.data", [](auto& a) { a.d_logits.data = off_by(a.d_logits.data, 2); });
  refused("d_temperature", [](auto& a) { a.d_temperature = off_by(a.d_temperature, 2); });
  refused("gumbel.data", [](auto& a) { a.gumbel.data = off_by(a.logits.data, 2); });
}

TEST(CApi, RefusesWhatIsWrongWithAHandle) {
  const handle h = make_handle({});
  std::uint64_t offsets[2] = {};
  expect_invalid(gumbelcuda_create(nullptr), "handle");
  gumbelcuda_destroy(nullptr);
  expect_invalid(gumbelcuda_set_seed(nullptr, 1), "handle");
  for (const int backend : {-1, 0, 3}) expect_invalid(gumbelcuda_set_backend(h.get(), backend), "backend");
  for (const int threads : {-1, 4097}) expect_invalid(gumbelcuda_set_threads(h.get(), threads), "threads");
  expect_invalid(gumbelcuda_set_offset(h.get(), 2), "offset");
  expect_invalid(gumbelcuda_set_device_offset(h.get(), off_by(&offsets[0], 4)), "device_offset");
  expect_invalid(gumbelcuda_get_offset(nullptr, offsets), "handle");
  expect_invalid(gumbelcuda_get_offset(h.get(), nullptr), "offset");
  expect_invalid(gumbelcuda_advance_noise(nullptr, offsets, 4), "handle");
  expect_invalid(gumbelcuda_advance_noise(h.get(), nullptr, 4), "device_offset");
  expect_invalid(gumbelcuda_advance_noise(h.get(), off_by(&offsets[0], 4), 4), "device_offset");
  expect_invalid(gumbelcuda_advance_row_offsets(nullptr, offsets, 2, 4), "handle");
  expect_invalid(gumbelcuda_advance_row_offsets(h.get(), nullptr, 2, 4), "row_offset");
  expect_invalid(gumbelcuda_advance_row_offsets(h.get(), off_by(&offsets[0], 4), 1, 4), "row_offset");
  EXPECT_EQ(gumbelcuda_advance_row_offsets(h.get(), nullptr, 0, 4), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(offsets[0], 0u);
  EXPECT_EQ(gumbelcuda_set_stream(h.get(), nullptr), GUMBELCUDA_SUCCESS);
}

// The struct of an older program ends before members that were added later; the library takes these as 0.
TEST(CApi, TakesStructsOfOlderVersions) {
  c_batch b(number_type::float32, 5, 6), expected = b;
  auto args = b.max_args();
  args.struct_size = offsetof(gumbelcuda_gumbel_max_args, log_prob);
  ASSERT_EQ(gumbelcuda_gumbel_max(make_handle(b.address).get(), &args), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(b.max_index, expected.run().max_index);
  EXPECT_TRUE(same_bytes(b.log_prob, c_batch(number_type::float32, 5, 6).log_prob)) << "was written";
  args.struct_size = offsetof(gumbelcuda_gumbel_max_args, index);
  expect_invalid(gumbelcuda_gumbel_max(make_handle(b.address).get(), &args), "index");
  args.struct_size = sizeof args.struct_size;
  expect_invalid(gumbelcuda_gumbel_max(make_handle(b.address).get(), &args), "classes");
}

TEST(CApi, NamesEveryStatus) {
  const char* const names[] = {"success",        "invalid argument", "no device",  "out of memory", "device error",
                               "internal error", "interrupted",      "file error", "damaged file"};
  for (int status = 0; status < int(std::size(names)); ++status)
    EXPECT_STREQ(gumbelcuda_status_string(status), names[status]);
  for (const int none : {-1, 9, 1 << 30}) EXPECT_STREQ(gumbelcuda_status_string(none), "unknown status");
}

template <class Exception>
int status_when_thrown(Exception exception) {
  return c_api::answer([&] { throw exception; });
}

TEST(CApi, SaysWhatKindOfFailureItWas) {
  EXPECT_EQ(status_when_thrown(device_error("x")), GUMBELCUDA_DEVICE_ERROR);
  EXPECT_STREQ(gumbelcuda_last_error_message(), "x");
  EXPECT_EQ(status_when_thrown(out_of_memory("x")), GUMBELCUDA_OUT_OF_MEMORY);
  EXPECT_EQ(status_when_thrown(std::bad_alloc()), GUMBELCUDA_OUT_OF_MEMORY);
  EXPECT_EQ(status_when_thrown(no_device("x")), GUMBELCUDA_NO_DEVICE);
  EXPECT_EQ(status_when_thrown(interrupted("x")), GUMBELCUDA_INTERRUPTED);
  EXPECT_EQ(status_when_thrown(std::length_error("x")), GUMBELCUDA_OUT_OF_MEMORY);
  EXPECT_EQ(status_when_thrown(std::logic_error("x")), GUMBELCUDA_INTERNAL_ERROR);
  EXPECT_EQ(status_when_thrown(1), GUMBELCUDA_INTERNAL_ERROR);
}

TEST(CApi, SaysThatThereIsNoDevice) {
  if (!cuda_devices().empty()) GTEST_SKIP() << "there is one";
  c_batch b(number_type::float32, 5, 6);
  const handle h = make_handle(b.address);
  ASSERT_EQ(gumbelcuda_set_backend(h.get(), GUMBELCUDA_CUDA), GUMBELCUDA_SUCCESS);
  const auto args = b.max_args();
  EXPECT_EQ(gumbelcuda_gumbel_max(h.get(), &args), GUMBELCUDA_NO_DEVICE);
  EXPECT_EQ(gumbelcuda_last_error_message(), "backend cuda: " + cuda_problem());
}

}  // namespace
}  // namespace gumbelcuda
