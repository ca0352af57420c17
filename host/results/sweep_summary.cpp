// SPDX-License-Identifier: Apache-2.0
#include "host/results/sweep_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "gumbelcuda/detail/number_text.hpp"
#include "host/results/quantile.hpp"

namespace gumbelcuda {
namespace {

constexpr std::size_t most_best = 10;

std::string share(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{} of {} ({:.1f} %)", part, whole, 100 * static_cast<double>(part) / static_cast<double>(whole));
}

nlohmann::json axis_value(const sweep_axis& axis, std::uint64_t gan) {
  if (!axis.words.empty()) return axis_text(axis, gan);
  return axis.value[gan];
}

// Of the table, where six digits do.
std::string short_text(const sweep_axis& axis, std::uint64_t gan) {
  const double value = axis.value[gan];
  return !axis.words.empty() || value == std::floor(value) ? axis_text(axis, gan) : fmt::format("{:.6g}", value);
}

std::string best_rows(const sweep_record& record, const sweep_summary& summary) {
  const std::vector<sweep_axis>& axes = record.axes;
  std::vector<std::size_t> width;
  for (const sweep_axis& axis : axes) {
    width.push_back(axis.name.size());
    for (const std::uint64_t gan : summary.best) width.back() = std::max(width.back(), short_text(axis, gan).size());
  }
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{:>10}  {:>15}", "best GANs", "total variation");
  for (std::size_t axis = 0; axis < axes.size(); ++axis) fmt::format_to(out, "  {:>{}}", axes[axis].name, width[axis]);
  text += '\n';
  for (const std::uint64_t gan : summary.best) {
    fmt::format_to(out, "{:>10}  {:>15.4f}", record.config.first_gan + gan, record.result.total_variation[gan]);
    for (std::size_t axis = 0; axis < axes.size(); ++axis)
      fmt::format_to(out, "  {:>{}}", short_text(axes[axis], gan), width[axis]);
    text += '\n';
  }
  return text;
}

}  // namespace

sweep_summary summarise(const sweep_record& record) {
  const sweep_result& result = record.result;
  sweep_summary summary;
  std::vector<double> sorted;
  std::vector<std::uint64_t> finite;
  for (std::uint64_t gan = 0; gan < result.num_gans; ++gan) {
    if (result.outcome[gan] == gan_outcome::diverged) {
      ++summary.diverged;
      continue;
    }
    const auto variation = static_cast<double>(result.total_variation[gan]);
    summary.stopped += result.outcome[gan] == gan_outcome::converged ? 1 : 0;
    summary.converged += variation <= record.tolerance ? 1 : 0;
    sorted.push_back(variation);
    finite.push_back(gan);
  }
  std::sort(sorted.begin(), sorted.end());
  summary.quantile_05 = quantile(sorted, .05);
  summary.median = quantile(sorted, .5);
  summary.quantile_95 = quantile(sorted, .95);
  const auto nearer = [&result](std::uint64_t a, std::uint64_t b) {
    const float x = result.total_variation[a], y = result.total_variation[b];
    return x < y || (x == y && a < b);
  };
  const auto end = finite.begin() + static_cast<std::ptrdiff_t>(std::min(most_best, finite.size()));
  std::partial_sort(finite.begin(), end, finite.end(), nearer);
  summary.best.assign(finite.begin(), end);
  return summary;
}

std::string axis_text(const sweep_axis& axis, std::uint64_t gan) {
  const double value = axis.value[gan];
  return axis.words.empty() ? number_text(value) : axis.words.at(static_cast<std::size_t>(value));
}

nlohmann::json to_json(const sweep_record& record, const sweep_summary& summary) {
  const sweep_result& result = record.result;
  auto axes = nlohmann::json::array(), best = nlohmann::json::array();
  for (const sweep_axis& axis : record.axes) {
    const auto [least, most] = std::minmax_element(axis.value.begin(), axis.value.end());
    nlohmann::json about = {{"name", axis.name}, {"logarithmic", axis.logarithmic}};
    if (axis.words.empty())
      about.update({{"least", *least}, {"most", *most}});
    else
      about["words"] = axis.words;
    axes.push_back(about);
  }
  for (const std::uint64_t gan : summary.best) {
    nlohmann::json values = nlohmann::json::object();
    for (const sweep_axis& axis : record.axes) values[axis.name] = axis_value(axis, gan);
    best.push_back({{"gan", record.config.first_gan + gan},
                    {"total_variation", static_cast<double>(result.total_variation[gan])},
                    {"axes", values}});
  }
  return {{"gans", result.num_gans},
          {"first_gan", record.config.first_gan},
          {"classes", result.most_classes},
          {"axes", axes},
          {"converged", summary.converged},
          {"tolerance", record.tolerance},
          {"stopped_early", summary.stopped},
          {"diverged", summary.diverged},
          {"total_variation", {{"0.05", summary.quantile_05}, {"0.5", summary.median}, {"0.95", summary.quantile_95}}},
          {"best", best},
          {"backend", result.backend},
          {"hardware", result.target},
          {"threads", result.threads},
          {"seconds", result.seconds},
          {"gans_per_second", static_cast<double>(result.num_gans) / result.seconds}};
}

std::string table(const sweep_record& record, const sweep_summary& summary) {
  const std::uint64_t gans = record.result.num_gans;
  std::string text =
      fmt::format("converged (total variation at most {}): {}\n", record.tolerance, share(summary.converged, gans));
  if (record.config.until_total_variation >= 0)
    text += fmt::format("stopped early (total variation at most {}): {}\n", record.config.until_total_variation,
                        share(summary.stopped, gans));
  text += fmt::format("diverged: {}\n", share(summary.diverged, gans));
  if (summary.best.empty()) return text;
  return text +
         fmt::format("total variation: median {:.4f}, 5 % {:.4f}, 95 % {:.4f}\n\n", summary.median, summary.quantile_05,
                     summary.quantile_95) +
         best_rows(record, summary);
}

}  // namespace gumbelcuda
