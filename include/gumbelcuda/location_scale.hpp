// SPDX-License-Identifier: Apache-2.0
// Gumbel and Gaussian samples that have derivatives for location and scale, and their densities, for batches of rows.
// Arguments, errors and backends: as in execution.hpp.
//
//   gumbelcuda::location_scale_sample_task task{.rows = 128, .classes = 10, .law = gumbelcuda::noise_law::gaussian};
//   task.location = {mean};
//   task.scale = {stddev, gumbelcuda::parameter_shape::per_row};
//   task.sample = {x};
//   gumbelcuda::location_scale_sample(task);
#pragma once

#include <cstddef>
#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// The law of the noise. gumbel: Gumbel(location, scale), of the numbers of gumbel_noise_task. gaussian: the normal law
// of mean location and standard deviation scale; each number takes the word that its Gumbel would take
// (docs/noise-stream.md), float in ±9.1553.
enum class noise_law { gumbel, gaussian };

// How many numbers a parameter has: data[r·row_stride + k·class_stride], as in const_rows; data[r]; data[0].
enum class parameter_shape { per_element, per_row, one_for_all };
struct const_parameter {
  const void* data = nullptr;  // of the task's type
  parameter_shape shape = parameter_shape::per_element;
  std::size_t row_stride = 0, class_stride = 0;  // per_element only
};
// A parameter's derivative: per element, of the task's type; or else data[r], the sum over row r, double for float64,
// float otherwise. That is so for one_for_all too: data has room for all rows, and the caller adds them up.
struct mutable_parameter {
  void* data = nullptr;
  parameter_shape shape = parameter_shape::per_element;
  std::size_t row_stride = 0, class_stride = 0;  // per_element only
};

// sample[r][k] = location + scale·noise. Kingma, Welling, arXiv:1312.6114, section 2.4; for Gumbel Maddison, Tarlow,
// Minka, arXiv:1411.0030. scale ≥ 0 and finite: 0 gives location itself; another scale gives NaN.
struct location_scale_sample_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  noise_law law = noise_law::gumbel;
  noise_address noise{};
  const_parameter location{}, scale{};
  mutable_rows sample{};  // may be a parameter that is per element, with the same strides
};
constexpr auto describe(const location_scale_sample_task*) {
  using task = location_scale_sample_task;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(law), GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(location), GUMBELCUDA_FIELD(scale),
                    GUMBELCUDA_FIELD(sample, .may_be = {"location", "scale"}));
}

// From d_sample = dL/dsample to dL/dlocation = d_sample and dL/dscale = d_sample·noise, which is computed again:
// neither depends on location or scale.
struct location_scale_sample_vjp_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  noise_law law = noise_law::gumbel;  // as in the forward pass
  noise_address noise{};              // as in the forward pass
  const_rows d_sample{};
  mutable_parameter d_location{}, d_scale{};  // at least one; per element may be d_sample, strides too
};
constexpr auto describe(const location_scale_sample_vjp_task*) {
  using task = location_scale_sample_vjp_task;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(law), GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(d_sample),
                    GUMBELCUDA_FIELD(d_location, .one_of = true, .may_be = {"d_sample"}),
                    GUMBELCUDA_FIELD(d_scale, .one_of = true, .may_be = {"d_sample"}));
}

// location 0 and scale 1, one for all, give the noise itself.
GUMBELCUDA_API void location_scale_sample(const location_scale_sample_task& task, const row_execution& execution = {});
GUMBELCUDA_API void location_scale_sample_vjp(const location_scale_sample_vjp_task& task,
                                              const row_execution& execution = {});

// log_prob[r][k] = log of the density at value[r][k]. With z = (value − location)/scale:
//
//   gumbel     −z − e^−z − log scale
//   gaussian   −½·z² − log scale − ½·log 2π
//
// −inf where it is below the least number, and at ±inf. NaN for a NaN, for a location that is not finite and for a
// scale that is not above 0 and finite.
struct location_scale_log_prob_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  noise_law law = noise_law::gumbel;
  const_rows value{};
  const_parameter location{}, scale{};
  mutable_rows log_prob{};  // may be value, or a parameter that is per element, with the same strides
};
constexpr auto describe(const location_scale_log_prob_task*) {
  using task = location_scale_log_prob_task;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(law), GUMBELCUDA_FIELD(value), GUMBELCUDA_FIELD(location), GUMBELCUDA_FIELD(scale),
                    GUMBELCUDA_FIELD(log_prob, .may_be = {"value", "location", "scale"}));
}

// From d_log_prob = dL/dlog_prob to dL/dvalue, dL/dlocation = −dL/dvalue and dL/dscale. 0 where d_log_prob is, however
// steep the density; NaN where log_prob is.
struct location_scale_log_prob_vjp_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  noise_law law = noise_law::gumbel;
  const_rows value{};
  const_parameter location{}, scale{};
  const_rows d_log_prob{};
  // At least one of the three. Per element they may be d_log_prob, with the same strides.
  mutable_rows d_value{};
  mutable_parameter d_location{}, d_scale{};
};
constexpr auto describe(const location_scale_log_prob_vjp_task*) {
  using task = location_scale_log_prob_vjp_task;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(law), GUMBELCUDA_FIELD(value), GUMBELCUDA_FIELD(location), GUMBELCUDA_FIELD(scale),
                    GUMBELCUDA_FIELD(d_log_prob), GUMBELCUDA_FIELD(d_value, .one_of = true, .may_be = {"d_log_prob"}),
                    GUMBELCUDA_FIELD(d_location, .one_of = true, .may_be = {"d_log_prob"}),
                    GUMBELCUDA_FIELD(d_scale, .one_of = true, .may_be = {"d_log_prob"}));
}

GUMBELCUDA_API void location_scale_log_prob(const location_scale_log_prob_task& task,
                                            const row_execution& execution = {});
GUMBELCUDA_API void location_scale_log_prob_vjp(const location_scale_log_prob_vjp_task& task,
                                                const row_execution& execution = {});

}  // namespace gumbelcuda
