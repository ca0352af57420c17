// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "host/results/hdf5_read.hpp"
#include "host/results/result_file.hpp"
#include "host/results/result_layout.hpp"

namespace gumbelcuda {
namespace {

using hdf5::all_of;
using hdf5::damaged;
using hdf5::read_version;

open_fleet opened(hid_t file, std::uint64_t file_bytes) {
  if (hdf5::read_text(file, "format") != result_layout::format_name) damaged("its format is another one");
  open_fleet fleet;
  hdf5::reader visitor{file, file_bytes};
  fleet.format_version =
      read_version(visitor, "format_version", result_layout::oldest_format_version, result_layout::format_version);
  if (fleet.format_version < 3) visitor.one_for_all = {1};
  read_version(visitor, "stream_version", stream_version, stream_version);
  result_layout::visit_numbers(fleet.config, fleet.rows, visitor);
  if (fleet.rows.classes < 1 || fleet.config.epochs < 1) damaged("classes or epochs are out of range");
  fleet.rows.num_gans = fleet.config.num_gans;
  if (fleet.format_version >= 3) {
    std::vector<std::int64_t> gan_classes;
    result_layout::visit_classes(fleet.config, fleet.rows.classes, gan_classes, visitor);
    if (std::any_of(gan_classes.begin(), gan_classes.end(), [&](auto k) { return k != fleet.rows.classes; }))
      damaged("its GANs differ in their number of classes, which this program does not know");
  }
  result_layout::visit_datasets(fleet.config, fleet.rows, visitor);
  result_layout::visit_distances(fleet.config, fleet.distances, visitor);
  validate(fleet.config);
  fleet.rows.distribution = hdf5::probabilities("distribution", fleet.rows.distribution);
  fleet.rows.history = hdf5::probabilities("history", fleet.rows.history);
  return fleet;
}

}  // namespace

void verify_result_file(const std::string& path) { hdf5::verify_sealed(path); }

void use_result_file(const std::string& path, const reading& how, const std::function<void(const open_fleet&)>& use) {
  hdf5::read_sealed(path, how, [&](hid_t file, std::uint64_t file_bytes) { use(opened(file, file_bytes)); });
}

stored_fleet read_result_file(const std::string& path, const reading& how) {
  stored_fleet all;
  use_result_file(path, how, [&all](const open_fleet& fleet) {
    const fleet_rows& rows = fleet.rows;
    all.format_version = fleet.format_version;
    all.config = fleet.config;
    all.result.num_gans = rows.num_gans;
    all.result.classes = rows.classes;
    all.result.distribution = all_of(rows.distribution);
    all.result.logits = all_of(rows.logits);
    all.result.weights = all_of(rows.weights);
    all.result.bias = all_of(rows.bias);
    all.result.generator_loss = all_of(rows.generator_loss);
    all.result.discriminator_loss = all_of(rows.discriminator_loss);
    all.result.history = all_of(rows.history);
    all.distances = {all_of(fleet.distances.total_variation), all_of(fleet.distances.kl_divergence)};
  });
  return all;
}

}  // namespace gumbelcuda
