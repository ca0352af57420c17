// SPDX-License-Identifier: Apache-2.0
// The functions of gumbelcuda.h refuse pointers that a kernel cannot follow, on the fake runtime of
// tests/simt/runtime/: all pointers of a call lead to the device, except one.
#include <cstring>
#include <functional>
#include <optional>
#include <string>

#include "gumbelcuda/gumbel.hpp"
#include "host/cuda/handles.hpp"
#include "tests/c_api/c_batch.hpp"
#include "tests/c_api/every_case.hpp"
#include "tests/cuda/fake_devices.hpp"

namespace gumbelcuda {
namespace {

constexpr std::uint64_t rows = 3, classes = 6, piece = 1024;  // bytes, enough for each array

template <class Args>
struct field {
  template <class T>
  field(const char* its_name, T* Args::*member)
      : name(its_name), set([member](Args& args, void* to) { args.*member = static_cast<T*>(to); }) {}
  template <class Rows>
  requires requires(Rows rows) { rows.row_stride; }
  field(const char* its_name, Rows Args::*member)
      : name(its_name), set([member](Args& args, void* to) { (args.*member).data = to; }) {}
  std::string name;
  std::function<void(Args&, void*)> set;
};

class PointersOnCuda : public testing::Test {
 protected:
  void TearDown() override {
    there.reset();
    expect_no_offences();
  }
  void install(const fake_cuda::machine& machine) {
    there.reset();
    fake_cuda::install(machine);
    there.emplace(12 * piece);
    std::memset(there->data(), 0, there->size());  // logits and τ of 0 are allowed
    made = testing_c::make_handle({});
    ASSERT_EQ(gumbelcuda_set_backend(made.get(), GUMBELCUDA_CUDA), GUMBELCUDA_SUCCESS);
  }
  void expect_refused(gumbelcuda_status status, const std::string& name) {
    EXPECT_EQ(status, GUMBELCUDA_INVALID_ARGUMENT) << name;
    EXPECT_EQ(std::string(gumbelcuda_last_error_message()).rfind(name + ": points to host memory", 0), 0u)
        << name << ", but: " << gumbelcuda_last_error_message();
  }

  // Points each field in turn to host memory, and passes the result to `verdict`.
  template <class Args>
  void one_by_one(gumbelcuda_status (*operation)(gumbelcuda_handle*, const Args*),
                  const std::vector<field<Args>>& fields,
                  const std::function<void(gumbelcuda_status, const std::string&)>& verdict) {
    Args good{};
    good.struct_size = sizeof good;
    good.rows = rows;
    good.classes = classes;
    for (std::size_t i = 0; i < fields.size(); ++i) fields[i].set(good, there->data() + i * piece);
    EXPECT_EQ(operation(made.get(), &good), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
    for (const field<Args>& changed : fields) {
      Args args = good;
      changed.set(args, here);
      verdict(operation(made.get(), &args), changed.name);
    }
  }
  void every_pointer(const std::function<void(gumbelcuda_status, const std::string&)>& verdict) {
    using noise = gumbelcuda_gumbel_noise_args;
    one_by_one<noise>(gumbelcuda_gumbel_noise, {{"out.data", &noise::out}}, verdict);
    using max = gumbelcuda_gumbel_max_args;
    one_by_one<max>(
        gumbelcuda_gumbel_max,
        {{"logits.data", &max::logits}, {"index", &max::index}, {"log_prob", &max::log_prob}, {"status", &max::status}},
        verdict);
    using softmax = gumbelcuda_gumbel_softmax_args;
    one_by_one<softmax>(gumbelcuda_gumbel_softmax,
                        {{"logits.data", &softmax::logits},
                         {"temperature", &softmax::temperature},
                         {"y.data", &softmax::y},
                         {"one_hot.data", &softmax::one_hot},
                         {"index", &softmax::index},
                         {"gumbel.data", &softmax::gumbel}},
                        verdict);
    using vjp = gumbelcuda_gumbel_softmax_vjp_args;
    const std::vector<field<vjp>> both = {{"temperature", &vjp::temperature},
                                          {"d_y.data", &vjp::d_y},
                                          {"d_logits.data", &vjp::d_logits},
                                          {"d_temperature", &vjp::d_temperature}};
    for (const field<vjp>& input : {field<vjp>{"y.data", &vjp::y}, field<vjp>{"logits.data", &vjp::logits}}) {
      std::vector<field<vjp>> fields = both;
      fields.push_back(input);
      one_by_one<vjp>(gumbelcuda_gumbel_softmax_vjp, fields, verdict);
    }
    testing_c::for_each_operation([&]<class Args>(const testing_c::operation<Args>& op) {
      SCOPED_TRACE(op.name);
      testing_c::arrays_by_name of_the_host(number_type::float32);
      Args good = op.args(of_the_host, false);
      const std::vector<testing_c::field<Args>> fields = op.all_fields();
      for (std::size_t i = 0; i < fields.size(); ++i) fields[i].point(good, there->data() + i * piece);
      EXPECT_EQ(op.function(made.get(), &good), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
      for (const testing_c::field<Args>& changed : fields) {
        Args args = good;
        changed.point(args, here);
        verdict(op.function(made.get(), &args), changed.data_name);
      }
    });
    auto* const offset = reinterpret_cast<std::uint64_t*>(here);
    verdict(gumbelcuda_advance_noise(made.get(), offset, 4), "device_offset");
    verdict(gumbelcuda_advance_row_offsets(made.get(), offset, 1, 4), "row_offset");
    EXPECT_EQ(gumbelcuda_advance_row_offsets(made.get(), offset, 0, 4), GUMBELCUDA_SUCCESS);
    ASSERT_EQ(gumbelcuda_set_device_offset(made.get(), offset), GUMBELCUDA_SUCCESS);
    gumbelcuda_gumbel_noise_args args{sizeof args, rows, classes, 0, 0, {there->data(), 0, 0}};
    verdict(gumbelcuda_gumbel_noise(made.get(), &args), "device_offset");
    ASSERT_EQ(gumbelcuda_set_device_offset(made.get(), nullptr), GUMBELCUDA_SUCCESS);
  }
  void expect_all_taken() {
    every_pointer(
        [](gumbelcuda_status status, const std::string& name) { EXPECT_EQ(status, GUMBELCUDA_SUCCESS) << name; });
  }

  std::optional<device_buffer<unsigned char>> there;
  testing_c::handle made;
  alignas(64) unsigned char here[piece] = {};
};

TEST_F(PointersOnCuda, ToPlainHostMemoryAreRefusedByName) {
  install({});
  every_pointer([&](gumbelcuda_status status, const std::string& name) { expect_refused(status, name); });
}

TEST_F(PointersOnCuda, AreAskedAboutWithoutDisturbingACapture) {
  install({.capturing = true});
  every_pointer([&](gumbelcuda_status status, const std::string& name) { expect_refused(status, name); });
  cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;
  EXPECT_EQ(cudaThreadExchangeStreamCaptureMode(&mode), cudaSuccess);
  EXPECT_EQ(mode, cudaStreamCaptureModeGlobal) << "the thread's mode was not given back";
  EXPECT_EQ(cudaThreadExchangeStreamCaptureMode(&mode), cudaSuccess);
}

TEST_F(PointersOnCuda, CostOneQuestionEach) {
  install({});
  gumbelcuda_gumbel_max_args args{};
  args.struct_size = sizeof args;
  args.rows = rows;
  args.classes = classes;
  args.logits.data = there->data();
  args.index = reinterpret_cast<std::int64_t*>(there->data() + piece);
  const auto calls_of = [&] {
    const std::uint64_t before = fake_cuda::calls();
    EXPECT_EQ(gumbelcuda_gumbel_max(made.get(), &args), GUMBELCUDA_SUCCESS) << gumbelcuda_last_error_message();
    return fake_cuda::calls() - before;
  };
  const std::uint64_t with_two = calls_of();
  args.status = reinterpret_cast<decltype(args.status)>(there->data() + 2 * piece);
  EXPECT_EQ(calls_of(), with_two + 1);
}

TEST_F(PointersOnCuda, ToMemoryThatTheDeviceReachesAreTaken) {
  install({.reaches_host_memory = true});
  expect_all_taken();
  install({});
  const known_pages pages(here, sizeof here);
  expect_all_taken();
}

TEST_F(PointersOnCuda, AreNotLookedAtWhereNobodyShouldAsk) {
  install({});
  ASSERT_EQ(gumbelcuda_set_pointer_checks(made.get(), 0), GUMBELCUDA_SUCCESS);
  expect_all_taken();
  // Without rows, no pointer is followed.
  ASSERT_EQ(gumbelcuda_set_pointer_checks(made.get(), 1), GUMBELCUDA_SUCCESS);
  gumbelcuda_gumbel_noise_args none{sizeof none, 0, classes, 0, 0, here, 0, 0};
  EXPECT_EQ(gumbelcuda_gumbel_noise(made.get(), &none), GUMBELCUDA_SUCCESS);
}

TEST_F(PointersOnCuda, AreNotBlamedForARuntimeThatDoesNotAnswer) {
  gumbelcuda_gumbel_noise_args args{sizeof args, rows, classes, 0, 0, here, 0, 0};
  // The runtime calls of one check: capture mode, attributes of the pointer, current device, what the device can read.
  for (std::uint64_t call = 1; call <= 4; ++call) {
    install({});
    there.reset();
    fake_cuda::install({.failing_call = call});
    EXPECT_EQ(gumbelcuda_gumbel_noise(made.get(), &args), GUMBELCUDA_SUCCESS) << call;
    EXPECT_EQ(fake_cuda::failed_calls().size(), 1u) << call;
    EXPECT_EQ(fake_cuda::calls(), call == 1 ? 1 : call + 1) << "the mode is given back";
    EXPECT_EQ(cudaGetLastError(), cudaSuccess) << "left for the next launch";
  }
}

}  // namespace
}  // namespace gumbelcuda
