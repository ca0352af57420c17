// SPDX-License-Identifier: Apache-2.0
#include "host/results/sweep_report.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <span>
#include <string>

#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/error.hpp"
#include "host/results/sweep_report/axes.hpp"
#include "host/results/sweep_report/cells.hpp"
#include "host/results/sweep_report/chosen_gans.hpp"
#include "host/results/sweep_report/settings.hpp"

namespace gumbelcuda {
namespace {

using nlohmann::json;

// Digits that nobody sees would be most of the page.
json rounded(double value, int digits = 5) {
  if (!std::isfinite(value)) return nullptr;
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, value, std::chars_format::general, digits);
  double result = 0;
  std::from_chars(text, written.ptr, result);
  return result;
}

// A float's value as people write it: 0.0007.
json exact(double value) {
  if (!std::isfinite(value)) return nullptr;
  const auto narrow = static_cast<float>(value);
  if (static_cast<double>(narrow) != value) return value;
  const std::string text = number_text(narrow);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

// Of one of many values.
json brief(double value) { return std::trunc(value) == value ? exact(value) : rounded(value, 6); }

template <class Values, class Convert>
json list_of(const Values& values, Convert convert) {
  json list = json::array();
  for (const auto& value : values) list.push_back(convert(value));
  return list;
}

// In units of 1/scale, the shortest way to write them.
json probability(float value, double scale) {
  if (!std::isfinite(value)) return nullptr;
  return static_cast<std::int64_t>(std::lround(static_cast<double>(value) * scale));
}

class report_data {
 public:
  report_data(const sweep_record& record, const sweep_histories& histories, const sweep_report_limits& limits)
      : record_(record),
        result_(record.result),
        histories_(histories),
        limits_(limits),
        axes_(bin_axes(record, limits)),
        chosen_(choose_gans(record, axes_, limits)),
        scale_(result_.most_classes > 50 ? 1e6 : 1e4) {}

  json all() {
    return {{"summary", summary()}, {"settings", settings()}, {"axes", axes()},     {"pairs", pairs()},
            {"gans", gans()},       {"history", history()},   {"targets", targets_}};
  }

 private:
  std::size_t num_gans() const { return result_.num_gans; }

  json summary() const {
    std::vector<std::uint32_t> every(num_gans());
    std::iota(every.begin(), every.end(), 0u);
    const sweep_cell cell = cell_of(record_, every);
    const auto stopped = std::count(result_.outcome.begin(), result_.outcome.end(), gan_outcome::converged);
    const auto trained = std::accumulate(result_.epochs.begin(), result_.epochs.end(), std::int64_t{0});
    json classes = nullptr;
    if (!result_.classes.empty()) {
      const auto [least, most] = std::minmax_element(result_.classes.begin(), result_.classes.end());
      classes = {*least, *most};
    }
    json all = {{"gans", num_gans()},
                {"first_gan", std::to_string(record_.config.first_gan)},  // JavaScript has no such numbers
                {"classes", classes},
                {"diverged", cell.diverged},
                {"converged", cell.converged},
                {"stopped_early", stopped},
                {"until_total_variation", record_.config.until_total_variation},
                {"tolerance", record_.tolerance},
                {"total_variation", rounded(cell.total_variation)},
                {"total_variation_05", rounded(cell.total_variation_05)},
                {"total_variation_95", rounded(cell.total_variation_95)},
                {"epochs", rounded(cell.epochs)},
                {"gan_epochs", trained},
                {"seconds", rounded(result_.seconds)},
                {"backend", result_.backend},
                {"hardware", result_.target},
                {"threads", result_.threads},
                {"lanes_busy", rounded(result_.lanes_busy)}};
    if (has_gradients(record_)) {
      all["gradient_samples"] = record_.config.gradient_samples;
      all["nonzero_gradients"] = rounded(cell.nonzero_gradients, 4);
      all["gradient_variance"] = rounded(cell.gradient_variance, 4);
    }
    return all;
  }

  json settings() const {
    std::vector<std::string> names;
    for (const binned_axis& axis : axes_) names.push_back(axis.axis->name);
    json list = json::array();
    for (const auto& [name, value] : common_settings(record_.config, names)) list.push_back({name, value});
    for (const sweep_axis& axis : record_.axes) {
      const bool varied =
          std::any_of(axes_.begin(), axes_.end(), [&](const binned_axis& each) { return each.axis == &axis; });
      const bool told = std::any_of(list.begin(), list.end(), [&](const json& each) { return each[0] == axis.name; });
      if (varied || told || axis.value.empty()) continue;
      const double value = axis.value.front();
      const bool word = value >= 0 && value < static_cast<double>(axis.words.size());
      list.push_back({axis.name, word ? axis.words[static_cast<std::size_t>(value)] : exact(value).dump()});
    }
    return list;
  }

  json axes() const {
    json list = json::array();
    for (const binned_axis& axis : axes_) {
      json entry = {
          {"name", axis.axis->name},   {"words", axis.axis->words},         {"logarithmic", axis.axis->logarithmic},
          {"distinct", axis.distinct}, {"from", list_of(axis.from, exact)}, {"to", list_of(axis.to, exact)}};
      const std::vector<std::uint64_t> place(axis.bin_of.begin(), axis.bin_of.end());
      entry["cells"] = cells(place, axis.bins(), true);
      list.push_back(std::move(entry));
    }
    return list;
  }

  // Each pair of axes, a cell a number: x + y · (bins of x).
  json pairs() const {
    json list = json::array();
    for (std::size_t y = 1; y < axes_.size(); ++y)
      for (std::size_t x = 0; x < y; ++x) {
        const std::size_t width = axes_[x].bins(), count = width * axes_[y].bins();
        std::vector<std::uint64_t> place(num_gans(), count);
        for (std::size_t gan = 0; gan < num_gans(); ++gan)
          if (axes_[x].bin_of[gan] != no_bin && axes_[y].bin_of[gan] != no_bin)
            place[gan] = axes_[x].bin_of[gan] + std::uint64_t{axes_[y].bin_of[gan]} * width;
        list.push_back({{"x", x}, {"y", y}, {"cells", cells(place, count, false)}});
      }
    return list;
  }

  // Columns with an entry for each cell that has GANs. "cell" is null if all have some.
  json cells(const std::vector<std::uint64_t>& place, std::size_t count, bool spread) const {
    const cell_members members(place, count);
    json cell = json::array(), gans = cell, diverged = cell, converged = cell, distance = cell, epochs = cell,
         low = cell, high = cell, nonzero = cell, variance = cell;
    for (std::size_t i = 0; i < count; ++i) {
      if (members[i].empty()) continue;
      const sweep_cell found = cell_of(record_, members[i]);
      cell.push_back(i);
      gans.push_back(found.gans);
      diverged.push_back(found.diverged);
      converged.push_back(found.converged);
      distance.push_back(rounded(found.total_variation, 4));
      epochs.push_back(rounded(found.epochs));
      nonzero.push_back(rounded(found.nonzero_gradients, 4));
      variance.push_back(rounded(found.gradient_variance, 4));
      low.push_back(rounded(found.total_variation_05, 4));
      high.push_back(rounded(found.total_variation_95, 4));
    }
    const bool every = cell.size() == count;
    json columns = {{"cell", every ? json(nullptr) : std::move(cell)},
                    {"gans", std::move(gans)},
                    {"diverged", std::move(diverged)},
                    {"converged", std::move(converged)},
                    {"total_variation", std::move(distance)},
                    {"epochs", std::move(epochs)}};
    if (spread) {
      columns["total_variation_05"] = std::move(low);
      columns["total_variation_95"] = std::move(high);
    }
    if (has_gradients(record_)) {
      columns["nonzero_gradients"] = std::move(nonzero);
      columns["gradient_variance"] = std::move(variance);
    }
    return columns;
  }

  std::size_t target_of(std::uint32_t gan) {
    const std::vector<std::vector<double>>& all = record_.config.target;
    const std::vector<double>& target = all[all.size() == 1 ? 0 : gan];
    const auto [entry, is_new] = target_numbers_.emplace(target, target_numbers_.size());
    if (is_new) targets_.push_back(list_of(target, [](double value) { return rounded(value); }));
    return entry->second;
  }

  // Columns with an entry for each listed GAN.
  json gans() {
    const auto& listed = chosen_.listed;
    json distributions = json::array(), target = json::array();
    for (std::size_t i = 0; i < chosen_.with_distribution; ++i) {
      distributions.push_back(distribution(listed[i]));
      target.push_back(target_of(listed[i]));
    }
    json bins = json::array(), values = json::array();
    for (const binned_axis& axis : axes_) {
      bins.push_back(list_of(listed, [&](std::uint32_t gan) {
        return axis.bin_of[gan] == no_bin ? json(nullptr) : json(axis.bin_of[gan]);
      }));
      const bool one_value_a_bin = axis.distinct == axis.bins();
      values.push_back(one_value_a_bin ? json(nullptr) : list_of(listed, [&](std::uint32_t gan) {
        return brief(axis.axis->value[gan]);
      }));
    }
    json all = {
        {"number", listed},
        {"bins", bins},
        {"values", values},
        {"total_variation", list_of(listed,
                                    [&](std::uint32_t gan) {  // null: diverged
                                      return has_diverged(record_, gan)
                                                 ? json(nullptr)
                                                 : rounded(static_cast<double>(result_.total_variation[gan]), 4);
                                    })},
        {"epochs", list_of(listed, [&](std::uint32_t gan) { return result_.epochs[gan]; })},
        {"stopped",
         list_of(listed, [&](std::uint32_t gan) { return result_.outcome[gan] == gan_outcome::converged ? 1 : 0; })},
        {"target", target},
        {"scale", scale_},
        {"distribution", distributions},
        {"best", ranked(chosen_.best)},
        {"worst", ranked(chosen_.worst)},
        {"diverged", ranked(chosen_.diverged)}};
    if (has_gradients(record_)) {
      all["nonzero_gradients"] = of_result(listed, result_.nonzero_gradients);
      all["gradient_variance"] = of_result(listed, result_.gradient_variance);
    }
    return all;
  }

  // Null where it is NaN or infinite.
  json of_result(const std::vector<std::uint32_t>& gans, const std::vector<float>& values) const {
    return list_of(gans, [&](std::uint32_t gan) { return rounded(static_cast<double>(values[gan]), 4); });
  }

  json distribution(std::uint32_t gan) const {
    if (has_diverged(record_, gan)) return nullptr;
    const float* row = result_.distribution.data() + std::size_t{gan} * static_cast<std::size_t>(result_.most_classes);
    return list_of(std::span(row, static_cast<std::size_t>(result_.classes[gan])),
                   [&](float value) { return probability(value, scale_); });
  }

  // Where in the list the GANs are, and their losses.
  json ranked(const std::vector<std::uint32_t>& gans) const {
    std::map<std::uint32_t, std::size_t> place;
    for (std::size_t i = 0; i < chosen_.listed.size(); ++i) place[chosen_.listed[i]] = i;
    return {{"row", list_of(gans, [&](std::uint32_t gan) { return place.at(gan); })},
            {"generator_loss", of_result(gans, result_.generator_loss)},
            {"discriminator_loss", of_result(gans, result_.discriminator_loss)}};
  }

  // Of the first listed GANs: their epochs, and for each of these the distribution.
  json history() const {
    json epochs = json::array(), distributions = json::array(), distances = json::array();
    for (std::size_t i = 0; i < chosen_.with_history; ++i) {
      const std::uint32_t gan = chosen_.listed[i];
      const std::vector<std::size_t> shown = shown_epochs(result_.epochs[gan]);
      const auto most_epochs = static_cast<std::size_t>(result_.most_epochs),
                 most_classes = static_cast<std::size_t>(result_.most_classes);
      std::vector<float> learned(most_epochs * most_classes);
      histories_.history.copy(gan * learned.size(), learned.size(), learned.data());
      std::vector<float> variation(histories_.history_total_variation.size() > 0 ? most_epochs : 0);
      histories_.history_total_variation.copy(gan * variation.size(), variation.size(), variation.data());
      json rows = json::array(), distance = json::array();
      for (const std::size_t epoch : shown) {
        const float* row = learned.data() + (epoch - 1) * most_classes;
        rows.push_back(list_of(std::span(row, static_cast<std::size_t>(result_.classes[gan])),
                               [&](float value) { return probability(value, scale_); }));
        if (!variation.empty()) distance.push_back(rounded(static_cast<double>(variation[epoch - 1]), 4));
      }
      epochs.push_back(shown);
      distributions.push_back(std::move(rows));
      distances.push_back(std::move(distance));
    }
    return {{"of", result_.history_gans},
            {"epochs", epochs},
            {"distribution", distributions},
            {"total_variation", distances}};
  }

  // Of epochs 1 to `count`, as many as there are columns, evenly; the last is one of them.
  std::vector<std::size_t> shown_epochs(std::int64_t trained) const {
    const auto count = static_cast<std::size_t>(std::clamp<std::int64_t>(trained, 0, result_.most_epochs));
    const std::size_t columns = std::min(count, chosen_.history_columns);
    std::vector<std::size_t> epochs;
    for (std::size_t i = 1; i <= columns; ++i) epochs.push_back((i * count + columns - 1) / columns);
    return epochs;
  }

  const sweep_record& record_;
  const sweep_result& result_;
  const sweep_histories& histories_;
  const sweep_report_limits& limits_;
  std::vector<binned_axis> axes_;
  chosen_gans chosen_;
  double scale_;
  json targets_ = json::array();
  std::map<std::vector<double>, std::size_t> target_numbers_;
};

void check(bool fits, const char* what) {
  if (!fits) throw invalid_argument("sweep", std::string(what) + " are not as many as the sweep has");
}

void check_sizes(const sweep_record& record, const sweep_histories& histories) {
  const sweep_result& result = record.result;
  const std::size_t gans = result.num_gans, classes = static_cast<std::size_t>(std::max(result.most_classes, 0));
  const std::size_t targets = record.config.target.size();
  const std::size_t rows =
      result.history_gans * static_cast<std::size_t>(std::max<std::int64_t>(result.most_epochs, 0));
  check(gans > 0 && gans < no_bin, "GANs");
  check(targets == 1 || targets == gans, "targets");
  check(result.classes.size() == gans &&
            std::all_of(result.classes.begin(), result.classes.end(),
                        [&](int count) { return count >= 0 && static_cast<std::size_t>(count) <= classes; }),
        "numbers of classes");
  check(result.distribution.size() == gans * classes, "probabilities");
  check(result.outcome.size() == gans && result.epochs.size() == gans && result.total_variation.size() == gans &&
            result.generator_loss.size() == gans && result.discriminator_loss.size() == gans,
        "results");
  const std::size_t gradients = has_gradients(record) ? gans : 0;
  check(result.nonzero_gradients.size() == gradients && result.gradient_variance.size() == gradients,
        "numbers of the gradients");
  check(result.history_gans <= gans && histories.history.size() == rows * classes, "numbers of the history");
  check(histories.history_total_variation.size() == 0 || histories.history_total_variation.size() == rows,
        "numbers of the history");
  for (const sweep_axis& axis : record.axes) check(axis.value.size() == gans, "an axis's values");
}

}  // namespace

nlohmann::json sweep_report_data(const sweep_record& record, const sweep_histories& histories,
                                 const sweep_report_limits& limits) {
  check_sizes(record, histories);
  return report_data(record, histories, limits).all();
}

}  // namespace gumbelcuda
