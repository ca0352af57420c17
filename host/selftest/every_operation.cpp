// SPDX-License-Identifier: Apache-2.0
#include "host/selftest/every_operation.hpp"

#include <algorithm>

#include "gumbelcuda/detail/every_operation.hpp"
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

constexpr recorded_fingerprints recorded[] = {
    {"gumbel_noise", {0x78a7ef7245c4ad1bu, 0xbff6d85200b4ecd2u, 0x29082e7698fc9267u, 0xd16be4ececd40f93u}},
    {"gumbel_max, gumbel_softmax: index",
     {0x1d91dd39c7bca4d9u, 0x1d91dd39c7bca4d9u, 0x1d91dd39c7bca4d9u, 0x1d91dd39c7bca4d9u}},
    {"gumbel_max: status", {0xcbf7a16bc31f675fu, 0xcbf7a16bc31f675fu, 0xcbf7a16bc31f675fu, 0xcbf7a16bc31f675fu}},
    {"gumbel_max: log_prob", {0xf8e96d3dbba51296u, 0xf8e96d3dbba51296u, 0xf8e96d3dbba51296u, 0xfdf4c532e2af8cd8u}},
    {"gumbel_softmax: one_hot", {0xe36ff72c7b75cee8u, 0x07c8ab57399e0b09u, 0xd6db024737da0b68u, 0xf49a6f42361aab98u}},
    {"gumbel_softmax: gumbel_out",
     {0x78a7ef7245c4ad1bu, 0xbff6d85200b4ecd2u, 0x29082e7698fc9267u, 0xd16be4ececd40f93u}},
    {"gumbel_softmax: y", {0x67785a77d2044a32u, 0xc12235e3331e4477u, 0x37b9dc4177ba0fd1u, 0x51db570359f42d53u}},
    {"gumbel_softmax: log y", {0x582e3a21b3ebbbdeu, 0x0b94e16277822a8bu, 0x968c54351bd9ed40u, 0x991b3d4e92e238e8u}},
    {"gumbel_softmax_vjp: d_temperature",
     {0xb855f0458f765454u, 0xb855f0458f765454u, 0xb855f0458f765454u, 0x204499073649e75du}},
    {"gumbel_softmax_vjp: d_logits",
     {0xe094d0b056217b39u, 0xa4282ca3c4dc478du, 0x86c1b1f70694e597u, 0x0ac410ff29dd9236u}},
    {"gumbel_softmax, noise given",
     {0x6448ae8395cb3b4au, 0x62d6be6b50d89774u, 0xf7321335258fb916u, 0xcc8856aecbf0dba9u}},
    {"gumbel_softmax_vjp, noise given",
     {0x9135d9c79de94b49u, 0xf443511c1a091a0eu, 0xd3ca0d157f827858u, 0x7438c21c6ad8603eu}},
    {"gumbel_softmax_vjp, y given",
     {0x75d4d81c34d89f50u, 0x94b93c606e02684au, 0xe12cb139fe113b5au, 0xaa84f577f4bbd692u}},
    {"categorical_sample", {0x4211a4538254c2ccu, 0x4211a4538254c2ccu, 0x4211a4538254c2ccu, 0x860930a08248e621u}},
    {"categorical_sample, filtered",
     {0x0d539f7a50cb3a11u, 0x0d539f7a50cb3a11u, 0x0d539f7a50cb3a11u, 0xa65e3b7ffb4dc056u}},
    {"categorical_sample_from_probabilities",
     {0xbe6ae69801d2de8au, 0xbe6ae69801d2de8au, 0xbe6ae69801d2de8au, 0x5875faaf460dc4f4u}},
    {"gumbel_top_k", {0x8120b190510b0595u, 0x8120b190510b0595u, 0x8120b190510b0595u, 0xe649547cf1b2e884u}},
    {"gumbel_max_shard", {0xb76d5caa43c88e08u, 0xb76d5caa43c88e08u, 0xb76d5caa43c88e08u, 0x65f07465d538adebu}},
    {"combine_gumbel_max", {0x7177566ec0abfd23u, 0x7177566ec0abfd23u, 0x7177566ec0abfd23u, 0x2b2bcb43cc378566u}},
    {"relaxed_k_hot", {0x9855912a30ec6aedu, 0x5fac2477e81fad0bu, 0x4f16d22973fe5befu, 0xb3196b379c3ed65du}},
    {"relaxed_k_hot_vjp", {0xce09601f09d0ff35u, 0xfd88dcc693d12aabu, 0x715c577bcdb137d5u, 0x5af578229cc44fd9u}},
    {"relaxed_bernoulli", {0x828b7784688bb202u, 0xbdc95a39259770dfu, 0x059ad4adea49463du, 0x04550caea2149473u}},
    {"relaxed_bernoulli_vjp", {0x2ad7d0219313a769u, 0x7b824c405e78805eu, 0xbd34240d8efd0a75u, 0x2aa3e512fb2287fdu}},
    {"conditional_gumbel", {0x842befe2df1f7addu, 0x9ddc1d51d480487cu, 0x33f4d61ae5aa29fbu, 0x5bbcc64635f2faafu}},
    {"gumbel_rao_vjp", {0x8013a733d46abd1eu, 0xe622baca8283834cu, 0x5eacbc9dc3b82016u, 0x72c4d9e932fd21fbu}},
    {"kl_divergence", {0x137e18908d60f0cdu, 0x137e18908d60f0cdu, 0x137e18908d60f0cdu, 0xaab0f247700ef74eu}},
    {"concrete_kl_estimate", {0x2d47c34187197239u, 0x2d47c34187197239u, 0x2d47c34187197239u, 0x0fb5914d0359e838u}},
    {"concrete_kl_estimate_vjp", {0x00936cbf4d98a38eu, 0x7754bb3bf5ca5362u, 0x9bf6296656f25044u, 0xb8030151b6694a6eu}},
    {"concrete_log_prob", {0x02c8e8ea77374013u, 0x02c8e8ea77374013u, 0x02c8e8ea77374013u, 0x1dc35c1fa3e51027u}},
    {"concrete_log_prob_vjp", {0x6363f2e132b4139fu, 0xdb877ad10304182eu, 0xf9ab9f4610bffd25u, 0x96d819074d652199u}},
    {"relaxed_bernoulli_log_prob",
     {0x901c90e3ed4ca216u, 0xafb2857ed940d350u, 0x0ecf4659a306d16fu, 0x130305ab57e82f66u}},
    {"location_scale_sample", {0x8dba8747f8088a34u, 0x2cec903817f97890u, 0x55b44e3e5c13d4cbu, 0xeb08a5d131603367u}},
    {"location_scale_sample_vjp", {0x42bb3c034bac7c99u, 0x1306aa046d0fff65u, 0xd7a7c720e0ba7299u, 0xc6eed205ced720d9u}},
    {"location_scale_log_prob", {0x792e50fab92d3314u, 0x0e16c7c0023a20fcu, 0xef1cc0c61615968au, 0x45a2ed6c1755a478u}},
    {"location_scale_log_prob_vjp",
     {0x8ed0005c442ebcc3u, 0x43bf19c905bd5e5bu, 0xafafe951c321c34bu, 0x4aa7b49919eb3d2cu}},
    {"advance_noise", {0x4d83faec9e73cd21u, 0x4d83faec9e73cd21u, 0x4d83faec9e73cd21u, 0x4d83faec9e73cd21u}},
    {"evaluate_schedule", {0xc2b139bdc4b6aea4u, 0xc2b139bdc4b6aea4u, 0xc2b139bdc4b6aea4u, 0xc2b139bdc4b6aea4u}},
    {"index_int32", {0x440355c110b77f33u, 0x440355c110b77f33u, 0x440355c110b77f33u, 0x440355c110b77f33u}},
};

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

std::span<const recorded_fingerprints> fingerprints_of_every_operation() { return recorded; }

}  // namespace gumbelcuda
