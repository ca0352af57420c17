// SPDX-License-Identifier: Apache-2.0
#include "host/results/csv.hpp"

#include "host/files/atomic_file.hpp"
#include "host/results/csv_rows.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {

std::uint64_t least_csv_bytes(const fleet_config& config) {
  return saturating_product(config.num_gans, 2 + 2 * config.target.size());
}

void write_csv(const std::string& path, const fleet_result& fleet, std::uint64_t first_gan) {
  atomic_file file(path);
  write_csv([&file](const std::string& text) { file.write(text); }, rows_of(fleet), first_gan);
  file.commit();
}

void write_csv(const std::function<void(const std::string&)>& write, const fleet_rows& fleet, std::uint64_t first_gan) {
  const auto classes = static_cast<std::size_t>(fleet.classes);
  if (fleet.distribution.size() != fleet.num_gans * classes)
    throw invalid_argument("distribution", std::to_string(fleet.distribution.size()) + " values for " +
                                               std::to_string(fleet.num_gans) + " GANs of " + std::to_string(classes) +
                                               " classes");
  csv_rows rows(write);
  rows.text("gan");
  for (std::size_t k = 0; k < classes; ++k) rows.text("p" + std::to_string(k));
  rows.end_row();
  for_each_block(fleet.distribution, classes, [&](std::uint64_t first, const std::vector<float>& block) {
    for (std::size_t at = 0; at < block.size(); at += classes, ++first) {
      rows.number(first_gan + first);
      for (std::size_t k = 0; k < classes; ++k) rows.number(block[at + k]);
      rows.end_row();
    }
  });
  rows.flush();
}

}  // namespace gumbelcuda
