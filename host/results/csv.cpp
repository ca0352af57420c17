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
  write_csv([&file](const std::string& text) { file.write(text); }, fleet, first_gan);
  file.commit();
}

void write_csv(const std::function<void(const std::string&)>& write, const fleet_result& fleet,
               std::uint64_t first_gan) {
  const auto classes = static_cast<std::size_t>(fleet.classes);
  if (fleet.distribution.size() != fleet.num_gans * classes)
    throw invalid_argument("distribution", std::to_string(fleet.distribution.size()) + " values for " +
                                               std::to_string(fleet.num_gans) + " GANs of " + std::to_string(classes) +
                                               " classes");
  csv_rows rows(write);
  rows.text("gan");
  for (std::size_t k = 0; k < classes; ++k) rows.text("p" + std::to_string(k));
  rows.end_row();
  for (std::uint64_t gan = 0; gan < fleet.num_gans; ++gan) {
    rows.number(first_gan + gan);
    for (std::size_t k = 0; k < classes; ++k) rows.number(fleet.distribution[gan * classes + k]);
    rows.end_row();
  }
  rows.flush();
}

}  // namespace gumbelcuda
