// SPDX-License-Identifier: Apache-2.0
// Gumbel and Gaussian samples that have derivatives for location and scale, and their densities, for batches of rows.
// Errors and backends: see execution.hpp.
//
//   gumbelcuda::location_scale_sample_args<float> args{.rows = 128, .classes = 10};
//   args.law = gumbelcuda::noise_law::gaussian;
//   args.location = {mean};
//   args.scale = {stddev, gumbelcuda::parameter_shape::per_row};
//   args.sample = {x};
//   gumbelcuda::location_scale_sample(args);
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// The law of the noise. gumbel: Gumbel(location, scale), from the numbers that gumbel_noise gives. gaussian: the normal
// law with mean location and standard deviation scale. A normal number is made from the same word as the Gumbel number
// in its place (docs/noise-stream.md); as float it lies in ±9.1553.
enum class noise_law { gumbel, gaussian };

namespace detail {

// A pointer to numbers of the type that is stored, or of the type that is computed with.
template <class Number>
class either_pointer {
 public:
  constexpr either_pointer(std::nullptr_t) {}
  constexpr either_pointer(Number* numbers) : pointer_(numbers) {}
  constexpr either_pointer(computed_number<Number>* sums) : pointer_(sums), points_to_sums_(true) {}
  constexpr operator void*() const { return pointer_; }
  constexpr bool points_to_sums() const { return points_to_sums_; }

 private:
  void* pointer_ = nullptr;
  bool points_to_sums_ = false;
};
template <class Number>
using gradient_pointer =
    std::conditional_t<std::is_same_v<computed_number<Number>, typename number_types<Number>::stored>,
                       computed_number<Number>*, either_pointer<Number>>;

}  // namespace detail

// How many numbers a parameter has. per_element: data[r·row_stride + k·class_stride], as in const_rows. per_row:
// data[r]. one_for_all: data[0].
enum class parameter_shape { per_element, per_row, one_for_all };
template <class Number>
struct basic_const_parameter {
  const typename detail::number_types<Number>::stored* data = nullptr;  // of the number type of the call
  parameter_shape shape = parameter_shape::per_element;
  std::size_t row_stride = 0, class_stride = 0;  // per_element only
};
// A parameter's derivative. per_element: one number per element, of the call's number type. Otherwise data[r] is the
// sum over row r: double for float64, float otherwise. This holds for one_for_all, too: data has capacity for all rows,
// and the caller adds them up.
template <class Number>
struct basic_mutable_parameter {
  detail::gradient_pointer<Number> data = nullptr;
  parameter_shape shape = parameter_shape::per_element;
  std::size_t row_stride = 0, class_stride = 0;  // per_element only
};
using const_parameter = basic_const_parameter<any_number>;
using mutable_parameter = basic_mutable_parameter<any_number>;

// sample[r][k] = location + scale·noise. Kingma, Welling, arXiv:1312.6114, section 2.4; for Gumbel Maddison, Tarlow,
// Minka, arXiv:1411.0030. scale must be ≥ 0 and finite; any other gives NaN. scale 0 gives location itself.
template <class Number>
struct location_scale_sample_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_law law = noise_law::gumbel;
  noise_address noise{};
  basic_const_parameter<Number> location{}, scale{};
  basic_mutable_rows<Number> sample{};  // may overwrite a per-element parameter, with the same strides
};
template <class Number>
constexpr auto describe(const location_scale_sample_args<Number>*) {
  using task = location_scale_sample_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(law), GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(location), GUMBELCUDA_FIELD(scale),
                    GUMBELCUDA_FIELD(sample, .may_be = {"location", "scale"}));
}
using location_scale_sample_task = location_scale_sample_args<any_number>;

// From d_sample = dL/dsample to dL/dlocation = d_sample and dL/dscale = d_sample·noise. The noise is drawn again.
// Neither derivative depends on location or scale.
template <class Number>
struct location_scale_sample_vjp_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_law law = noise_law::gumbel;  // as in the forward pass
  noise_address noise{};              // as in the forward pass
  basic_const_rows<Number> d_sample{};
  // At least one of the two. Per element, either may overwrite d_sample, with the same strides.
  basic_mutable_parameter<Number> d_location{}, d_scale{};
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

// With location 0 and scale 1, each one_for_all, the sample is the noise itself.
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
// log_prob is −inf where it is below the lowest finite number, and at ±inf. It is NaN for a NaN, for a location that is
// not finite, and for a scale that is not above 0 and finite.
template <class Number>
struct location_scale_log_prob_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_law law = noise_law::gumbel;
  basic_const_rows<Number> value{};
  basic_const_parameter<Number> location{}, scale{};
  basic_mutable_rows<Number> log_prob{};  // may overwrite value or a per-element parameter, with the same strides
};
template <class Number>
constexpr auto describe(const location_scale_log_prob_args<Number>*) {
  using task = location_scale_log_prob_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(law), GUMBELCUDA_FIELD(value), GUMBELCUDA_FIELD(location), GUMBELCUDA_FIELD(scale),
                    GUMBELCUDA_FIELD(log_prob, .may_be = {"value", "location", "scale"}));
}
using location_scale_log_prob_task = location_scale_log_prob_args<any_number>;

// From d_log_prob = dL/dlog_prob to dL/dvalue, dL/dlocation = −dL/dvalue and dL/dscale. They are 0 where d_log_prob is
// 0, however steep the density is, and NaN where log_prob is NaN.
template <class Number>
struct location_scale_log_prob_vjp_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_law law = noise_law::gumbel;
  basic_const_rows<Number> value{};
  basic_const_parameter<Number> location{}, scale{};
  basic_const_rows<Number> d_log_prob{};
  // At least one of the three. Per element, each may overwrite d_log_prob, with the same strides.
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
