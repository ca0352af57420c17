// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "host/results/hdf5_write.hpp"
#include "host/results/result_file.hpp"
#include "host/results/result_layout.hpp"

namespace gumbelcuda {
namespace {

void fill_file(hdf5::output& to, const fleet_config& config, const fleet_rows& rows) {
  hdf5::write_kind(to.file, result_layout::format_name, result_layout::format_version);
  result_layout::visit_numbers(config, rows, hdf5::architect{to});
  const std::vector<std::int64_t> gan_classes{rows.classes};
  const auto both_passes = [&, distances =
                                   distances_to_target(rows.distribution, rows.classes, config.target)](auto visitor) {
    result_layout::visit_scales(config, rows.classes, visitor);
    result_layout::visit_classes(config, rows.classes, gan_classes, visitor);
    result_layout::visit_datasets(config, rows, visitor);
    result_layout::visit_distances(config, distances, visitor);
  };
  both_passes(hdf5::architect{to});
  both_passes(hdf5::writer{to});
}

}  // namespace

bool have_result_file() noexcept { return true; }

void write_result_file(const std::string& path, const fleet_config& config, const fleet_rows& rows) {
  if (rows.num_gans != config.num_gans) hdf5::size_checker::refuse("num_gans", rows.num_gans, config.num_gans);
  result_layout::visit_datasets(config, rows, hdf5::size_checker{});
  constexpr unsigned most_links = 64;  // as in every file of version 3
  hdf5::write_sealed(path, most_links, [&](hdf5::output& to) { fill_file(to, config, rows); });
}

void write_result_file(const std::string& path, const fleet_config& config, const fleet_result& result) {
  write_result_file(path, config, rows_of(result));
}

}  // namespace gumbelcuda
