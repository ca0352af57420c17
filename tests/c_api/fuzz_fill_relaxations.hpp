// SPDX-License-Identifier: Apache-2.0
// As fuzz_fill.hpp: structs of gumbelcuda/c/gumbel_rao.h, temperature_schedule.h, and samples of relaxed_bernoulli.h.
#pragma once

#include "tests/c_api/fuzz_fill.hpp"

namespace gumbelcuda::testing_c {

inline void fill(input& in, arrays& of, gumbelcuda_relaxed_bernoulli_args& a) {
  of.rows(a.logits);
  a.temperature = temperature(in, of, a.flags, a.rows);
  of.rows(a.y);
  of.rows(a.hard);
}
inline void fill(input& in, arrays& of, gumbelcuda_relaxed_bernoulli_vjp_args& a) { fill_backward(in, of, a); }
inline const std::int64_t* drawn_index(input& in, arrays& of, std::uint64_t rows, std::uint64_t classes) {
  return mostly<std::int64_t>(
      in, of, rows, [=](unsigned byte) { return byte == 0 || classes == 0 ? -1 : std::int64_t(byte % classes); });
}
inline void fill(input& in, arrays& of, gumbelcuda_conditional_gumbel_args& a) {
  of.rows(a.logits);
  a.index = drawn_index(in, of, a.rows, a.classes);
  of.rows(a.z);
}
inline void fill(input& in, arrays& of, gumbelcuda_gumbel_rao_vjp_args& a) {
  of.rows(a.logits);
  a.index = drawn_index(in, of, a.rows, a.classes);
  a.inner_samples = samples(in);
  a.reserved = in.once_in(32);
  a.temperature = temperature(in, of, a.flags, a.rows);
  of.rows(a.d_one_hot);
  of.rows(a.d_logits);
}
inline void fill(input& in, arrays& of, gumbelcuda_evaluate_schedule_args& a) {
  a.schedule.shape = in.once_in(16) ? int(in.byte()) - 128 : int(in.byte() % 3);
  a.schedule.knot_count = in.once_in(16) ? int(in.byte()) - 128 : 1 + int(in.byte() % 8);
  std::uint64_t step = in.byte();
  for (gumbelcuda_temperature_knot& knot : a.schedule.knots) {
    knot = {step, float(in.byte()) / 64, in.once_in(64)};
    step = in.once_in(32) ? in.word() : step + 1 + in.byte();
  }
  a.device_step = mostly<std::uint64_t>(in, of, 1, [](unsigned byte) { return 8 * byte; });
  a.device_temperature = static_cast<float*>(of.vector(1, sizeof(float), result));
}

}  // namespace gumbelcuda::testing_c
