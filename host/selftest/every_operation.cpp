// SPDX-License-Identifier: Apache-2.0
#include "host/selftest/every_operation.hpp"

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/concrete.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "gumbelcuda/gumbel_top_k.hpp"
#include "gumbelcuda/kl_divergence.hpp"
#include "gumbelcuda/location_scale.hpp"
#include "gumbelcuda/relaxed_bernoulli.hpp"
#include "gumbelcuda/relaxed_k_hot.hpp"
#include "gumbelcuda/sharded.hpp"

#include <algorithm>

#include "host/selftest/recorder.hpp"

namespace gumbelcuda {
namespace {

const_rows read(const mutable_rows& rows) { return {rows.data, rows.row_stride}; }

// Returns the classes drawn.
const std::int64_t* run_gumbel_softmax(recorder& r) {
  const synthetic_rows& inputs = r.inputs;
  const std::uint64_t rows = r.shape.rows;
  r.run("gumbel_noise", r.task<gumbel_noise_task>());
  auto* const index =
      static_cast<std::int64_t*>(r.room("gumbel_max, gumbel_softmax: index", 2 * rows * sizeof(std::int64_t)));
  auto max = r.task<gumbel_max_task>();
  max.logits = inputs.rows(inputs.logits);
  max.index = index;
  max.status = static_cast<row_status*>(r.room("gumbel_max: status", rows));
  r.run("gumbel_max: log_prob", max);

  auto softmax = r.task<gumbel_softmax_task>();
  softmax.logits = max.logits;
  softmax.one_hot = {r.room("gumbel_softmax: one_hot", inputs.logits.size()), inputs.stride};
  softmax.index = index + rows;
  softmax.gumbel_out = {r.room("gumbel_softmax: gumbel_out", inputs.logits.size()), inputs.stride};
  const auto relaxed = r.run("gumbel_softmax: y", softmax);
  softmax.log_domain = true;
  r.run("gumbel_softmax: log y", softmax);
  auto vjp = r.task<gumbel_softmax_vjp_task>();
  vjp.logits = max.logits;
  vjp.d_y = inputs.rows(inputs.upstream);
  auto separate = vjp;
  separate.d_temperature = r.room("gumbel_softmax_vjp: d_temperature", rows * computed_size_of(r.shape.type));
  r.run("gumbel_softmax_vjp: d_logits", separate);

  softmax = r.task<gumbel_softmax_task>();
  softmax.logits = max.logits;
  softmax.gumbel = vjp.gumbel = inputs.rows(inputs.finite_logits);
  r.run("gumbel_softmax, noise given", softmax);
  r.run("gumbel_softmax_vjp, noise given", vjp);
  vjp.y = read(relaxed.y);
  r.run("gumbel_softmax_vjp, y given", vjp);
  return index;
}

void run_draws(recorder& r) {
  const synthetic_rows& inputs = r.inputs;
  const auto [rows, classes] = std::pair(r.shape.rows, r.shape.classes);
  auto categorical = r.task<categorical_sample_task>();
  categorical.logits = inputs.rows(inputs.logits);
  categorical.draws = 2;
  r.run("categorical_sample", categorical);
  const float least_share = 1 / 64.f;
  categorical.noise.row_seed = categorical.noise.row_offset = inputs.seeds.data();
  categorical.top_k = inputs.small.data();
  categorical.top_p = inputs.one_share.data();
  categorical.min_p = &least_share;
  categorical.top_k_per_row = categorical.top_p_per_row = categorical.reject_probabilities = true;
  r.run("categorical_sample, filtered", categorical);
  auto from_probabilities = r.task<categorical_sample_from_probabilities_task>();
  from_probabilities.probabilities = inputs.rows(inputs.probabilities);
  from_probabilities.draws = 3;
  r.run("categorical_sample_from_probabilities", from_probabilities);
  auto top_k = r.task<gumbel_top_k_task>();
  top_k.logits = categorical.logits;
  top_k.k = std::min<std::uint64_t>(classes, 5);
  r.run("gumbel_top_k", top_k);

  constexpr std::uint64_t shards = 3;
  auto* const partial =
      static_cast<gumbel_max_partial*>(r.room("gumbel_max_shard", shards * rows * sizeof(gumbel_max_partial)));
  const std::uint64_t cut = (classes / shards / 4 + 1) * 4;
  for (std::uint64_t i = 0; i < shards; ++i) {
    auto shard = r.task<gumbel_max_shard_task>();
    shard.first_class = i * cut;
    shard.classes = classes > i * cut ? std::min(classes - i * cut, cut) : 0;
    const std::uint64_t before = shard.classes > 0 ? i * cut * size_of(r.shape.type) : 0;
    shard.logits = {inputs.logits.data() + before, inputs.stride};
    shard.log_prob_wanted = true;
    shard.partial = partial + i * rows;
    r.run("gumbel_max_shard", shard);
  }
  auto combine = r.task<combine_gumbel_max_task>();
  combine.shards = shards;
  combine.partial = partial;
  r.run("combine_gumbel_max", combine);
}

// Runs a relaxation, its gradient from noise, and its gradient from y.
template <class Vjp, class Task>
void run_relaxation(recorder& r, const char* name, const char* vjp_name, const Task& task) {
  const auto relaxed = r.run(name, task);
  auto vjp = r.task<Vjp>();
  vjp.logits = task.logits;
  if constexpr (requires { vjp.k; }) vjp.k = task.k;
  vjp.d_y = r.inputs.rows(r.inputs.upstream);
  r.run(vjp_name, vjp);
  vjp.y = read(relaxed.y);
  r.run(vjp_name, vjp);
}

void run_relaxations(recorder& r, const std::int64_t* index) {
  const synthetic_rows& inputs = r.inputs;
  auto k_hot = r.task<relaxed_k_hot_task>();
  k_hot.logits = inputs.rows(inputs.logits);
  k_hot.k = std::min<std::uint64_t>(r.shape.classes, 3);
  run_relaxation<relaxed_k_hot_vjp_task>(r, "relaxed_k_hot", "relaxed_k_hot_vjp", k_hot);
  auto bernoulli = r.task<relaxed_bernoulli_task>();
  bernoulli.logits = inputs.rows(inputs.finite_logits);
  run_relaxation<relaxed_bernoulli_vjp_task>(r, "relaxed_bernoulli", "relaxed_bernoulli_vjp", bernoulli);
  auto conditional = r.task<conditional_gumbel_task>();
  conditional.logits = k_hot.logits;
  conditional.index = index;
  conditional.noise.offset += (r.shape.classes + 3) / 4 * 4;
  r.run("conditional_gumbel", conditional);
  auto rao = r.task<gumbel_rao_vjp_task>();
  rao.logits = k_hot.logits;
  rao.index = index;
  rao.inner_samples = 2;
  rao.d_one_hot = inputs.rows(inputs.upstream);
  r.run("gumbel_rao_vjp", rao);
}

void run_densities(recorder& r) {
  const synthetic_rows& inputs = r.inputs;
  auto kl = r.task<kl_divergence_task>();
  kl.p_logits = inputs.rows(inputs.logits);
  kl.q_logits = inputs.rows(inputs.finite_logits);
  r.run("kl_divergence", kl);

  const auto run_estimate = [&](const char* name, auto estimate) {
    estimate.samples = 2;
    estimate.p_logits = inputs.rows(inputs.shares);
    estimate.q_logits = inputs.rows(inputs.finite_logits);
    estimate.p_temperature = inputs.positive_temperature.data();
    estimate.p_temperature_per_row = true;
    estimate.q_temperature = inputs.one_share.data();
    if constexpr (requires { estimate.d_kl; }) estimate.d_kl = inputs.computed.data();
    r.run(name, estimate);
  };
  run_estimate("concrete_kl_estimate", r.task<concrete_kl_estimate_task>());
  run_estimate("concrete_kl_estimate_vjp", r.task<concrete_kl_estimate_vjp_task>());

  const auto run_concrete = [&](const char* name, auto concrete) {
    concrete.logits = inputs.rows(inputs.finite_logits);
    concrete.value = inputs.rows(inputs.shares);
    concrete.temperature = inputs.positive_temperature.data();
    if constexpr (requires { concrete.d_log_prob; }) concrete.d_log_prob = inputs.computed.data();
    for (const bool log_domain : {false, true}) {
      concrete.log_domain = log_domain;
      r.run(name, concrete);
    }
  };
  run_concrete("concrete_log_prob", r.task<concrete_log_prob_task>());
  run_concrete("concrete_log_prob_vjp", r.task<concrete_log_prob_vjp_task>());

  auto bernoulli = r.task<relaxed_bernoulli_log_prob_task>();
  bernoulli.logits = inputs.rows(inputs.finite_logits);
  bernoulli.y = inputs.rows(inputs.shares);
  bernoulli.temperature = inputs.positive_temperature.data();
  r.run("relaxed_bernoulli_log_prob", bernoulli);
}

void run_location_scale(recorder& r) {
  const synthetic_rows& inputs = r.inputs;
  const auto run_with = [&](const char* name, auto t) {
    if constexpr (requires { t.value; }) t.value = inputs.rows(inputs.upstream);
    if constexpr (requires { t.d_sample; }) t.d_sample = inputs.rows(inputs.upstream);
    if constexpr (requires { t.d_log_prob; }) t.d_log_prob = inputs.rows(inputs.finite_logits);
    for (const noise_law law : {noise_law::gumbel, noise_law::gaussian}) {
      auto of_law = t;
      of_law.law = law;
      const bool gumbel = law == noise_law::gumbel;
      const auto location_shape = gumbel ? parameter_shape::per_element : parameter_shape::per_row;
      const auto scale_shape = gumbel ? parameter_shape::per_element : parameter_shape::one_for_all;
      if constexpr (requires { t.location; }) {
        of_law.location = {inputs.finite_logits.data(), location_shape, inputs.stride};
        of_law.scale = {inputs.shares.data(), scale_shape, inputs.stride};
      }
      if constexpr (requires { t.d_location; }) {
        of_law.d_location.shape = location_shape;
        of_law.d_scale.shape = scale_shape;
      }
      r.run(name, of_law);
    }
  };
  run_with("location_scale_sample", r.task<location_scale_sample_task>());
  run_with("location_scale_sample_vjp", r.task<location_scale_sample_vjp_task>());
  run_with("location_scale_log_prob", r.task<location_scale_log_prob_task>());
  run_with("location_scale_log_prob_vjp", r.task<location_scale_log_prob_vjp_task>());
}

void run_on_one_number(recorder& r) {
  r.run("advance_noise", advance_noise_task{.words = r.shape.rows});
  const std::uint64_t step = r.shape.made_from % 1000;
  for (const schedule_shape shape : {schedule_shape::linear, schedule_shape::exponential, schedule_shape::cosine}) {
    evaluate_schedule_task t{.schedule = {.shape = shape, .knot_count = 2, .knots = {{0, 2}, {1000, .1f}}}};
    t.device_step = &step;
    r.run("evaluate_schedule", t);
  }
}

}  // namespace

operation_bytes every_operation(const sampler_under_test& sampler, const row_shape& shape) {
  recorder r(sampler, shape);
  const std::int64_t* const index = run_gumbel_softmax(r);
  run_draws(r);
  run_relaxations(r, index);
  run_densities(r);
  run_location_scale(r);
  run_on_one_number(r);
  return r.take();
}

}  // namespace gumbelcuda
