// SPDX-License-Identifier: Apache-2.0
// Recorded values of the operations on rows, the same in every release. A change of any of them is a change of the
// noise stream or of the mathematics, which the change log must mention.
#pragma once

#include <cstdint>

#include "gumbelcuda/rows.hpp"

namespace gumbelcuda::golden {

// Bits of noise: the first values of row 0 with seed 42, and a quad that begins with rare_words.
inline constexpr std::uint32_t first_noise[] = {0x3d556e81u, 0x3eeac3ecu, 0x4024e2c8u, 0x3f600657u,
                                                0xbfbda2c9u, 0x3f6d1375u, 0x3ea73b81u, 0x3f00583fu};
inline constexpr std::uint32_t rare_words[] = {0, 5, 4095};
inline constexpr std::uint32_t rare_noise[] = {0x41b5c7c0u, 0x41a3b964u, 0x415dcf11u, 0x3ff5b81cu};

// Fingerprints of the results of every_operation(), in its order, for float32, float16, bfloat16 and float64.
struct fingerprints {
  const char* name;
  std::uint64_t of_types[4];
};
inline constexpr fingerprints operations[] = {
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
};

}  // namespace gumbelcuda::golden
