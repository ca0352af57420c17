// SPDX-License-Identifier: Apache-2.0
// One batch of rows, with a task for every operation of gumbel.hpp and memory for all of their results.
#pragma once

#include <tuple>
#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda::testing_rows {

struct batch {
  number_type type;
  std::uint64_t rows, classes, stride, skew, class_stride;
  row_batch logits, d_y, noise, y, log_y, one_hot, d_logits, log_prob, d_temperature;
  std::vector<std::int64_t> max_index, softmax_index;
  std::vector<row_status> status;
  std::vector<float> temperature;
  noise_address address{.seed = 21, .first_row = 4, .offset = 8};

  batch(number_type t, std::uint64_t r, std::uint64_t c, std::uint64_t apart = 0, std::uint64_t off = 0,
        std::uint64_t strided_classes = 1)
      : type(t),
        rows(r),
        classes(c),
        stride(apart),
        skew(off),
        class_stride(strided_classes),
        logits(empty()),
        d_y(empty()),
        noise(empty()),
        y(empty()),
        log_y(empty()),
        one_hot(empty()),
        d_logits(empty()),
        log_prob(computed_type(t), 1, r),
        d_temperature(computed_type(t), 1, r),
        max_index(r, -7),
        softmax_index(r, -7),
        status(r, row_status(9)),
        temperature(r) {
    random_numbers random(1);
    for (std::uint64_t row = 0; row < rows; ++row) {
      temperature[row] = float(random.uniform(.1, 2));
      for (std::uint64_t k = 0; k < classes; ++k) {
        // Numbers of so few bits that every type holds them exactly.
        logits.set(row, k, double(random.word() % 128) / 16);
        d_y.set(row, k, double(random.word() % 128) / 64 - 1);
      }
    }
  }
  row_batch empty() const { return row_batch(type, rows, classes, stride, skew, class_stride); }

  gumbel_noise_task noise_task() { return {rows, classes, type, address, noise.out()}; }
  gumbel_max_task max_task() {
    return {rows, classes, type, address, logits.in(), max_index.data(), nullptr, log_prob.out().data, status.data()};
  }
  gumbel_softmax_task softmax_task() {
    return {rows,          classes,
            type,          address,
            logits.in(),   temperature.data(),
            true,          y.out(),
            one_hot.out(), softmax_index.data(),
            false};
  }
  gumbel_softmax_vjp_task vjp_task() {
    return {rows,
            classes,
            type,
            address,
            logits.in(),
            temperature.data(),
            true,
            {},
            d_y.in(),
            d_logits.out(),
            d_temperature.out().data};
  }
  batch& run(int threads = 0) {
    const row_execution execution{.threads = threads};
    gumbel_noise(noise_task(), execution);
    gumbel_max(max_task(), execution);
    gumbel_softmax(softmax_task(), execution);
    gumbel_softmax_task logarithm = softmax_task();
    logarithm.log_domain = true;
    logarithm.y = log_y.out();
    gumbel_softmax(logarithm, execution);
    gumbel_softmax_vjp(vjp_task(), execution);
    return *this;
  }
  auto results() const {
    return std::tie(noise, y, log_y, one_hot, d_logits, log_prob, d_temperature, max_index, softmax_index, status);
  }
  static constexpr row_batch batch::*rows_of_numbers[] = {&batch::noise, &batch::y, &batch::log_y, &batch::one_hot,
                                                          &batch::d_logits};
};

}  // namespace gumbelcuda::testing_rows
