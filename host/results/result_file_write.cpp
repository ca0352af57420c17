// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "host/results/hdf5_write.hpp"
#include "host/results/result_file.hpp"
#include "host/results/result_layout.hpp"

namespace gumbelcuda {
namespace {

void fill_file(hid_t file, const fleet_config& config, const fleet_result& result) {
  hdf5::write_kind(file, result_layout::format_name, result_layout::format_version);
  result_layout::visit_numbers(config, result, hdf5::architect{file});
  const std::vector<std::int64_t> gan_classes{result.classes};
  const auto both_passes = [&](const fleet_distances& distances, auto visitor) {
    result_layout::visit_scales(config, result.classes, visitor);
    result_layout::visit_classes(config, result.classes, gan_classes, visitor);
    result_layout::visit_datasets(config, result, visitor);
    result_layout::visit_distances(config, distances, visitor);
  };
  both_passes({}, hdf5::architect{file});
  both_passes(distances_to_target(result, config.target), hdf5::writer{file});
}

}  // namespace

bool have_result_file() noexcept { return true; }

void write_result_file(const std::string& path, const fleet_config& config, const fleet_result& result) {
  if (result.num_gans != config.num_gans) hdf5::size_checker::refuse("num_gans", result.num_gans, config.num_gans);
  result_layout::visit_datasets(config, result, hdf5::size_checker{});
  constexpr unsigned most_links = 64;  // as in every file of version 3
  hdf5::write_sealed(path, most_links, [&](hid_t file) { fill_file(file, config, result); });
}

}  // namespace gumbelcuda
