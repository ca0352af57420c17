// SPDX-License-Identifier: Apache-2.0
// Checks before training: that the compiler keeps the bits, and that a model does what it says. For that it is started,
// and takes one step, in memory whose borders are watched.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "gumbelcuda/detail/model/lanes.hpp"
#include "gumbelcuda/detail/model/run.hpp"
#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/error.hpp"

#ifdef __FAST_MATH__
#error "gumbelcuda: a model compiled with -ffast-math gives other bits on every machine; compile without"
#endif

namespace gumbelcuda::checking_model {
inline namespace GUMBELCUDA_MODELS {

// A product and a sum: in two operations if the compiler does what the source says, in one if fma() is asked for.
// Rounded twice this is 0; once, 2^-24.
inline void check_compiler() {
  volatile float a = 1 + 0x1p-12f, c = -(1 + 0x1p-11f);
  const model_lane x(a), y(c);
  float twice[std::size_t(models_side_by_side)], once[std::size_t(models_side_by_side)];
  store_lane(x * x + y, twice);
  store_lane(fma(x, x, y), once);
  if (twice[0] != 0)
    throw error(
        "this program was compiled so that a product and a sum become one operation, which changes bits: add "
        "-ffp-contract=off to the compiler's flags");
  if (once[0] != 0x1p-24f) throw error("this program was compiled so that fma() is rounded twice, which changes bits");
}

// The noise of row 0, and how much of it a model asks for.
struct counted_blocks {
  stream_row row;
  std::uint64_t* end;  // one more than the highest number that was asked for
  GUMBELCUDA_HD philox_block<std::uint32_t> operator()(std::uint64_t block) const {
    if (block >= *end) *end = block + 1;
    return row(block);
  }
};

// Returns how often a step updates each group.
template <class Model>
std::vector<std::uint64_t> check_model(const Model& model,
                                       const model_hyperparameters<float, Model::parameters::count>& hyper,
                                       std::uint64_t seed, std::uint64_t row, const any_optimizer& optimizer) {
  using groups = typename Model::parameters;
  constexpr int gap = 16;
  using run_type = model_run<Model, float, counted_blocks, any_optimizer, gap>;
  const float unset = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> memory(std::size_t(gap + run_type::lanes_of_state), unset);
  float* const state = memory.data() + gap;
  std::vector<float> of_gradient(std::size_t(gap + run_type::lanes_of_parameters), unset);
  float* const gradient = of_gradient.data() + gap;
  std::uint64_t end = 0;
  run_type run(state, gradient, {{seed, row}, &end}, hyper, optimizer);
  const auto check_borders_of = [&](const float* numbers, const char* function, const char* what) {
    for (int i = 1; i <= gap; ++i)
      if (numbers[-i] == numbers[-i])
        throw invalid_argument("model", std::string(function) + " writes " + what + " " + std::to_string(-i) +
                                            " of group 0, before the first");
    for (int group = 0; group < groups::count; ++group)
      for (int i = 0; i < gap; ++i)
        if (const float x = numbers[run_type::first_lane(group) + groups::size(group) + i]; x == x)
          throw invalid_argument(
              "model", std::string(function) + " writes " + what + " " + std::to_string(groups::size(group) + i) +
                           " of group " + std::to_string(group) + ", which has " + std::to_string(groups::size(group)));
  };
  const auto check_borders = [&](const char* function) {
    check_borders_of(state, function, "parameter");
    check_borders_of(gradient, function, "the gradient of parameter");
  };
  const auto check_noise = [&](const char* function, std::uint64_t from, std::uint64_t declared, const char* name) {
    if (end > from + declared)
      throw invalid_argument("model", std::string(function) + " draws block " + std::to_string(end - from - 1) +
                                          " of its noise, but " + name + " is " + std::to_string(declared));
  };
  run.start(model);
  check_borders("start()");
  check_noise("start()", 0, Model::start_blocks, "start_blocks");
  for (int group = 0; group < groups::count; ++group)
    for (int i = 0; i < groups::size(group); ++i)
      if (const float x = state[run_type::first_lane(group) + i]; !(x == x))
        throw invalid_argument("model", "start() leaves parameter " + std::to_string(i) + " of group " +
                                            std::to_string(group) + " unset, or makes it NaN");
  for (int group = 0; group < groups::count; ++group)
    if (run.updates()[group] > 0)
      throw invalid_argument("model", "start() updates group " + std::to_string(group) + "; only step() may");
  run.step(model, 0);
  check_borders("step()");
  check_noise("step()", Model::start_blocks, Model::step_blocks, "step_blocks");
  for (int group = 0; group < groups::count; ++group)
    for (int i = 0; i < groups::size(group); ++i)
      if (const float x = gradient[run_type::first_lane(group) + i]; !(x == 0))
        throw invalid_argument("model", "step() leaves a gradient in group " + std::to_string(group) +
                                            ", which no update took: " + number_text(x));
  std::vector<float> out(std::size_t(Model::outputs + gap), unset);
  run.output(model, out.data());
  for (int i = 0; i < gap; ++i)
    if (const float x = out[std::size_t(Model::outputs + i)]; x == x)
      throw invalid_argument("model", "output() writes number " + std::to_string(Model::outputs + i) +
                                          ", but outputs is " + std::to_string(Model::outputs));
  return {run.updates(), run.updates() + groups::count};
}

}  // namespace GUMBELCUDA_MODELS
}  // namespace gumbelcuda::checking_model
