// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "host/results/hdf5_read.hpp"
#include "host/results/result_file.hpp"
#include "host/results/result_layout.hpp"
#include "host/results/result_seal.hpp"

namespace gumbelcuda {
namespace {

using hdf5::damaged;
using hdf5::expect_probabilities;
using hdf5::read_version;

stored_fleet read_open_file(hid_t file, std::uint64_t file_bytes, bool with_history) {
  if (hdf5::read_text(file, "format") != result_layout::format_name) damaged("its format is another one");
  stored_fleet fleet;
  hdf5::reader visitor{file, file_bytes, with_history};
  fleet.format_version =
      read_version(visitor, "format_version", result_layout::oldest_format_version, result_layout::format_version);
  if (fleet.format_version < 3) visitor.one_for_all = {1};
  read_version(visitor, "stream_version", stream_version, stream_version);
  result_layout::visit_numbers(fleet.config, fleet.result, visitor);
  if (fleet.result.classes < 1 || fleet.config.epochs < 1) damaged("classes or epochs are out of range");
  fleet.result.num_gans = fleet.config.num_gans;
  if (fleet.format_version >= 3) {
    std::vector<std::int64_t> gan_classes;
    result_layout::visit_classes(fleet.config, fleet.result.classes, gan_classes, visitor);
    if (std::any_of(gan_classes.begin(), gan_classes.end(), [&](auto k) { return k != fleet.result.classes; }))
      damaged("its GANs differ in their number of classes, which this program does not know");
  }
  result_layout::visit_datasets(fleet.config, fleet.result, visitor);
  result_layout::visit_distances(fleet.config, fleet.distances, visitor);
  validate(fleet.config);
  expect_probabilities("distribution", fleet.result.distribution);
  expect_probabilities("history", fleet.result.history);
  return fleet;
}

}  // namespace

void verify_result_file(const std::string& path) { check_seal(path); }

stored_fleet read_result_file(const std::string& path, const reading& how) {
  stored_fleet fleet;
  hdf5::read_sealed(path, how, [&](hid_t file, std::uint64_t file_bytes) {
    fleet = read_open_file(file, file_bytes, how.with_history);
  });
  return fleet;
}

}  // namespace gumbelcuda
