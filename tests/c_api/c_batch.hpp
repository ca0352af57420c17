// SPDX-License-Identifier: Apache-2.0
// The batch of tests/rows/every_operation.hpp, with C arguments for every operation.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "gumbelcuda/gumbelcuda.h"
#include "tests/rows/every_operation.hpp"

namespace gumbelcuda::testing_c {

struct destroy {
  void operator()(gumbelcuda_handle* handle) const { gumbelcuda_destroy(handle); }
};
using handle = std::unique_ptr<gumbelcuda_handle, destroy>;

inline handle make_handle(const noise_address& noise, int threads = 0) {
  gumbelcuda_handle* raw = nullptr;
  EXPECT_EQ(gumbelcuda_create(&raw), GUMBELCUDA_SUCCESS);
  handle made(raw);
  EXPECT_EQ(gumbelcuda_set_seed(raw, noise.seed), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(gumbelcuda_set_first_row(raw, noise.first_row), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(gumbelcuda_set_offset(raw, noise.offset), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(gumbelcuda_set_threads(raw, threads), GUMBELCUDA_SUCCESS);
  return made;
}

inline gumbelcuda_const_rows in_c(const const_rows& rows) { return {rows.data, rows.row_stride, rows.class_stride}; }
inline gumbelcuda_rows in_c(const mutable_rows& rows) { return {rows.data, rows.row_stride, rows.class_stride}; }

struct c_batch : testing_rows::batch {
  using batch::batch;

  gumbelcuda_gumbel_noise_args noise_args() {
    return {sizeof(gumbelcuda_gumbel_noise_args), rows, classes, int(type), 0, in_c(noise.out()), {}};
  }
  gumbelcuda_gumbel_max_args max_args() {
    return {sizeof(gumbelcuda_gumbel_max_args),
            rows,
            classes,
            int(type),
            0,
            in_c(logits.in()),
            max_index.data(),
            nullptr,
            log_prob.out().data,
            reinterpret_cast<std::uint8_t*>(status.data()),
            {}};
  }
  gumbelcuda_gumbel_softmax_args softmax_args() {
    return {sizeof(gumbelcuda_gumbel_softmax_args),
            rows,
            classes,
            int(type),
            GUMBELCUDA_TEMPERATURE_PER_ROW,
            in_c(logits.in()),
            temperature.data(),
            in_c(y.out()),
            in_c(one_hot.out()),
            softmax_index.data(),
            {},
            {},
            {}};
  }
  gumbelcuda_gumbel_softmax_vjp_args vjp_args() {
    return {sizeof(gumbelcuda_gumbel_softmax_vjp_args),
            rows,
            classes,
            int(type),
            GUMBELCUDA_TEMPERATURE_PER_ROW,
            {},
            in_c(logits.in()),
            {address.offset, nullptr, nullptr},
            temperature.data(),
            in_c(d_y.in()),
            in_c(d_logits.out()),
            d_temperature.out().data,
            {}};
  }
  // Runs every operation, each with the noise at address.offset, as batch::run does. Returns whether all succeeded.
  bool succeeds_in_c(gumbelcuda_handle* with) {
    const auto noises = noise_args();
    const auto maxima = max_args();
    const auto softmax = softmax_args();
    auto logarithm = softmax;
    logarithm.flags |= GUMBELCUDA_LOG_DOMAIN;
    logarithm.y.data = log_y.out().data;
    const auto back = vjp_args();
    const auto again = [&] { return gumbelcuda_set_offset(with, address.offset) == GUMBELCUDA_SUCCESS; };
    return again() && gumbelcuda_gumbel_noise(with, &noises) == GUMBELCUDA_SUCCESS && again() &&
           gumbelcuda_gumbel_max(with, &maxima) == GUMBELCUDA_SUCCESS && again() &&
           gumbelcuda_gumbel_softmax(with, &softmax) == GUMBELCUDA_SUCCESS && again() &&
           gumbelcuda_gumbel_softmax(with, &logarithm) == GUMBELCUDA_SUCCESS &&
           gumbelcuda_gumbel_softmax_vjp(with, &back) == GUMBELCUDA_SUCCESS;
  }
  c_batch& run_in_c(gumbelcuda_handle* with) {
    EXPECT_TRUE(succeeds_in_c(with)) << gumbelcuda_last_error_message();
    return *this;
  }
};

}  // namespace gumbelcuda::testing_c
