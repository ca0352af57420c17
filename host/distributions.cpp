// SPDX-License-Identifier: Apache-2.0
// The public entry to densities and divergences.
#include "gumbelcuda/distributions.hpp"

#include "host/run_rows.hpp"

namespace gumbelcuda {

void kl_divergence(const kl_divergence_task& task, const row_execution& execution) { run_rows(task, execution); }

void concrete_log_prob(const concrete_log_prob_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void concrete_log_prob_vjp(const concrete_log_prob_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void concrete_kl_estimate(const concrete_kl_estimate_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void concrete_kl_estimate_vjp(const concrete_kl_estimate_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void relaxed_bernoulli(const relaxed_bernoulli_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void relaxed_bernoulli_vjp(const relaxed_bernoulli_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void relaxed_bernoulli_log_prob(const relaxed_bernoulli_log_prob_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

}  // namespace gumbelcuda
