// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "gumbelcuda/detail/number_text.hpp"
#include "host/results/hdf5_read.hpp"
#include "host/results/sweep_file.hpp"
#include "host/results/sweep_layout.hpp"
#include "host/sweep_contents.hpp"

namespace gumbelcuda {
namespace {

using hdf5::damaged;

std::vector<sweep_axis> axes_of(const std::string& text) {
  const nlohmann::json list = nlohmann::json::parse(text, nullptr, false);
  if (!list.is_array()) damaged("axes is not a list in JSON");
  std::vector<sweep_axis> axes;
  try {
    for (const nlohmann::json& each : list)
      axes.push_back({each.at("name").get<std::string>(),
                      {},
                      each.at("words").get<std::vector<std::string>>(),
                      each.at("logarithmic").get<bool>()});
  } catch (const nlohmann::json::exception&) {
    damaged("axes is not a list of axes");
  }
  validate_axis_names(axes);
  return axes;
}

// Values of `least` … `most`, as another type.
template <class To>
std::vector<To> expected(const char* name, const std::vector<std::int64_t>& values, std::int64_t least,
                         std::int64_t most) {
  std::vector<To> result;
  for (const std::int64_t value : values) {
    if (value < least || value > most) damaged(std::string(name) + " has the number " + number_text(value));
    result.push_back(static_cast<To>(value));
  }
  return result;
}

void check_sizes(const sweep_layout::sizes& sizes) {
  if (sizes.num_gans < 1 || sizes.most_classes < 2 || sizes.most_classes > 1024 || sizes.most_epochs < 1 ||
      sizes.most_knots < 1 || sizes.most_knots > max_temperature_knots || sizes.data_order < 0 || sizes.data_order > 2)
    damaged("its sizes are out of range");
}

sweep_record opened(hid_t file, std::uint64_t file_bytes, sweep_histories& histories) {
  if (hdf5::read_text(file, "format") != sweep_layout::format_name) damaged("it is no sweep");
  hdf5::reader visitor{file, file_bytes};
  hdf5::read_version(visitor, "format_version", sweep_layout::format_version, sweep_layout::format_version);
  hdf5::read_version(visitor, "stream_version", stream_version, stream_version);
  sweep_layout::sizes sizes;
  sweep_layout::visit_numbers(sizes, visitor);
  check_sizes(sizes);

  sweep_record record;
  sweep_columns columns;
  columns.most_knots = sizes.most_knots;
  std::vector<double> until, tolerance;
  std::vector<std::int64_t> classes, outcome;
  record.axes = axes_of(hdf5::read_text_dataset(file, "axes", file_bytes));
  const bool logits = hdf5::check(H5Lexists(file, "initial_logits", H5P_DEFAULT), "look for initial_logits") > 0;
  sweep_layout::visit_settings(sizes, columns, logits, visitor);
  sweep_layout::visit_limits(until, tolerance, visitor);
  sweep_layout::visit_axes(sizes, record.axes, visitor);
  sweep_layout::visit_results(sizes, record.result, classes, outcome, visitor);
  sweep_layout::visit_histories(sizes, histories, visitor);

  sweep_result& result = record.result;
  result.num_gans = sizes.num_gans;
  result.most_classes = static_cast<int>(sizes.most_classes);
  result.classes = expected<int>("gan_classes", classes, 2, sizes.most_classes);
  result.outcome = expected<gan_outcome>("outcome", outcome, 0, 2);
  result.history_gans = sizes.history_gans;
  result.most_epochs = sizes.most_epochs;
  if (*std::max_element(result.classes.begin(), result.classes.end()) != result.most_classes)
    damaged("gan_classes and classes do not fit");
  validate_axis_values(record.axes, sizes.num_gans);
  hdf5::expect_probabilities("distribution", result.distribution.data(), result.distribution.size());
  histories.history = hdf5::probabilities("history", histories.history);

  sweep_config& config = record.config;
  config.num_gans = sizes.num_gans;
  config.first_gan = sizes.first_gan;
  config.history_gans = sizes.history_gans;
  config.gradient_samples = sizes.gradient_samples;
  config.steps_per_epoch = sizes.steps_per_epoch;
  config.order = static_cast<data_order>(sizes.data_order);
  config.until_total_variation = until.at(0);
  record.tolerance = tolerance.at(0);
  record.data_count = sizes.data_count;
  record.data_hash = sizes.data_hash;
  if (!(record.tolerance >= 0 && record.tolerance <= 1)) damaged("tolerance is not in 0 … 1");
  put_columns(columns, result.classes, config);
  validate(config);
  for (std::uint64_t gan = 0; gan < sizes.num_gans; ++gan)
    if (const std::string problem = impossible_result(config, result, gan); !problem.empty()) damaged(problem);
  return record;
}

}  // namespace

void use_sweep_file(const std::string& path, const reading& how,
                    const std::function<void(const sweep_record&, const sweep_histories&)>& use) {
  hdf5::read_sealed(path, how, [&](hid_t file, std::uint64_t file_bytes) {
    sweep_histories histories;
    const sweep_record record = opened(file, file_bytes, histories);
    use(record, histories);
  });
}

sweep_record read_sweep_file(const std::string& path, const reading& how) {
  sweep_record all;
  use_sweep_file(path, how, [&all](const sweep_record& record, const sweep_histories& histories) {
    all = record;
    all.result.history = hdf5::all_of(histories.history);
    all.result.history_total_variation = hdf5::all_of(histories.history_total_variation);
    all.result.history_generator_loss = hdf5::all_of(histories.history_generator_loss);
    all.result.history_discriminator_loss = hdf5::all_of(histories.history_discriminator_loss);
  });
  return all;
}

result_kind kind_of_result_file(const std::string& path, const reading& how) {
  result_kind kind = result_kind::fleet;
  hdf5::read_sealed(path, how, [&kind](hid_t file, std::uint64_t) {
    try {
      if (hdf5::read_text(file, "format") == sweep_layout::format_name) kind = result_kind::sweep;
    } catch (const hdf5::failure&) {
      return;  // no such attribute
    }
  });
  return kind;
}

}  // namespace gumbelcuda
