// SPDX-License-Identifier: Apache-2.0
// What fleets and sweeps have in common in C: settings from the caller's structs, progress and stops.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "gumbelcuda/c/fleet.h"
#include "gumbelcuda/c/sweep.h"
#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/sweep.hpp"
#include "host/c_api/answer.hpp"

struct gumbelcuda_fleet_result {
  gumbelcuda::fleet_result in_cpp;
  std::int64_t epochs;
  std::uint64_t first_gan;
};

struct gumbelcuda_sweep_result {
  gumbelcuda::sweep_result in_cpp;
  std::uint64_t first_gan;
};

namespace gumbelcuda::c_api {

// The caller's configuration in C++, with the defaults of members that are 0. Throw invalid_argument for what C++ could
// not have: null pointers, and arrays of lengths that are not allowed.
fleet_config config_from_c(const gumbelcuda_fleet_config* config);
sweep_config config_from_c(const gumbelcuda_sweep_config* config);

// `value`, if it is not 0, becomes `setting`.
template <class Value>
void set_if_given(Value& setting, std::type_identity_t<Value> value) {
  if (value != 0) setting = value;
}

// The caller's pointer, if it is not null, becomes `setting`.
template <class Value>
void set_if_given(const char* name, Value& setting, const Value* value) {
  if (!value) return;
  check_not_null(name, value);
  setting = *value;
}

// Whether the caller's array has elements. Throws invalid_argument if it says that it has some, but not where.
template <class Value>
bool is_given(const char* name, const Value* data, std::size_t count) {
  if (count == 0 && !data) return false;
  check_not_null(name, data);
  return true;
}

// Throws invalid_argument unless there is one value for all GANs, or one for each. Arrays are not read before.
void check_count_of_gans(const char* name, std::size_t count, std::uint64_t num_gans);

// Replaces the default in `setting`, if the caller's array is there.
template <class Value, class Array>
void set_per_gan(const char* name, std::vector<Value>& setting, const Array& array, std::uint64_t num_gans) {
  if (!is_given(name, array.data, array.count)) return;
  check_count_of_gans(name, array.count, num_gans);
  setting.assign(array.data, array.data + array.count);
}

// The caller's execution as training takes it. It must stay where it is while training runs.
class training_execution {
 public:
  // Throws invalid_argument. `execution` may be null.
  explicit training_execution(const gumbelcuda_training_execution* execution);
  training_execution(const training_execution&) = delete;
  training_execution& operator=(const training_execution&) = delete;

  const fleet_execution& in_cpp() const { return in_cpp_; }

 private:
  void look_at_stop();

  gumbelcuda_training_execution in_c_{};
  std::atomic<bool> stop_{false};
  fleet_execution in_cpp_{};
};

// gumbelcuda_fleet_bytes and gumbelcuda_sweep_bytes.
template <class InC>
gumbelcuda_status count_result_bytes(const InC* config, std::uint64_t* bytes) {
  return answer([&] {
    const auto in_cpp = config_from_c(config);
    check_not_null("bytes", bytes);
    validate(in_cpp);
    *bytes = result_bytes(in_cpp);
  });
}

// What trains a fleet or a sweep. train(config, execution) gives a Result.
template <class Result, class InC, class Train>
gumbelcuda_status train_new(Result** result, const InC* config, const gumbelcuda_training_execution* execution,
                            Train train) {
  return answer([&] {
    check_not_null("result", result);
    *result = nullptr;
    const auto in_cpp = config_from_c(config);
    training_execution where(execution);
    *result = new Result(train(in_cpp, where.in_cpp()));
  });
}

// The beginning of an array in a result; null if it is empty.
template <class Value>
const Value* data_of(const std::vector<Value>& values) {
  return values.empty() ? nullptr : values.data();
}

}  // namespace gumbelcuda::c_api
