// SPDX-License-Identifier: Apache-2.0
// A batch of relaxed k-hot samples for their tests.
#pragma once

#include "gumbelcuda/relaxed_k_hot.hpp"
#include "tests/rows/top_k_samples.hpp"

namespace gumbelcuda::testing_rows {

struct k_hot_samples {
  row_batch logits;
  std::uint64_t k;
  std::vector<float> temperature;  // one for all rows, or one for each row
  noise_address noise{.seed = 11, .first_row = 2, .offset = 4};

  row_batch empty() const { return row_batch(logits.type(), logits.rows(), logits.classes()); }
  relaxed_k_hot_task task() {
    return {.rows = logits.rows(),
            .classes = logits.classes(),
            .type = logits.type(),
            .noise = noise,
            .logits = logits.in(),
            .k = k,
            .temperature = temperature.data(),
            .temperature_per_row = temperature.size() > 1};
  }
  row_batch y() {
    row_batch result = empty();
    relaxed_k_hot_task to = task();
    to.y = result.out();
    relaxed_k_hot(to);
    return result;
  }
  row_batch k_hot() {
    row_batch result = empty();
    relaxed_k_hot_task to = task();
    to.k_hot = result.out();
    relaxed_k_hot(to);
    return result;
  }
  // The backward pass with y as input or, if of_y is null, with a recomputed y. The caller supplies d_y and both
  // results.
  relaxed_k_hot_vjp_task vjp(row_batch* of_y, row_batch& d_y) {
    relaxed_k_hot_vjp_task back{.rows = logits.rows(), .classes = logits.classes(), .type = logits.type()};
    if (of_y) {
      back.y = of_y->in();
    } else {
      back.noise = noise;
      back.logits = logits.in();
      back.k = k;
    }
    back.temperature = temperature.data();
    back.temperature_per_row = temperature.size() > 1;
    back.d_y = d_y.in();
    return back;
  }
};

}  // namespace gumbelcuda::testing_rows
