// SPDX-License-Identifier: Apache-2.0
#include "host/results/sweep_csv.hpp"

#include "gumbelcuda/error.hpp"
#include "host/results/csv_rows.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {
namespace {

void check_sizes(const sweep_record& record) {
  const sweep_result& result = record.result;
  const auto expect = [&result](const char* name, std::size_t size, std::uint64_t each) {
    if (size != result.num_gans * each)
      throw invalid_argument(name, std::to_string(size) + " values for " + std::to_string(result.num_gans) + " GANs");
  };
  expect("distribution", result.distribution.size(), static_cast<std::uint64_t>(result.most_classes));
  expect("classes", result.classes.size(), 1);
  expect("outcome", result.outcome.size(), 1);
  expect("epochs", result.epochs.size(), 1);
  expect("steps", result.steps.size(), 1);
  expect("total_variation", result.total_variation.size(), 1);
  expect("generator_loss", result.generator_loss.size(), 1);
  expect("discriminator_loss", result.discriminator_loss.size(), 1);
  expect("nonzero_gradients", result.nonzero_gradients.size(), has_gradients(record) ? 1 : 0);
  expect("gradient_variance", result.gradient_variance.size(), has_gradients(record) ? 1 : 0);
  for (const sweep_axis& axis : record.axes) expect(axis.name.c_str(), axis.value.size(), 1);
}

void write_row(csv_rows& rows, const sweep_record& record, std::size_t gan) {
  const sweep_result& result = record.result;
  rows.number(record.config.first_gan + gan);
  for (const sweep_axis& axis : record.axes) {
    if (axis.words.empty())
      rows.number(axis.value[gan]);
    else
      rows.text(axis.words.at(static_cast<std::size_t>(axis.value[gan])));
  }
  rows.text(outcome_word(result.outcome[gan]));
  rows.number(result.epochs[gan]);
  rows.number(result.steps[gan]);
  rows.number(result.total_variation[gan]);
  rows.number(result.generator_loss[gan]);
  rows.number(result.discriminator_loss[gan]);
  if (has_gradients(record)) {
    rows.number(result.nonzero_gradients[gan]);
    rows.number(result.gradient_variance[gan]);
  }
  for (int k = 0; k < result.most_classes; ++k) {
    if (k < result.classes[gan])
      rows.number(
          result.distribution[gan * static_cast<std::size_t>(result.most_classes) + static_cast<std::size_t>(k)]);
    else
      rows.nothing();
  }
  rows.end_row();
}

}  // namespace

const char* outcome_word(gan_outcome outcome) noexcept {
  switch (outcome) {
    case gan_outcome::converged:
      return "converged";
    case gan_outcome::diverged:
      return "diverged";
    case gan_outcome::end:
      break;
  }
  return "end";
}

std::uint64_t least_sweep_csv_bytes(const sweep_record& record) {
  constexpr std::uint64_t shortest_row = sizeof "0,end,1,1,0,0,0";
  const std::uint64_t gradients = has_gradients(record) ? 2 : 0;
  return saturating_product(record.config.num_gans, shortest_row + 2 * (record.axes.size() + gradients + 2));
}

void write_sweep_csv(const std::function<void(const std::string&)>& write, const sweep_record& record) {
  check_sizes(record);
  csv_rows rows(write);
  rows.text("gan");
  for (const sweep_axis& axis : record.axes) rows.text(axis.name);
  for (const char* const name :
       {"outcome", "epochs", "steps", "total_variation", "generator_loss", "discriminator_loss"})
    rows.text(name);
  if (has_gradients(record))
    for (const char* const name : {"nonzero_gradients", "gradient_variance"}) rows.text(name);
  for (int k = 0; k < record.result.most_classes; ++k) rows.text("p" + std::to_string(k));
  rows.end_row();
  for (std::size_t gan = 0; gan < record.result.num_gans; ++gan) write_row(rows, record, gan);
  rows.flush();
}

}  // namespace gumbelcuda
