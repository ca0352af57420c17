// SPDX-License-Identifier: Apache-2.0
// Gumbel and Gaussian samples that have derivatives for location and scale, and their densities, for batches of rows.
// Arguments, errors and backends: as in execution.hpp.
//
//   gumbelcuda::location_scale_sample_args<float> task{.rows = 128, .classes = 10, .law =
//   gumbelcuda::noise_law::gaussian}; task.location = {mean}; task.scale = {stddev,
//   gumbelcuda::parameter_shape::per_row}; task.sample = {x}; gumbelcuda::location_scale_sample(task);
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// The law of the noise. gumbel: Gumbel(location, scale), of the numbers of gumbel_noise_task. gaussian: the normal law
// of mean location and standard deviation scale; each number takes the word that its Gumbel would take
// (docs/noise-stream.md), float in ±9.1553.
enum class noise_law { gumbel, gaussian };

namespace detail {

// To numbers that are stored, or to those that are computed with.
template <class Number>
class either_pointer {
 public:
  constexpr either_pointer(std::nullptr_t) {}
  constexpr either_pointer(Number* numbers) : pointer_(numbers) {}
  constexpr either_pointer(computed_number<Number>* sums) requires(!std::is_same_v<computed_number<Number>, Number>)
      : pointer_(sums) {}
  constexpr operator void*() const { return pointer_; }

 private:
  void* pointer_ = nullptr;
};
template <class Number>
using gradient_pointer = std::conditional_t<std::is_same_v<Number, any_number>, void*, either_pointer<Number>>;

}  // namespace detail

// How many numbers a parameter has: data[r·row_stride + k·class_stride], as in const_rows; data[r]; data[0].
enum class parameter_shape { per_element, per_row, one_for_all };
template <class Number>
struct basic_const_parameter {
  const typename detail::number_types<Number>::stored* data = nullptr;  // of the task's type
  parameter_shape shape = parameter_shape::per_element;
  std::size_t row_stride = 0, class_stride = 0;  // per_element only
};
// A parameter's derivative: per element, of the task's type; or else data[r], the sum over row r, double for float64,
// float otherwise. That is so for one_for_all too: data has room for all rows, and the caller adds them up.
template <class Number>
struct basic_mutable_parameter {
  detail::gradient_pointer<Number> data = nullptr;
  parameter_shape shape = parameter_shape::per_element;
  std::size_t row_stride = 0, class_stride = 0;  // per_element only
};
using const_parameter = basic_const_parameter<any_number>;
using mutable_parameter = basic_mutable_parameter<any_number>;

// sample[r][k] = location + scale·noise. Kingma, Welling, arXiv:1312.6114, section 2.4; for Gumbel Maddison, Tarlow,
// Minka, arXiv:1411.0030. scale ≥ 0 and finite: 0 gives location itself; another scale gives NaN.
template <class Number>
struct location_scale_sample_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_law law = noise_law::gumbel;
  noise_address noise{};
  basic_const_parameter<Number> location{}, scale{};
  basic_mutable_rows<Number> sample{};  // may be a parameter that is per element, with the same strides
};
template <class Number>
constexpr auto describe(const location_scale_sample_args<Number>*) {
  using task = location_scale_sample_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(law), GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(location), GUMBELCUDA_FIELD(scale),
                    GUMBELCUDA_FIELD(sample, .may_be = {"location", "scale"}));
}
using location_scale_sample_task = location_scale_sample_args<any_number>;

// From d_sample = dL/dsample to dL/dlocation = d_sample and dL/dscale = d_sample·noise, which is computed again:
// neither depends on location or scale.
template <class Number>
struct location_scale_sample_vjp_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_law law = noise_law::gumbel;  // as in the forward pass
  noise_address noise{};              // as in the forward pass
  basic_const_rows<Number> d_sample{};
  basic_mutable_parameter<Number> d_location{}, d_scale{};  // at least one; per element may be d_sample, strides too
};
template <class Number>
constexpr auto describe(const location_scale_sample_vjp_args<Number>*) {
  using task = location_scale_sample_vjp_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(law), GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(d_sample),
                    GUMBELCUDA_FIELD(d_location, .one_of = true, .may_be = {"d_sample"}),
                    GUMBELCUDA_FIELD(d_scale, .one_of = true, .may_be = {"d_sample"}));
}
using location_scale_sample_vjp_task = location_scale_sample_vjp_args<any_number>;

// location 0 and scale 1, one for all, give the noise itself.
GUMBELCUDA_API void location_scale_sample(const location_scale_sample_task& task, const row_execution& execution = {});
template <class Number>
void location_scale_sample(const location_scale_sample_args<Number>& args, const row_execution& execution = {}) {
  location_scale_sample(untyped(args), execution);
}
GUMBELCUDA_API void location_scale_sample_vjp(const location_scale_sample_vjp_task& task,
                                              const row_execution& execution = {});
template <class Number>
void location_scale_sample_vjp(const location_scale_sample_vjp_args<Number>& args,
                               const row_execution& execution = {}) {
  location_scale_sample_vjp(untyped(args), execution);
}

// log_prob[r][k] = log of the density at value[r][k]. With z = (value − location)/scale:
//
//   gumbel     −z − e^−z − log scale
//   gaussian   −½·z² − log scale − ½·log 2π
//
// −inf where it is below the least number, and at ±inf. NaN for a NaN, for a location that is not finite and for a
// scale that is not above 0 and finite.
template <class Number>
struct location_scale_log_prob_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_law law = noise_law::gumbel;
  basic_const_rows<Number> value{};
  basic_const_parameter<Number> location{}, scale{};
  basic_mutable_rows<Number> log_prob{};  // may be value, or a parameter that is per element, with the same strides
};
template <class Number>
constexpr auto describe(const location_scale_log_prob_args<Number>*) {
  using task = location_scale_log_prob_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(law), GUMBELCUDA_FIELD(value), GUMBELCUDA_FIELD(location), GUMBELCUDA_FIELD(scale),
                    GUMBELCUDA_FIELD(log_prob, .may_be = {"value", "location", "scale"}));
}
using location_scale_log_prob_task = location_scale_log_prob_args<any_number>;

// From d_log_prob = dL/dlog_prob to dL/dvalue, dL/dlocation = −dL/dvalue and dL/dscale. 0 where d_log_prob is, however
// steep the density; NaN where log_prob is.
template <class Number>
struct location_scale_log_prob_vjp_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_law law = noise_law::gumbel;
  basic_const_rows<Number> value{};
  basic_const_parameter<Number> location{}, scale{};
  basic_const_rows<Number> d_log_prob{};
  // At least one of the three. Per element they may be d_log_prob, with the same strides.
  basic_mutable_rows<Number> d_value{};
  basic_mutable_parameter<Number> d_location{}, d_scale{};
};
template <class Number>
constexpr auto describe(const location_scale_log_prob_vjp_args<Number>*) {
  using task = location_scale_log_prob_vjp_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(law), GUMBELCUDA_FIELD(value), GUMBELCUDA_FIELD(location), GUMBELCUDA_FIELD(scale),
                    GUMBELCUDA_FIELD(d_log_prob), GUMBELCUDA_FIELD(d_value, .one_of = true, .may_be = {"d_log_prob"}),
                    GUMBELCUDA_FIELD(d_location, .one_of = true, .may_be = {"d_log_prob"}),
                    GUMBELCUDA_FIELD(d_scale, .one_of = true, .may_be = {"d_log_prob"}));
}
using location_scale_log_prob_vjp_task = location_scale_log_prob_vjp_args<any_number>;

GUMBELCUDA_API void location_scale_log_prob(const location_scale_log_prob_task& task,
                                            const row_execution& execution = {});
template <class Number>
void location_scale_log_prob(const location_scale_log_prob_args<Number>& args, const row_execution& execution = {}) {
  location_scale_log_prob(untyped(args), execution);
}
GUMBELCUDA_API void location_scale_log_prob_vjp(const location_scale_log_prob_vjp_task& task,
                                                const row_execution& execution = {});
template <class Number>
void location_scale_log_prob_vjp(const location_scale_log_prob_vjp_args<Number>& args,
                                 const row_execution& execution = {}) {
  location_scale_log_prob_vjp(untyped(args), execution);
}

}  // namespace gumbelcuda
