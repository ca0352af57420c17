// SPDX-License-Identifier: Apache-2.0
// The functions of gumbelcuda.h give the bytes of gumbel.hpp, continue the noise stream from call to call, and do not
// disturb each other.
#include <thread>

#include "gumbelcuda/config.hpp"
#include "gumbelcuda/sampler.hpp"
#include "tests/c_api/c_batch.hpp"

namespace gumbelcuda {
namespace {

using testing_c::c_batch, testing_c::handle, testing_c::make_handle;

TEST(CApi, GivesTheBytesOfCpp) {
  for (const number_type type : testing_rows::all_types)
    for (const auto& [stride, skew, class_stride] : {std::tuple{0u, 0u, 1u}, {70u, 1u, 1u}, {1u, 0u, 9u}}) {
      c_batch in_cpp(type, 9, 61, stride, skew, class_stride), in_c = in_cpp;
      in_cpp.run();
      EXPECT_TRUE(in_c.run_in_c(make_handle(in_c.address).get()).results() == in_cpp.results());
    }
}

TEST(CApi, DrawsOnFromCallToCall) {
  const std::uint64_t rows = 4, classes = 6;
  c_batch b(number_type::float32, rows, classes);
  const handle h = make_handle(b.address);
  std::uint64_t expected = b.address.offset, offset = 0;
  const auto moved_by = [&](std::uint64_t words) {
    expected += words;
    EXPECT_EQ(gumbelcuda_get_offset(h.get(), &offset), GUMBELCUDA_SUCCESS);
    EXPECT_EQ(offset, expected);
  };
  const auto noises = b.noise_args();
  ASSERT_EQ(gumbelcuda_gumbel_noise(h.get(), &noises), GUMBELCUDA_SUCCESS);
  moved_by(8);
  const testing_rows::row_batch first = b.noise;
  ASSERT_EQ(gumbelcuda_gumbel_noise(h.get(), &noises), GUMBELCUDA_SUCCESS);
  moved_by(8);
  EXPECT_FALSE(first == b.noise);
  const auto maxima = b.max_args();
  ASSERT_EQ(gumbelcuda_gumbel_max(h.get(), &maxima), GUMBELCUDA_SUCCESS);
  moved_by(8);
  const auto softmax = b.softmax_args();
  ASSERT_EQ(gumbelcuda_gumbel_softmax(h.get(), &softmax), GUMBELCUDA_SUCCESS);
  moved_by(8);
  const auto back = b.vjp_args();
  ASSERT_EQ(gumbelcuda_gumbel_softmax_vjp(h.get(), &back), GUMBELCUDA_SUCCESS);
  moved_by(0);
  auto wrong = softmax;
  wrong.temperature = nullptr;
  ASSERT_EQ(gumbelcuda_gumbel_softmax(h.get(), &wrong), GUMBELCUDA_INVALID_ARGUMENT);
  moved_by(0);
}

TEST(CApi, AdvancesTheOffsetsOfRows) {
  std::uint64_t offsets[] = {0, 400, 8};
  const handle h = make_handle({});
  EXPECT_EQ(gumbelcuda_advance_row_offsets(h.get(), offsets, 2, 5), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(offsets[0], 8u);
  EXPECT_EQ(offsets[1], 408u);
  EXPECT_EQ(offsets[2], 8u);
}

TEST(CApi, AddsTheOffsetInMemory) {
  c_batch direct(number_type::float32, 3, 9), by_memory = direct;
  std::uint64_t in_memory = 4;
  const handle h = make_handle(direct.address);
  EXPECT_EQ(gumbelcuda_advance_noise(h.get(), &in_memory, 5), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(in_memory, 12u);
  EXPECT_EQ(gumbelcuda_set_device_offset(h.get(), &in_memory), GUMBELCUDA_SUCCESS);
  by_memory.run_in_c(h.get());
  direct.address.offset += in_memory;
  EXPECT_TRUE(direct.run().results() == by_memory.results());
}

TEST(CApi, TakesSuppliedNoise) {
  for (const number_type type : testing_rows::all_types) {
    c_batch in_cpp(type, 9, 61, 70, 1);
    gumbel_noise(in_cpp.noise_task());
    c_batch in_c = in_cpp;
    auto forward = in_cpp.softmax_task();
    auto backward = in_cpp.vjp_task();
    forward.gumbel = backward.gumbel = in_cpp.noise.in();
    gumbel_softmax(forward);
    gumbel_softmax_vjp(backward);

    const handle h = make_handle({.seed = 99, .offset = 12});
    auto forward_args = in_c.softmax_args();
    auto backward_args = in_c.vjp_args();
    forward_args.gumbel = backward_args.gumbel = testing_c::in_c(in_c.noise.in());
    ASSERT_EQ(gumbelcuda_gumbel_softmax(h.get(), &forward_args), GUMBELCUDA_SUCCESS);
    ASSERT_EQ(gumbelcuda_gumbel_softmax_vjp(h.get(), &backward_args), GUMBELCUDA_SUCCESS);
    EXPECT_TRUE(in_c.results() == in_cpp.results());
    std::uint64_t offset = 0;
    ASSERT_EQ(gumbelcuda_get_offset(h.get(), &offset), GUMBELCUDA_SUCCESS);
    EXPECT_EQ(offset, 12u) << "nothing was drawn";
  }
}

TEST(CApi, WritesTheNoiseThatWasDrawn) {
  c_batch expected(number_type::float32, 9, 61, 70, 1), found = expected;
  gumbel_noise(expected.noise_task());
  const handle h = make_handle(expected.address);
  auto args = found.softmax_args();
  args.gumbel_out = testing_c::in_c(found.noise.out());
  ASSERT_EQ(gumbelcuda_gumbel_softmax(h.get(), &args), GUMBELCUDA_SUCCESS);
  EXPECT_TRUE(same_bytes(found.noise, expected.noise));
}

TEST(CApi, HandlesOfTwoThreadsDoNotDisturbEachOther) {
  c_batch serial[2] = {{number_type::float32, 40, 333}, {number_type::float64, 7, 1000}};
  serial[1].address.seed = 99;
  c_batch parallel[2] = {serial[0], serial[1]};
  for (c_batch& b : serial) b.run();
  {
    std::jthread threads[2];
    for (int i = 0; i < 2; ++i)
      threads[i] = std::jthread([&, i] {
        const handle h = make_handle(parallel[i].address, 1);
        for (int round = 0; round < 20; ++round) {
          parallel[i].run_in_c(h.get());
          // Each thread has its own message.
          EXPECT_EQ(gumbelcuda_set_threads(h.get(), -1 - i), GUMBELCUDA_INVALID_ARGUMENT);
          EXPECT_EQ(std::string(gumbelcuda_last_error_message()).rfind("threads: -" + std::to_string(1 + i), 0), 0u);
        }
      });
  }
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(parallel[i].results() == serial[i].results());
}

TEST(CApi, SaysItsVersion) {
  EXPECT_EQ(gumbelcuda_version(),
            unsigned(10000 * GUMBELCUDA_VERSION_MAJOR + 100 * GUMBELCUDA_VERSION_MINOR + GUMBELCUDA_VERSION_PATCH));
}

TEST(Sampler, DrawsOnAndTellsWhatItDrew) {
  testing_rows::batch direct(number_type::float32, 5, 7), drawn = direct;
  sampler s({.noise = direct.address});
  direct.address.offset += 8;
  direct.run();
  s.gumbel_max(drawn.max_task());
  EXPECT_NE(drawn.max_index, direct.max_index);
  const noise_address used = s.gumbel_softmax(drawn.softmax_task());
  EXPECT_EQ(used.offset, direct.address.offset);
  EXPECT_TRUE(same_bytes(drawn.y, direct.y));
  gumbel_softmax_vjp_task back = drawn.vjp_task();
  back.noise = used;
  s.gumbel_softmax_vjp(back);
  EXPECT_TRUE(same_bytes(drawn.d_logits, direct.d_logits));
  EXPECT_EQ(s.options().noise.offset, used.offset + 8);
  EXPECT_THROW(sampler({.backend = backend_kind::automatic}), invalid_argument);
  EXPECT_THROW(sampler({.noise = {.offset = 2}}), invalid_argument);
}

}  // namespace
}  // namespace gumbelcuda
