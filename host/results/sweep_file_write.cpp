// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "host/results/hdf5_write.hpp"
#include "host/results/sweep_file.hpp"
#include "host/results/sweep_layout.hpp"

namespace gumbelcuda {
namespace {

// A record, in the shapes that the file has.
struct stored_form {
  sweep_layout::sizes sizes{};
  sweep_columns columns{};
  std::vector<std::int64_t> classes{}, outcome{};
  std::vector<double> until{}, tolerance{};

  explicit stored_form(const sweep_record& record)
      : columns(columns_of(record.config)),
        classes(record.result.classes.begin(), record.result.classes.end()),
        until{record.config.until_total_variation},
        tolerance{record.tolerance} {
    for (const gan_outcome each : record.result.outcome) outcome.push_back(static_cast<std::int64_t>(each));
    const sweep_config& config = record.config;
    const bool with_data = !config.data.empty();
    sizes = {config.num_gans,
             config.first_gan,
             config.history_gans,
             columns.most_knots,
             most_classes_of(config),
             most_epochs_of(config),
             config.steps_per_epoch,
             static_cast<std::int64_t>(config.order),
             with_data ? config.data.size() : record.data_count,
             with_data ? data_hash_of(config.data) : record.data_hash,
             config.gradient_samples};
  }

  template <class Visitor>
  void visit(const sweep_record& record, Visitor visitor) const {
    sweep_layout::visit_settings(sizes, columns, !columns.initial_logits.empty(), visitor);
    sweep_layout::visit_limits(until, tolerance, visitor);
    sweep_layout::visit_axes(sizes, record.axes, visitor);
    sweep_layout::visit_results(sizes, record.result, classes, outcome, visitor);
    sweep_layout::visit_histories(sizes, record.result, visitor);
  }
};

std::string axes_text(const std::vector<sweep_axis>& axes) {
  auto list = nlohmann::json::array();
  for (const sweep_axis& axis : axes)
    list.push_back({{"name", axis.name}, {"words", axis.words}, {"logarithmic", axis.logarithmic}});
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void write_sweep_file(const std::string& path, const sweep_record& record) {
  const stored_form form(record);
  if (record.result.num_gans != record.config.num_gans)
    hdf5::size_checker::refuse("num_gans", record.result.num_gans, record.config.num_gans);
  form.visit(record, hdf5::size_checker{});
  constexpr unsigned most_links = 256;
  hdf5::write_sealed(path, most_links, [&](hdf5::output& to) {
    hdf5::write_kind(to.file, sweep_layout::format_name, sweep_layout::format_version);
    sweep_layout::visit_numbers(form.sizes, hdf5::architect{to});
    hdf5::write_text_dataset(to.file, "axes", axes_text(record.axes), "what the axes are, in JSON");
    sweep_layout::visit_scales(form.sizes, hdf5::architect{to});
    form.visit(record, hdf5::architect{to});
    sweep_layout::visit_scales(form.sizes, hdf5::writer{to});
    form.visit(record, hdf5::writer{to});
  });
}

std::uint64_t sweep_file_bytes(const sweep_record& record) {
  const stored_form form(record);
  constexpr std::uint64_t axis_structure_bytes = 1 << 11;
  result_layout::byte_counter counter{3 * result_layout::structure_bytes + record.axes.size() * axis_structure_bytes +
                                      axes_text(record.axes).size()};
  sweep_layout::visit_scales(form.sizes, counter);
  sweep_layout::visit_settings(form.sizes, form.columns, !form.columns.initial_logits.empty(), counter);
  sweep_layout::visit_axes(form.sizes, record.axes, counter);
  sweep_layout::visit_results(form.sizes, record.result, form.classes, form.outcome, counter);
  sweep_layout::visit_histories(form.sizes, record.result, counter);
  return counter.total;
}

}  // namespace gumbelcuda
