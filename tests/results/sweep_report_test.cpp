// SPDX-License-Identifier: Apache-2.0
// The page of a sweep: its data read back from the HTML and compared with counts and medians that are worked out here
// in another way, over all shapes that a sweep may have.
#include "host/results/sweep_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "gumbelcuda/error.hpp"
#include "tests/results/example_sweep.hpp"

namespace {

using gumbelcuda::gan_outcome;
using gumbelcuda::sweep_record;
using nlohmann::json;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) return "";
  return text.substr(begin + from.size(), text.find(to, begin) - begin - from.size());
}

// As a browser finds it: a script element ends at the first end tag.
json data_of(const std::string& html) {
  return json::parse(between(html, R"(<script type="application/json" id="data">)", "</script"));
}

json data_of(const sweep_record& record, const gumbelcuda::sweep_report_limits& limits = {}) {
  return data_of(gumbelcuda::sweep_report_html(record, limits));
}

sweep_record grid(std::uint64_t history_gans = 0) {
  return example_sweep({logarithmic_axis("generator_learning_rate", 1e-5, 1e-1, 7),
                        axis_of_words("loss", {"hinge", "wasserstein"}), whole_numbers_axis("replica", 4)},
                       history_gans, 12);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t count = values.size();
  return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

struct expected_cell {
  int gans = 0, diverged = 0, converged = 0;
  std::vector<double> distances{}, epochs{}, nonzero{}, variances{};
  void add(const sweep_record& record, std::size_t gan) {
    ++gans;
    if (record.result.outcome[gan] == gan_outcome::diverged) {
      ++diverged;
      return;
    }
    const auto distance = static_cast<double>(record.result.total_variation[gan]);
    converged += distance <= record.tolerance;
    distances.push_back(distance);
    epochs.push_back(static_cast<double>(record.result.epochs[gan]));
    if (record.config.gradient_samples == 0) return;
    nonzero.push_back(static_cast<double>(record.result.nonzero_gradients[gan]));
    variances.push_back(static_cast<double>(record.result.gradient_variance[gan]));
  }
};

void expect_median(const json& found, const std::vector<double>& values) {
  if (values.empty()) {
    EXPECT_TRUE(found.is_null());
  } else {
    const double expected = median(values);
    EXPECT_NEAR(found.get<double>(), expected, 5e-4 * expected);
  }
}

void expect_cell(const json& cells, std::size_t entry, const expected_cell& expected) {
  EXPECT_EQ(cells["gans"][entry], expected.gans);
  EXPECT_EQ(cells["diverged"][entry], expected.diverged);
  EXPECT_EQ(cells["converged"][entry], expected.converged);
  if (cells.contains("nonzero_gradients")) {
    expect_median(cells["nonzero_gradients"][entry], expected.nonzero);
    expect_median(cells["gradient_variance"][entry], expected.variances);
  }
  if (expected.distances.empty()) {
    EXPECT_TRUE(cells["total_variation"][entry].is_null());
    EXPECT_TRUE(cells["epochs"][entry].is_null());
    return;
  }
  const double distance = median(expected.distances);
  EXPECT_NEAR(cells["total_variation"][entry].get<double>(), distance, 5e-4 * distance);
  EXPECT_EQ(cells["epochs"][entry].get<double>(), median(expected.epochs));
}

// Every pair of axes; each value has a bin of its own.
void expect_cells(const sweep_record& record, const json& data) {
  const auto& axes = record.axes;
  ASSERT_EQ(data["axes"].size(), axes.size());
  ASSERT_EQ(data["pairs"].size(), axes.size() * (axes.size() - 1) / 2);
  for (const json& pair : data["pairs"]) {
    const std::size_t x = pair["x"], y = pair["y"];
    std::map<std::pair<double, double>, expected_cell> expected;  // by y, then x: in the order of the cells
    for (std::size_t gan = 0; gan < record.result.num_gans; ++gan)
      expected[{axes[y].value[gan], axes[x].value[gan]}].add(record, gan);
    ASSERT_EQ(pair["cells"]["gans"].size(), expected.size());
    std::size_t entry = 0;
    for (const auto& [values, cell] : expected) expect_cell(pair["cells"], entry++, cell);
  }
  for (std::size_t a = 0; a < axes.size(); ++a) {
    std::map<double, expected_cell> expected;
    for (std::size_t gan = 0; gan < record.result.num_gans; ++gan) expected[axes[a].value[gan]].add(record, gan);
    ASSERT_EQ(data["axes"][a]["cells"]["gans"].size(), expected.size());
    std::size_t entry = 0;
    for (const auto& [value, cell] : expected) {
      EXPECT_NEAR(data["axes"][a]["from"][entry].get<double>(), value, 1e-6 * std::abs(value));
      expect_cell(data["axes"][a]["cells"], entry++, cell);
    }
  }
}

TEST(sweep_report, cells_are_those_of_all_gans) {
  const sweep_record record = grid();
  expect_cells(record, data_of(record));
}

TEST(sweep_report, summary_counts_every_gan) {
  sweep_record record = grid();
  record.config.first_gan = 0xfedcba9876543210;
  expected_cell all;
  for (std::size_t gan = 0; gan < record.result.num_gans; ++gan) all.add(record, gan);
  const json summary = data_of(record)["summary"];
  EXPECT_EQ(summary["gans"], 56);
  EXPECT_EQ(summary["first_gan"], "18364758544493064720");
  EXPECT_EQ(summary["diverged"], all.diverged);
  EXPECT_GT(all.diverged, 0);
  EXPECT_EQ(summary["converged"], all.converged);
  EXPECT_NEAR(summary["total_variation"].get<double>(), median(all.distances), 1e-5);
  EXPECT_EQ(summary["tolerance"], .1);
  const auto early = std::count(record.result.outcome.begin(), record.result.outcome.end(), gan_outcome::converged);
  EXPECT_GT(early, 0);
  EXPECT_EQ(summary["stopped_early"], early);
  EXPECT_EQ(summary["seconds"], 12.5);
  EXPECT_EQ(summary["backend"], "cpu");
}

TEST(sweep_report, settings_are_what_all_gans_have_in_common) {
  sweep_record record = grid();
  record.config.generator_learning_rate.clear();
  for (const double value : record.axes[0].value)
    record.config.generator_learning_rate.push_back(static_cast<float>(value));
  record.config.batch_size.assign(56, 10);
  record.config.batch_size[3] = 11;
  record.axes.push_back({.name = "constant", .value = std::vector<double>(56, 1), .words = {"a", "b"}});
  const json data = data_of(record);
  std::map<std::string, std::string> settings;
  for (const json& each : data["settings"]) settings[each[0]] = each[1];
  EXPECT_FALSE(settings.contains("generator_learning_rate"));
  EXPECT_EQ(settings["discriminator_learning_rate"], "0.0007");
  EXPECT_EQ(settings["target"], "0, 0, 0.1, 0.3, 0.6");
  EXPECT_EQ(settings["batch_size"], "differs between GANs");
  EXPECT_EQ(settings["constant"], "b");
  EXPECT_EQ(data["axes"].size(), 3u);
}

TEST(sweep_report, listed_gans_have_their_numbers) {
  const sweep_record record = grid();
  const json gans = data_of(record)["gans"];
  ASSERT_EQ(gans["number"].size(), 56u);
  std::set<std::size_t> numbers;
  for (std::size_t row = 0; row < 56; ++row) {
    const std::size_t gan = gans["number"][row];
    numbers.insert(gan);
    EXPECT_EQ(gans["bins"][1][row].get<double>(), record.axes[1].value[gan]);
    EXPECT_EQ(gans["epochs"][row], record.result.epochs[gan]);
    if (record.result.outcome[gan] == gan_outcome::diverged) {
      EXPECT_TRUE(gans["total_variation"][row].is_null());
      EXPECT_TRUE(gans["distribution"][row].is_null());
      continue;
    }
    EXPECT_NEAR(gans["total_variation"][row].get<float>(), record.result.total_variation[gan], 1e-4f);
    for (std::size_t k = 0; k < 5; ++k)
      EXPECT_NEAR(gans["distribution"][row][k].get<double>() / gans["scale"].get<double>(),
                  static_cast<double>(record.result.distribution[gan * 5 + k]), 1e-4);
  }
  EXPECT_EQ(numbers.size(), 56u);
}

TEST(sweep_report, ranks_by_total_variation) {
  const sweep_record record = grid();
  const json gans = data_of(record, {.ranked = 5})["gans"];
  std::vector<std::pair<float, std::size_t>> finite;
  std::vector<std::size_t> diverged;
  for (std::size_t gan = 0; gan < 56; ++gan) {
    if (record.result.outcome[gan] == gan_outcome::diverged)
      diverged.push_back(gan);
    else
      finite.emplace_back(record.result.total_variation[gan], gan);
  }
  std::sort(finite.begin(), finite.end());
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(gans["number"][gans["best"]["row"][i].get<std::size_t>()], finite[i].second);
    EXPECT_EQ(gans["number"][gans["worst"]["row"][i].get<std::size_t>()], finite[finite.size() - 1 - i].second);
    EXPECT_NEAR(gans["best"]["generator_loss"][i].get<float>(), record.result.generator_loss[finite[i].second], 1e-4f);
  }
  EXPECT_EQ(gans["best"]["row"].size(), 5u);
  EXPECT_EQ(gans["number"][gans["diverged"]["row"][0].get<std::size_t>()], diverged.front());
}

TEST(sweep_report, histories_end_where_their_gans_did) {
  const sweep_record record = grid(56);
  const json data = data_of(record);
  ASSERT_EQ(data["history"]["epochs"].size(), 56u);
  for (std::size_t row = 0; row < 56; ++row) {
    const std::size_t gan = data["gans"]["number"][row];
    const json& epochs = data["history"]["epochs"][row];
    ASSERT_EQ(epochs.size(), static_cast<std::size_t>(record.result.epochs[gan]));
    for (std::size_t i = 0; i < epochs.size(); ++i) {
      ASSERT_EQ(epochs[i], i + 1);
      for (std::size_t k = 0; k < 5; ++k) {
        const float expected = record.result.history[(gan * 12 + i) * 5 + k];
        const json& found = data["history"]["distribution"][row][i][k];
        ASSERT_EQ(found.is_null(), std::isnan(expected));
        if (!found.is_null()) {
          EXPECT_NEAR(found.get<double>() / 1e4, static_cast<double>(expected), 1e-4);
        }
      }
    }
  }
}

TEST(sweep_report, long_histories_are_thinned_evenly) {
  sweep_record record = example_sweep({whole_numbers_axis("replica", 3)}, 3, 1000);
  record.result.epochs.assign(3, 1000);
  const json history = data_of(record)["history"];
  ASSERT_EQ(history["epochs"][0].size(), 200u);
  EXPECT_EQ(history["epochs"][0][0], 5);
  EXPECT_EQ(history["epochs"][0][199], 1000);
  // Too many for the page: some are left out, and of those that stay 40 epochs.
  const json fewer = data_of(record, {.history_numbers = 500})["history"];
  EXPECT_EQ(fewer["of"], 3);
  ASSERT_EQ(fewer["epochs"].size(), 2u);
  EXPECT_EQ(fewer["epochs"][0].size(), 40u);
}

TEST(sweep_report, classes_that_a_gan_does_not_have_are_not_there) {
  sweep_record record = grid();
  record.config.target.clear();
  for (std::size_t gan = 0; gan < 56; ++gan)
    record.config.target.push_back(gan % 2 ? std::vector<double>{.25, .75} : std::vector<double>{0, 0, .1, .3, .6});
  fill_example(record, 56, 12);
  const json data = data_of(record);
  EXPECT_EQ(data["summary"]["classes"], (json{2, 5}));
  EXPECT_EQ(data["targets"].size(), 2u);
  for (std::size_t row = 0; row < 56; ++row) {
    const std::size_t gan = data["gans"]["number"][row], classes = gan % 2 ? 2 : 5;
    EXPECT_EQ(data["targets"][data["gans"]["target"][row].get<std::size_t>()].size(), classes);
    if (!data["gans"]["distribution"][row].is_null()) {
      EXPECT_EQ(data["gans"]["distribution"][row].size(), classes);
    }
    for (const json& epoch : data["history"]["distribution"][row]) EXPECT_EQ(epoch.size(), classes);
  }
}

sweep_record grid_with_gradients() {
  sweep_record record = grid();
  add_example_gradients(record);
  return record;
}

TEST(sweep_report, gradients_are_medians_of_those_that_did_not_diverge) {
  const sweep_record record = grid_with_gradients();
  const json data = data_of(record), &summary = data["summary"], &gans = data["gans"];
  ASSERT_TRUE(data["pairs"][0]["cells"].contains("nonzero_gradients"));
  ASSERT_TRUE(data["axes"][0]["cells"].contains("gradient_variance"));
  expect_cells(record, data);
  expected_cell all;
  for (std::size_t gan = 0; gan < 56; ++gan) all.add(record, gan);
  EXPECT_LT(all.nonzero.size(), 56u);
  expect_median(summary["nonzero_gradients"], all.nonzero);
  expect_median(summary["gradient_variance"], all.variances);
  EXPECT_EQ(summary["gradient_samples"], 256);
  for (std::size_t row = 0; row < 56; ++row) {
    const std::size_t gan = gans["number"][row];
    const bool diverged = record.result.outcome[gan] == gan_outcome::diverged;
    expect_median(gans["nonzero_gradients"][row],
                  diverged ? std::vector<double>{} : std::vector{double{record.result.nonzero_gradients[gan]}});
    expect_median(gans["gradient_variance"][row],
                  diverged ? std::vector<double>{} : std::vector{double{record.result.gradient_variance[gan]}});
  }
}

TEST(sweep_report, variances_that_are_no_numbers_are_in_no_median) {
  sweep_record record = grid_with_gradients();
  for (std::size_t gan = 1; gan < 56; ++gan) record.result.gradient_variance[gan] = nan;
  record.result.gradient_variance[0] = 3;
  EXPECT_EQ(data_of(record)["summary"]["gradient_variance"], 3);
  record.result.gradient_variance[0] = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(data_of(record)["summary"]["gradient_variance"].is_null());
}

// Besides their values, the page's data are those of the sweep without them.
TEST(sweep_report, a_sweep_without_gradients_has_nothing_of_them) {
  json plain = data_of(grid()), with = data_of(grid_with_gradients());
  std::vector<json*> places{&with["summary"], &with["gans"], &with["axes"][0]["cells"]};
  for (json& axis : with["axes"]) places.push_back(&axis["cells"]);
  for (json& pair : with["pairs"]) places.push_back(&pair["cells"]);
  for (json* place : places)
    for (const char* name : {"gradient_samples", "nonzero_gradients", "gradient_variance"}) place->erase(name);
  json settings = json::array();
  for (const json& each : with["settings"])
    if (each[0] != "gradient_samples") settings.push_back(each);
  EXPECT_EQ(settings.size() + 1, with["settings"].size());
  with["settings"] = settings;
  EXPECT_EQ(plain, with);
  EXPECT_EQ(plain.dump().find("gradient"), std::string::npos);
}

TEST(sweep_report, one_axis) {
  const sweep_record record = example_sweep({logarithmic_axis("temperature", .001, 10, 9)});
  const json data = data_of(record);
  expect_cells(record, data);
  EXPECT_EQ(data["pairs"].size(), 0u);
  EXPECT_EQ(data["axes"][0]["logarithmic"], true);
}

TEST(sweep_report, no_axis) {
  sweep_record record = example_sweep({});
  const json data = data_of(record);
  EXPECT_EQ(data["axes"].size(), 0u);
  EXPECT_EQ(data["gans"]["number"], json{0});
  EXPECT_EQ(data["history"]["epochs"].size(), 0u);
}

TEST(sweep_report, all_diverged) {
  sweep_record record = grid(4);
  for (std::size_t gan = 0; gan < 56; ++gan) {
    record.result.outcome[gan] = gan_outcome::diverged;
    record.result.total_variation[gan] = gan % 2 ? nan : 0;  // whatever is there
    record.result.epochs[gan] = 0;
  }
  const json data = data_of(record);
  expect_cells(record, data);
  EXPECT_EQ(data["summary"]["diverged"], 56);
  EXPECT_TRUE(data["summary"]["total_variation"].is_null());
  EXPECT_EQ(data["gans"]["best"]["row"].size(), 0u);
  EXPECT_EQ(data["history"]["epochs"][0].size(), 0u);
}

TEST(sweep_report, many_values_share_bins_evenly) {
  const json data = data_of(example_sweep({whole_numbers_axis("seed", 1000), whole_numbers_axis("replica", 2)}));
  const json& axis = data["axes"][0];
  EXPECT_EQ(axis["distinct"], 1000);
  ASSERT_EQ(axis["from"].size(), 250u);
  for (std::size_t bin = 0; bin < 250; ++bin) {
    EXPECT_EQ(axis["from"][bin], 4 * bin);
    EXPECT_EQ(axis["to"][bin], 4 * bin + 3);
    EXPECT_EQ(axis["cells"]["gans"][bin], 8);
  }
  for (std::size_t row = 0; row < data["gans"]["number"].size(); ++row)
    EXPECT_EQ(data["gans"]["bins"][0][row], data["gans"]["values"][0][row].get<int>() / 4);
}

// On every axis each GAN has a value of its own.
sweep_record random_sweep(int gans, int axes) {
  sweep_record record = example_sweep({whole_numbers_axis("replica", gans)});
  record.axes.clear();
  std::mt19937_64 engine(1);
  for (int a = 0; a < axes; ++a) {
    gumbelcuda::sweep_axis axis{.name = std::string(1, static_cast<char>('a' + a))};
    for (int gan = 0; gan < gans; ++gan) axis.value.push_back(static_cast<double>(engine() >> 11) * 0x1p-53);
    record.axes.push_back(axis);
  }
  return record;
}

TEST(sweep_report, random_values_leave_several_gans_to_a_cell) {
  const json data = data_of(random_sweep(2000, 2));
  EXPECT_EQ(data["axes"][1]["from"].size(), 22u);
  EXPECT_NEAR(data["axes"][0]["to"].back().get<double>(), 1, .01);
}

TEST(sweep_report, values_that_are_not_finite_are_in_no_cell) {
  sweep_record record = grid();
  record.axes[0].value[0] = std::numeric_limits<double>::quiet_NaN();
  const json data = data_of(record);
  int gans = 0;
  for (const json& count : data["axes"][0]["cells"]["gans"]) gans += count.get<int>();
  EXPECT_EQ(gans, 55);
}

TEST(sweep_report, limits_keep_a_gan_of_each_cell) {
  const sweep_record record = grid();
  const json data = data_of(record, {.gans = 35, .probabilities = 100, .ranked = 1});
  const json& gans = data["gans"];
  EXPECT_GE(gans["number"].size(), 35u);
  EXPECT_LE(gans["number"].size(), 38u);
  EXPECT_EQ(gans["distribution"].size(), 20u);
  std::set<std::pair<int, int>> cells;
  for (std::size_t row = 0; row < 35; ++row) cells.emplace(gans["bins"][0][row], gans["bins"][1][row]);
  EXPECT_EQ(cells.size(), 14u);
  expect_cells(record, data);  // which are of all GANs all the same
}

TEST(sweep_report, a_large_sweep_makes_a_page_of_a_few_megabytes) {
  sweep_record record =
      example_sweep({logarithmic_axis("generator_learning_rate", 1e-5, 1e-1, 256),
                     logarithmic_axis("temperature", 1e-3, 10, 256), whole_numbers_axis("replica", 2)},
                    1000, 60);
  add_example_gradients(record);
  const std::string html = gumbelcuda::sweep_report_html(record);
  EXPECT_LT(html.size(), 8'000'000u);
  EXPECT_EQ(data_of(html)["pairs"][0]["cells"]["gans"].size(), 65'536u);
  record = random_sweep(100'000, 6);
  EXPECT_LT(gumbelcuda::sweep_report_html(record).size(), 8'000'000u);
  add_example_gradients(record);
  EXPECT_LT(gumbelcuda::sweep_report_html(record).size(), 8'000'000u);
}

TEST(sweep_report, the_page_loads_nothing) {
  const std::string html = gumbelcuda::sweep_report_html(grid(4));
  for (const char* outside : {"http:", "https:", " src=", "@import", "url(", "fetch(", "import(", "<link"})
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
  for (const char* mark : {"/* style.css */", "/* script */", "{\"data\": \"here\"}"})
    EXPECT_EQ(html.find(mark), std::string::npos) << mark;
}

TEST(sweep_report, names_cannot_leave_the_data) {
  sweep_record record = grid();
  record.axes[1].name = "</script><script>alert(1)</script>";
  record.axes[1].words = {"<!--<script>", "/* script */ \xff"};
  const std::string plain = gumbelcuda::sweep_report_html(grid()), html = gumbelcuda::sweep_report_html(record);
  const auto count = [](const std::string& text, const std::string& part) {
    int found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count(html, "<script"), count(plain, "<script"));
  EXPECT_EQ(count(html, "</script"), count(plain, "</script"));
  const json axis = data_of(html)["axes"][1];
  EXPECT_EQ(axis["name"], record.axes[1].name);
  EXPECT_EQ(axis["words"][0], "<!--<script>");
  EXPECT_EQ(axis["words"][1], "/* script */ \xef\xbf\xbd");  // the replacement character
}

TEST(sweep_report, sizes_that_do_not_fit_are_refused) {
  const auto refused = [](auto change) {
    sweep_record record = grid(2);
    change(record);
    EXPECT_THROW((void)gumbelcuda::sweep_report_html(record), gumbelcuda::invalid_argument);
  };
  refused([](sweep_record& record) { record.result.num_gans = 0; });
  refused([](sweep_record& record) { record.axes[0].value.pop_back(); });
  refused([](sweep_record& record) { record.result.distribution.pop_back(); });
  refused([](sweep_record& record) { record.result.outcome.pop_back(); });
  refused([](sweep_record& record) { record.result.classes[3] = 6; });
  refused([](sweep_record& record) { record.result.history.pop_back(); });
  refused([](sweep_record& record) { record.config.target.assign(2, {.5, .5}); });
  refused([](sweep_record& record) { record.config.gradient_samples = 2; });
  refused([](sweep_record& record) { record.result.gradient_variance.assign(56, 1); });
}

}  // namespace
