// SPDX-License-Identifier: Apache-2.0
// The self-test finds samplers with exactly one fault, each fault by the check that is meant for it, and passes the
// library. Where the self-test itself takes long, the tests run a smaller size.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/location_scale.hpp"
#include "host/cpu/rows/row_operations.hpp"
#include "host/selftest/selftest.hpp"
#include "tests/selftest/known_bad.hpp"

namespace gumbelcuda {
namespace {

const sampler_under_test& library() {
  static const auto sampler = make_library_sampler(backend_kind::cpu, 0);
  return *sampler;
}

// Functions of type `part`, with sizes that suit a test.
check_results sized_noise_law(const selftest_run& run) { return noise_law(run, 4, 1); }
check_results five_classes(const selftest_run& run) { return {class_frequency(run, 5, 1000000)}; }
// Noise of 20 bits cannot make up for a lead of 16.8: it ends at log 2^20 = 13.9, and no leader has an E of e^2.9.
check_results small_race(const selftest_run& run) { return tail_race(run, {262144, 8192, 16.8f, 150}); }
check_results few_shapes(const selftest_run& run) { return same_as_one_thread(run, 17); }
check_results small_correlations(const selftest_run& run) { return correlations(run, 256); }

using part = check_results (*)(const selftest_run&);

check_results check(part checks, const sampler_under_test& sampler) {
  return checks({.sampler = sampler, .reference = library()});
}

std::string failures(const check_results& results) {
  std::string names;
  for (const check_result& r : results)
    if (!r.passed()) names += r.name + " (" + std::to_string(r.value) + ")\n";
  return names;
}

// Named after the check that must find it.
struct mistake {
  part checks;
  std::shared_ptr<const sampler_under_test> sampler;
};
template <class Sampler>
mistake found_by(part checks, Sampler sampler) {
  return {checks, std::make_shared<const Sampler>(std::move(sampler))};
}
template <class Noise>
mistake noise_found_by(part checks, Noise noise) {
  return found_by(checks, known_bad::noise_of_address<Noise>(noise));
}

template <class Change>
known_bad::changed_library draws_changed(Change change) {
  known_bad::changed_library sampler;
  sampler.after_draw = change;
  return sampler;
}
template <class Change>
known_bad::changed_library relaxation_changed(Change change) {
  known_bad::changed_library sampler;
  sampler.after_relax = change;
  return sampler;
}

// The first of the classes with the largest logit, as if rounded scores decided.
void first_of_large(const gumbel_max_task& task) {
  const float* const logits = static_cast<const float*>(task.logits.data);
  task.index[0] = std::max_element(logits, logits + task.classes) - logits;
}

// The last of the classes with the largest logit, as if all noise were equal.
void last_on_ties(const gumbel_max_task& task) {
  const float* const logits = static_cast<const float*>(task.logits.data);
  for (std::uint64_t k = 0; k < task.classes; ++k)
    if (logits[k] == logits[task.index[0]]) task.index[0] = std::int64_t(k);
}

known_bad::changed_library gradient_of_other_noise() {
  known_bad::changed_library sampler;
  sampler.before_vjp = [](gumbel_softmax_vjp_task& task) { ++task.noise.first_row; };
  return sampler;
}

using mistakes = std::multimap<std::string, mistake>;

void add_mistakes_of_noise(mistakes& all) {
  using namespace known_bad;
  const auto add = [&](const char* name, mistake m) { all.emplace(name, std::move(m)); };
  add("golden values: noise", found_by(golden_bytes, noise_changed([](float g) { return std::nextafter(g, 99.f); })));
  add("noise of chosen words: finite and in range", noise_found_by(noise_of_chosen_words, of_closed_interval));
  add("noise of chosen words: error", noise_found_by(noise_of_chosen_words, of_float16));
  add("noise of chosen words: error", noise_found_by(noise_of_chosen_words, of_few_bits<24>));
  add("noise of chosen words: order",
      found_by(noise_of_chosen_words, noise_changed([](float g) { return g > 1 ? g - .01f : g; })));
  add("tail of the noise: words below 4096", noise_found_by(noise_of_the_tail, of_few_bits<24>));
  add("tail of the noise: word 0", noise_found_by(noise_of_the_tail, of_32_bits));
  for (const char* name : {"noise: distribution function", "noise: mean", "noise: variance"})
    add(name, found_by(sized_noise_law, noise_changed([](float g) { return 1.01f * g + .01f; })));
  add("noise: tail beyond 12", found_by(sized_noise_law, noise_changed([](float g) { return std::min(g, 11.9f); })));
  for (const char* name : {"noise: tail beyond 15", "noise: tail beyond 18"})
    add(name, found_by(sized_noise_law, noise_changed([](float g) { return g > 11 ? g + 8 : g; })));
  add("permutations of 26: duplicates", noise_found_by(permutations, of_short_period));
  add("permutations of 26: duplicates", noise_found_by(permutations, same_in_all_rows));
  add("permutations of 26: orders of triples", noise_found_by(permutations, unfair_orders));
}

void add_mistakes_of_several_values(mistakes& all) {
  using namespace known_bad;
  const auto add = [&](const char* name, auto noise) { all.emplace(name, noise_found_by(small_correlations, noise)); };
  add("correlation: classes, lags 1 to 64", partly_the_next_classes);
  add("correlation: rows, 1 to 8 apart", same_in_all_rows);
  add("correlation: seeds s, s + 1, s + 2^32", partly_the_next_seeds);
  add("correlation: offsets, 1 to 8 apart", same_at_all_offsets);
  add("noise: pairs on a 16 x 16 grid", partly_pairs);
}

void add_mistakes_of_operations(mistakes& all) {
  using namespace known_bad;
  const auto add = [&](const char* name, mistake m) { all.emplace(name, std::move(m)); };
  add("golden values: every operation", found_by(golden_bytes, gradient_of_other_noise()));
  add("same bytes as one CPU thread", found_by(few_shapes, relaxation_changed([](const gumbel_softmax_task& t) {
                                                 static_cast<std::uint8_t*>(t.y.data)[0] ^= 1;
                                               })));
  add("gumbel_max: 5 classes", found_by(five_classes, draws_changed([](const gumbel_max_task& task) {
                                          for (std::uint64_t row = 0; row < task.rows; row += 50) task.index[row] = 0;
                                        })));
  add("gumbel_max: 5 classes",
      found_by(five_classes, draws_changed([](const gumbel_max_task& task) { task.index[0] = -1; })));
  add("gumbel_max: large logits", found_by(ties, draws_changed(first_of_large)));
  add("gumbel_max: ties", found_by(ties, draws_changed(last_on_ties)));
  add("gumbel_max: race of 262144", noise_found_by(small_race, of_few_bits<20>));
  add("gumbel_softmax: rows sum to 1", found_by(relaxation, relaxation_changed([](const gumbel_softmax_task& task) {
                                                  static_cast<float*>(task.y.data)[0] *= 1 + 0x1p-19f;
                                                })));
  add("gumbel_softmax: index is gumbel_max's", found_by(relaxation, draws_changed([](const gumbel_max_task& task) {
                                                          task.index[0] = std::int64_t(task.classes) - 1;
                                                        })));
  add("gumbel_softmax_vjp: finite differences", found_by(gradient, gradient_of_other_noise()));
}

const mistakes& all_mistakes() {
  static const mistakes all = [] {
    mistakes m;
    add_mistakes_of_noise(m);
    add_mistakes_of_several_values(m);
    add_mistakes_of_operations(m);
    return m;
  }();
  return all;
}

class Mistake : public testing::TestWithParam<std::size_t> {};

TEST_P(Mistake, IsFoundByTheCheckThatIsMeantForIt) {
  const auto& [name, wrong] = *std::next(all_mistakes().begin(), std::ptrdiff_t(GetParam()));
  const check_results results = check(wrong.checks, *wrong.sampler);
  const auto meant = std::find_if(results.begin(), results.end(), [&](const auto& r) { return r.name == name; });
  ASSERT_NE(meant, results.end()) << name;
  EXPECT_FALSE(meant->passed()) << name << ": " << meant->value;
}
INSTANTIATE_TEST_SUITE_P(Selftest, Mistake, testing::Range<std::size_t>(0, all_mistakes().size()));

class Part : public testing::TestWithParam<part> {};

TEST_P(Part, PassesTheLibraryAndHasAMistakeForEachCheck) {
  const check_results results = check(GetParam(), library());
  EXPECT_EQ(failures(results), "");
  for (const check_result& r : results) EXPECT_EQ(all_mistakes().count(r.name) > 0, true) << r.name;
}
INSTANTIATE_TEST_SUITE_P(Selftest, Part,
                         testing::Values(golden_bytes, few_shapes, noise_of_chosen_words, noise_of_the_tail,
                                         sized_noise_law, permutations, small_correlations, five_classes, ties,
                                         small_race, relaxation, gradient));

// The byte comparisons cover every operation, and a failure names the operation.
TEST(Selftest, NamesTheOperationOfWhichABitIsWrong) {
  // In the order of other_operations.
  const char* const names[] = {"categorical_sample",
                               "categorical_sample_from_probabilities",
                               "gumbel_top_k",
                               "gumbel_max_shard",
                               "combine_gumbel_max",
                               "relaxed_k_hot",
                               "relaxed_k_hot_vjp",
                               "relaxed_bernoulli",
                               "relaxed_bernoulli_vjp",
                               "relaxed_bernoulli_log_prob",
                               "conditional_gumbel",
                               "gumbel_rao_vjp",
                               "kl_divergence",
                               "concrete_kl_estimate",
                               "concrete_kl_estimate_vjp",
                               "concrete_log_prob",
                               "concrete_log_prob_vjp",
                               "location_scale_sample",
                               "location_scale_sample_vjp",
                               "location_scale_log_prob",
                               "location_scale_log_prob_vjp",
                               "advance_noise",
                               "evaluate_schedule"};
  ASSERT_EQ(std::size(names), std::variant_size_v<other_task>);
  for (std::size_t i = 0; i < std::variant_size_v<other_task>; ++i) {
    const known_bad::changed_library wrong = known_bad::one_bit_changed(i);
    const check_result result = check(golden_bytes, wrong)[1];
    EXPECT_FALSE(result.passed()) << names[i];
    EXPECT_NE(result.meaning.find(": " + std::string(names[i])), std::string::npos) << names[i] << result.meaning;
  }
  const check_result result = check(few_shapes, known_bad::one_bit_changed(0))[0];
  EXPECT_FALSE(result.passed());
  EXPECT_NE(result.meaning.find(": categorical_sample; categorical_sample, filtered"), std::string::npos);
}

// tests/cli/selftest_test.py checks what the whole self-test reports.
TEST(Selftest, StopsWhereItsFlagIsRaised) {
  const std::atomic<bool> stop = true;
  selftest_run run{.sampler = library(), .reference = library()};
  run.is_long = true;
  run.stop = &stop;
  for (const selftest_part& each : selftest_parts) EXPECT_THROW(each.run(run), interrupted) << each.name;
}

}  // namespace
}  // namespace gumbelcuda
