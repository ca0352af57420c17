// SPDX-License-Identifier: Apache-2.0
#include "host/selftest/every_operation.hpp"

#include <cmath>
#include <cstring>
#include <random>

#include "gumbelcuda/math/storage.hpp"
#include "host/row_checks.hpp"

namespace gumbelcuda {
namespace {

using byte_row = std::vector<unsigned char>;

void set(byte_row& bytes, number_type type, std::uint64_t i, float value) {
  const auto store = [&](auto stored) { std::memcpy(&bytes[i * sizeof stored], &stored, sizeof stored); };
  switch (type) {
    case number_type::float32:
      return store(value);
    case number_type::float16:
      return store(narrow<float16>(value));
    case number_type::bfloat16:
      return store(narrow<bfloat16>(value));
    case number_type::float64:
      return store(double(value));
  }
}

}  // namespace

operation_bytes every_operation(const sampler_under_test& sampler, const row_shape& shape) {
  const auto [type, rows, classes, gap, noise, made_from] = shape;
  const std::uint64_t stride = classes + gap, computed_size = type == number_type::float64 ? 8 : 4;
  const byte_row empty(rows * stride * size_of(type)), a_number_each(rows * computed_size);
  byte_row logits = empty, d_y = empty;
  std::vector<float> temperature;
  std::mt19937_64 random(made_from);
  // Of few enough bits for every type; some classes masked, never the first.
  const float temperatures[] = {1, .5f, .125f, 0x1p-10f, 0, 2};
  for (std::uint64_t row = 0; row < rows; ++row) {
    temperature.push_back(temperatures[random() % std::size(temperatures)]);
    for (std::uint64_t k = 0; k < classes; ++k) {
      const std::uint64_t x = random();
      set(logits, type, row * stride + k, k > 0 && x % 16 == 0 ? -INFINITY : float(x >> 57) / 16);
      set(d_y, type, row * stride + k, float(x >> 50 & 127) / 64 - 1);
    }
  }

  byte_row g = empty, log_prob = a_number_each, y = empty, log_y = empty, one_hot = empty, d_logits = empty,
           d_temperature = a_number_each, indices(2 * rows * sizeof(std::int64_t)), status_bytes(rows);
  std::vector<std::int64_t> index(2 * rows);
  std::vector<row_status> status(rows);
  const const_rows given{logits.data(), stride};
  sampler.noise({rows, classes, type, noise, {g.data(), stride}});
  sampler.draw({rows, classes, type, noise, given, index.data(), log_prob.data(), status.data()});
  gumbel_softmax_task relax{rows,
                            classes,
                            type,
                            noise,
                            given,
                            temperature.data(),
                            true,
                            {y.data(), stride},
                            {one_hot.data(), stride},
                            index.data() + rows,
                            false};
  sampler.relax(relax);
  relax.y.data = log_y.data();
  relax.log_domain = true;
  sampler.relax(relax);
  sampler.relax_vjp({rows,
                     classes,
                     type,
                     noise,
                     given,
                     temperature.data(),
                     true,
                     {},
                     {d_y.data(), stride},
                     {d_logits.data(), stride},
                     d_temperature.data()});
  std::memcpy(indices.data(), index.data(), indices.size());
  std::memcpy(status_bytes.data(), status.data(), rows);
  return {g, log_prob, y, log_y, one_hot, d_logits, d_temperature, indices, status_bytes};
}

}  // namespace gumbelcuda
